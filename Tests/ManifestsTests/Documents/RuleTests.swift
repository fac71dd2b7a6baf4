import Manifests
import Rollouts
import Testing

/// `setHeaderRoute`, `setMirrorRoute`, and what a `match` may ask.
struct RuleTests {
    private func rule(_ step: String) throws -> PlannedRule? {
        guard case .setRule(let rule) = try steps(native(steps: step, "{pause: {}}"))[0] else { return nil }
        return rule
    }

    private func match(_ block: String) throws -> RequestMatch? {
        try rule("{setHeaderRoute: {name: r, match: [\(block)]}}")?.matches.first
    }

    private func complaint(_ block: String) -> String {
        let all = complaints(native(steps: "{setHeaderRoute: {name: r, match: [\(block)]}}"))
        return all.count == 1 ? all[0] : "\(all)"
    }

    @Test func blocksStandSideBySideAndWhatIsInOneHoldsTogether() throws {
        let rule = try rule(
            """
            {setHeaderRoute: {name: testers, match: [
              {headers: {x-canary: {exact: "1"}, x-team: {regex: "a|b"}}, path: {prefix: /api}},
              {cookies: {beta: "yes"}, query: {v: {prefix: "2"}}, method: POST, host: Shop.Example}]}}
            """)
        let first = RequestMatch(
            headers: [
                FieldMatch(name: "x-canary", value: .exact("1")),
                FieldMatch(name: "x-team", value: .regex("a|b")),
            ], path: .prefix("/api"))
        let second = RequestMatch(
            cookies: [FieldMatch(name: "beta", value: .exact("yes"))],
            query: [FieldMatch(name: "v", value: .prefix("2"))], method: .exact("POST"),
            host: .exact("shop.example"))
        #expect(rule == PlannedRule(name: "testers", matches: [first, second], deed: .send))
    }

    @Test func argosFormsAreReadInBothDialects() throws {
        let argos = "{setHeaderRoute: {name: r, match: [{headerName: X, headerValue: {prefix: v}}]}}"
        let expected = PlannedRule(
            name: "r", matches: [RequestMatch(headers: [FieldMatch(name: "X", value: .prefix("v"))])],
            deed: .send)
        #expect(try rule(argos) == expected)
        let text = argo("trafficRouting: {managedRoutes: [{name: r}]}, steps: [\(argos)]")
        #expect(try steps(text) == [.setRule(expected)])
    }

    @Test func aMirrorRuleCopiesWhatMatches() throws {
        let block = "{method: {exact: GET}, path: {prefix: /}, headers: {a: {exact: b}}}"
        let half = try rule("{setMirrorRoute: {name: m, percentage: 50, match: [\(block)]}}")
        #expect(half?.deed == .mirror(.percent(50)))
        #expect(half?.matches.first?.method == .exact("GET"))
        #expect(try rule("{setMirrorRoute: {name: m, match: [\(block)]}}")?.deed == .mirror(.all))
    }

    @Test func aRuleWithoutMatchIsRemoved() throws {
        let set = "{setHeaderRoute: {name: r, match: [{path: /x}]}}"
        #expect(try steps(native(steps: set, "{setHeaderRoute: {name: r}}"))[1] == .removeRule("r"))
        let argos = "{setHeaderRoute: {name: r, match: [{headerName: X, headerValue: {exact: v}}]}}"
        let text = argo(
            "trafficRouting: {managedRoutes: [{name: r}]}, steps: [\(argos), {setMirrorRoute: {name: r, match: []}}]"
        )
        #expect(try steps(text)[1] == .removeRule("r"))
    }

    @Test func aRuleThatWasNeverSetCannotBeRemoved() {
        let complaints = complaints(native(steps: "{setHeaderRoute: {name: r}}"))
        #expect(complaints.count == 1)
        #expect(complaints[0].contains(#"there is no rule "r" to remove: no step before sets it"#))
    }

    @Test func managedRoutesRankFirst() throws {
        let text = native(
            """
            trafficRouting: {managedRoutes: [{name: b}, {name: a}]},
            steps: [{setHeaderRoute: {name: a, match: [{path: /}]}}, {setHeaderRoute: {name: b, match: [{path: /}]}}]
            """)
        let plan = try #require(load(text).declarations.first).plan
        #expect(plan.ruleOrder == ["b", "a"])
        #expect(plan.exposure(through: 2).rules.map(\.name) == ["b", "a"])
    }

