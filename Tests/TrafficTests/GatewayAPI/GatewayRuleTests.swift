import Engine
import Rollouts
import Testing
import Transport

@testable import Traffic

/// What a route of ours becomes in the rules of a user's.
@Suite struct GatewayRuleTests {
    @Test func everyRuleThatLeadsToAllBackendsIsSplitAndNoOtherIs() throws {
        let pin = rule(["web-b": 1], path: "/pinned")
        let object = storedRoute([splitRule, pin, rule(["web-a": 1, "web-b": 0], path: "/api")])
        let routed = try gatewayRouted(gatewayWrite(split(20), gatewayTarget()), on: object)
        #expect(routed.refWeights(0) == [8_000, 2_000] && routed.refWeights(2) == [8_000, 2_000])
        #expect(routed.refWeights(1) == [1], "somebody's wish for one of them stays")
        let named = try gatewayTarget { $0.routes[0].rules = ["main"] }
        let rules = [rule(["web-a": 1, "web-b": 0], path: "/x", name: "main"), splitRule]
        let chosen = try gatewayRouted(gatewayWrite(split(20), named), on: storedRoute(rules))
        #expect(chosen.refWeights(0) == [8_000, 2_000] && chosen.refWeights(1) == [100, 0])
    }

    @Test func aRuleByHeaderIsNarrowerThanTheSplitThatItIsACopyOf() throws {
        let route = try split(20, rules: [istioSend("beta", betaHeader)])
        let routed = try gatewayRouted(gatewayWrite(route, gatewayTarget()), on: storedRoute([splitRule]))
        #expect(routed.rules.count == 2 && routed.refNames(0) == ["web-b"])
        #expect(
            routed.rules[0]["matches"]
                == [
                    [
                        "path": ["type": "PathPrefix", "value": "/"],
                        "headers": [["type": "Exact", "name": "X-Beta", "value": "1"]],
                    ]
                ])
        #expect(routed.rules[0]["name"] == nil, "not everybody takes a rule with a name")
    }

    @Test func aRuleHoldsWithinTheSplitThatItStandsBefore() throws {
        let object = storedRoute([rule(["web-a": 1, "web-b": 0], path: "/shop")])
        let within = RequestMatch(path: .prefix("/shop/cart"))
        let routed = try gatewayRouted(
            gatewayWrite(split(0, rules: [istioSend("cart", within)]), gatewayTarget()), on: object)
        #expect(routed.rules[0]["matches"][0]["path"]["value"] == "/shop/cart")
        let outside = istioSend("other", RequestMatch(path: .prefix("/shopping")))
        #expect(
            message(try split(0, rules: [outside]), object)
                == "rule other matches no request of the rule [0]")
    }

    @Test func cookiesBecomeAPatternForTheHeaderThatHoldsThem() throws {
        let match = RequestMatch(cookies: [FieldMatch(name: "beta", value: .exact("yes"))])
        let routed = try gatewayRouted(
            gatewayWrite(split(0, rules: [istioSend("beta", match)]), gatewayTarget()),
            on: storedRoute([splitRule]))
        let header = routed.rules[0]["matches"][0]["headers"][0]
        #expect(header["name"] == "cookie" && header["type"] == "RegularExpression")
        let pattern = try Regex(header["value"]?.string ?? "")
        #expect("a=1; beta=yes; c=2".wholeMatch(of: pattern) != nil)
        #expect("a=1; beta=yesterday".wholeMatch(of: pattern) == nil)
    }

    @Test func copiesOfEverythingAreAFilterOfTheSplit() throws {
        let rule = try istioMirror("warm", percent: 5)
        let write = gatewayWrite(try split(0, rules: [rule]), try gatewayTarget())
        let routed = try gatewayRouted(write, on: storedRoute([splitRule]))
        let mirror: JSON = [
            "backendRef": ["group": "", "kind": "Service", "name": "web-b", "port": 80], "percent": 5,
        ]
        #expect(routed.rules.count == 1)
        #expect(routed.rules[0]["filters"] == [["type": "RequestMirror", "requestMirror": mirror]])
        let back = try gatewayRouted(gatewayWrite(split(0), write.target, since: 2), on: routed)
        #expect(back.rules == storedRoute([splitRule]).rules)
        #expect(
            message(try split(0, rules: [rule]), storedRoute([routed.rules[0]]))?
                .contains("copies requests to one of the backends already") == true)
    }

    @Test func aShareOfCopiesThatIsNoWholePercentIsAFraction() throws {
        let share = try #require(Weight(checking: 1_500))
        let rule = RouteRule(name: "warm", matches: [betaHeader], deed: .mirror(share), place: .b)
        let routed = try gatewayRouted(
            gatewayWrite(split(10, rules: [rule]), gatewayTarget()), on: storedRoute([splitRule]))
        let mirror = routed.rules[0]["filters"][0]["requestMirror"]
        #expect(mirror["fraction"] == ["numerator": 1_500, "denominator": 1_000_000])
        #expect(routed.refWeights(0) == [9_000, 1_000], "copied requests go by their share")
    }

    @Test func usersStayByACookieThatTheirBackendGaveOut() throws {
        let secure: JSON = [
            "type": "ResponseHeaderModifier",
            "responseHeaderModifier": ["add": [["name": "x-secure", "value": "1"]]],
        ]
        var user = splitRule
        user["backendRefs"] = .array(
            splitRule.backendRefs.map { item in
                var item = item
                if item["name"] == "web-a" { item["filters"] = [secure] }
                return item
            })
        let target = try gatewayTarget()
        let object = storedRoute([user])
        let routed = try gatewayRouted(
            gatewayWrite(split(20, stickyBy: "arm"), target), on: object)
        #expect(routed.rules.count == 3, "one rule for each release that has a share")
        let added = routed.rules[2].backendRefs.map { item in
            (item["filters"][0]["responseHeaderModifier"]["add"]?.array ?? []).compactMap {
                $0["value"]?.string
            }
        }
        #expect(added[0].count == 2 && added[0][0] == "1", "the user's own header is kept")
        #expect(added[1][0].hasPrefix("arm=headgate-"))
        let back = try gatewayRouted(gatewayWrite(split(0), target, since: 2), on: routed)
        #expect(back.rules[0]["filters"] == object.rules[0]["filters"])
        #expect(back.rules[0].backendRefs[0]["filters"] == object.rules[0].backendRefs[0]["filters"])
    }

    @Test func aNarrowerRuleOfOursMayNotRankBehindAWiderOne() throws {
        let narrow = istioSend(
            "narrow",
            RequestMatch(headers: betaHeader.headers + [FieldMatch(name: "x-two", value: .exact("2"))]),
            to: .a)
        let wide = istioSend("wide", betaHeader)
        #expect(message(try split(0, rules: [narrow, wide]), storedRoute([splitRule])) == nil)
        #expect(
            message(try split(0, rules: [wide, narrow]), storedRoute([splitRule]))?
                .hasPrefix("rule wide ranks before rule narrow, but a route prefers the narrower one") == true
        )
    }

    @Test func noRuleOfOursTakesRequestsFromARuleOfTheUsers() throws {
        let object = storedRoute([splitRule, rule(["api": 1], path: "/api")])
        let exact = istioSend("exact", RequestMatch(path: .exact("/api/v1")))
        #expect(
            message(try split(0, rules: [exact]), object)?
                .hasPrefix("rule exact would take requests from the rule [1], because it is narrower") == true
        )
        // By header it is no narrower than a longer path: those requests stay where they were.
        #expect(message(try split(0, rules: [istioSend("beta", betaHeader)]), object) == nil)
    }

    @Test(arguments: [
        (RequestMatch(host: .exact("x")), "asks for the host"),
        (RequestMatch(method: .regex("P.*")), "asks for methods by a pattern"),
    ])
    func whatARouteCannotSayIsRefused(match: RequestMatch, words: String) throws {
        let said = message(try split(0, rules: [istioSend("r", match)]), storedRoute([splitRule]))
        #expect(said?.contains(words) == true)
    }

    @Test func aGRPCRouteAsksForServicesAndMethods() throws {
        let target = try gatewayTarget(.grpcRoute)
        var object = storedRoute([])
        object["spec"]["rules"] = [
            GatewayDefaults.filled(["backendRefs": splitRule["backendRefs"] ?? []], .grpcRoute)
        ]
        let one = istioSend("one", RequestMatch(path: .exact("/pkg.Cart/Add")))
        let all = istioSend("all", RequestMatch(path: .prefix("/pkg.Cart/")))
        let routed = try gatewayRouted(gatewayWrite(split(0, rules: [one, all]), target), on: object)
        #expect(
            routed.rules.dropLast().map { $0["matches"][0]["method"] }
                == [
                    ["type": "Exact", "service": "pkg.Cart", "method": "Add"],
                    ["type": "Exact", "service": "pkg.Cart"],
                ])
        let path = istioSend("path", RequestMatch(path: .prefix("/pkg")))
        #expect(
            failure { _ = try gatewayRouted(gatewayWrite(split(0, rules: [path]), target), on: object) }?
                .message.contains("a path that is no gRPC method") == true)
    }

    @Test func aRouteThatCannotLookIntoRequestsTakesNoRules() throws {
        let target = try gatewayTarget(.tcpRoute)
        let object = storedRoute([["backendRefs": splitRule["backendRefs"] ?? []]])
        let write = gatewayWrite(try split(0, rules: [istioSend("beta", betaHeader)]), target)
        #expect(
            failure { _ = try gatewayRouted(write, on: object) }?.message
                .contains("requests of a TCPRoute can't be looked into") == true)
    }

    @Test func aRouteOfAnotherFileIsNoPlaceForRulesWhereItAsksForNone() throws {
        let target = try gatewayTarget { $0.routes[0].takesRules = false }
        let write = gatewayWrite(try split(20, rules: [istioSend("beta", betaHeader)]), target)
        let routed = try gatewayRouted(write, on: storedRoute([splitRule]))
        #expect(routed.rules.count == 1 && routed.refWeights(0) == [8_000, 2_000])
    }

    @Test func ownedRulesAreAppliedAsAWholeWithTheServersDefaults() throws {
        let base: JSON = [
            "rules": [["backendRefs": [["name": "web-a", "port": 80], ["name": "web-b", "port": 80]]]]
        ]
        let target = try gatewayTarget {
            $0.ownership = .own
            $0.routes[0].base = base
        }
        var object = storedRoute([])
        // What the server puts in where nobody declares a rule.
        object["spec"]["rules"] = [["matches": [["path": GatewayMatch.everyPath]]]]
        let routed = try gatewayRouted(gatewayWrite(split(20), target), on: object)
        #expect(routed.refWeights(0) == [8_000, 2_000])
        let again = try GatewayPlan(
            gatewayWrite(split(20), target), [gatewayObject(gatewayWrite(split(20), target), on: routed)],
            epoch: nil)
        #expect(again.writes.isEmpty)
        #expect(routed.rules.allSatisfy { !$0.backendRefs.isEmpty }, "never a rule without backends")
    }

    @Test func whatIsNoSplitIsRefusedInWords() throws {
        #expect(
            message(try split(5), storedRoute([rule(["web-a": 1])]))?
                .contains("has no rule that leads to web-a, web-b") == true)
        let third = rule(["web-a": 50, "web-b": 0, "web-c": 50])
        #expect(
            message(try split(5), storedRoute([third]))?.contains("also gives weight to shop/web-c") == true)
        let twice = rule(["web-a": 50, "web-b": 0, "web-a": 50])
        #expect(message(try split(5), storedRoute([twice]))?.contains("leads to web-a 2 times") == true)
        let many = try split(5, rules: (0..<16).map { istioSend("r\($0)", header("x-\($0)")) })
        #expect(message(many, storedRoute([splitRule]))?.contains("and the API takes 16") == true)
    }

    private func header(_ name: String) -> RequestMatch {
        RequestMatch(headers: [FieldMatch(name: name, value: .exact("1"))])
    }

    private func message(_ route: Route, _ object: JSON) -> String? {
        failure { _ = try gatewayRouted(gatewayWrite(route, gatewayTarget()), on: object) }?.message
    }
}