    @Test func argoWantsEveryRuleInManagedRoutes() {
        let step = "{setHeaderRoute: {name: rr, match: [{headerName: X, headerValue: {exact: v}}]}}"
        let complaints = complaints(argo("trafficRouting: {managedRoutes: [{name: r}]}, steps: [\(step)]"))
        #expect(complaints.count == 1)
        #expect(
            complaints[0].contains(#"unknown rule "rr"; did you mean `r`? known: r; Argo wants its name in"#))
        #expect(!load(native(steps: "{setHeaderRoute: {name: rr, match: [{path: /}]}}")).hasErrors)
    }

    @Test(arguments: [
        ("{}", "is empty, so it would match every request; say what must match"),
        ("{headers: {}}", "headers: is empty; leave it out, or say what must match"),
        (
            "{headers: {'a b': x}}",
            #"headers["a b"]: "a b" is no name of a header; use letters, digits, - and _"#
        ),
        (
            "{headers: {':path': x}}",
            #"":path" is no header but a part of the request; use host, path or method"#
        ),
        ("{cookies: {'a;b': x}}", #""a;b" is no name of a cookie"#),
        ("{headers: {a: {}}}", "headers.a: needs one of: exact, prefix, regex"),
        ("{headers: {a: {exact: x, prefix: x}}}", "has exact and prefix; only one of them can be meant"),
        (
            "{headers: {a: {exakt: x}}}",
            "unknown key `exakt`; did you mean `exact`? known: exact, prefix, regex"
        ),
        ("{headers: {a: 1}}", "expected a string, found the number 1; put it in quotes"),
        ("{headers: {a: \"x\\ny\"}}", "has a control character in it"),
        ("{path: api}", #"path: "api" must start with /"#),
        ("{method: 'G T'}", #""G T" is no name of a method"#),
        ("{host: 'a:80'}", #""a:80" is no host; write it without a scheme, a port and a path"#),
        ("{headerName: X}", "headerName and headerValue belong together"),
        ("{pathh: /x}", "unknown key `pathh`; did you mean `path`?"),
    ])
    func aMatchThatCannotBeMeantIsRefused(block: String, message: String) {
        #expect(complaint(block).contains(message), "\(complaint(block))")
    }

    @Test func anEmptyListOfBlocksIsRefused() {
        let text = native(steps: "{setHeaderRoute: {name: r, match: []}}")
        #expect(
            complaints(text).first?.hasSuffix("match: is empty; without `match` the rule is removed") == true)
    }

    @Test func blocksHaveABound() {
        let many = Array(repeating: "{path: /}", count: 33).joined(separator: ",")
        #expect(complaint(many).contains("match: has 33 items; the limit is 32"))
    }

    @Test(arguments: [
        "a", "^a+$", "(a|b)*?", "[a-z]{2,5}", "[^]x]", "(?i)abc", "(?P<n>a)", "(?:a|b)+", #"\d+\.\w*"#,
        #"\p{Greek}\pL"#, #"\x{1F}\x7f"#, "[[:alpha:]]+", "a{,2}", "{", "a{", #"\Q(?=\E"#, #"[\w-]"#, "a|",
        "()",
    ])
    func anExpressionOfRE2IsTaken(pattern: String) throws {
        #expect(try match("{path: {regex: '\(pattern)'}}")?.path == .regex(pattern))
    }

    @Test(arguments: [
        ("(?=a)", "looks around with (?=, which RE2 can't"), ("(?<!a)b", "looks around with (?<!"),
        (#"(a)\1"#, #"refers back with \1, which RE2 can't"#), (#"\k<n>"#, #"refers back with \k"#),
        ("a++", "repeats a repetition with +"), ("(?>a)", "has (?, which RE2 does not know"),
        ("(a", "has a ( without its )"), ("a)", "has a ) without its ("), ("[a", "has a [ without its ]"),
        ("*a", "has nothing before *"), ("[z-a]", "has the range z-a, which is backwards"),
        ("a{1001}", "repeats more than 1000 times"), ("a{3,2}", "has the count {3,2}, which is backwards"),
        (#"\y"#, #"has \y, which RE2 does not know"#), ("a\\", #"ends in \"#), (#"\x{}"#, #"has \x without"#),
        ("[[:foo:]]", "has the unknown class [:foo:]"), ("(?R)", "has (?R, which RE2 does not know"),
    ])
    func anExpressionThatRE2CannotReadIsRefused(pattern: String, message: String) {
        let said = complaint("{path: {regex: '\(pattern)'}}")
        #expect(said.contains("is no regular expression of RE2: it \(message)"), "\(said)")
    }
}
