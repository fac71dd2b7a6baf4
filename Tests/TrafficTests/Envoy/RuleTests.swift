import Engine
import Rollouts
import Testing
import Transport

@testable import Traffic

/// Against a real Envoy.
@Suite(.serialized, .timeLimit(.minutes(1))) struct RuleTests {
    @Test func aBlockMatchesWhenAllOfItHoldsAndOneBlockIsEnough() async throws {
        let mesh = try await Mesh()
        let block = RequestMatch(
            headers: [FieldMatch(name: "X-Beta", value: .exact("yes"))],
            query: [FieldMatch(name: "v", value: .prefix("2"))])
        let other = RequestMatch(headers: [FieldMatch(name: "X-Team", value: .regex("red|blue"))])
        try await mesh.apply(route([:], rules: [send("beta", block, other)]))
        #expect(try await mesh.get("/", ["x-beta": "yes"]).place == "a")
        #expect(try await mesh.get("/?v=2.1").place == "a")
        #expect(try await mesh.get("/?v=2.1", ["x-beta": "yes"]).place == "b")
        #expect(try await mesh.get("/", ["x-team": "blue"]).place == "b")
        #expect(try await mesh.get("/", ["x-team": "blueish"]).place == "a")
    }

    @Test func aCookieIsFoundByItsWholeName() async throws {
        let mesh = try await Mesh()
        let cases: [(TextMatch, cookie: String, isMatch: Bool)] = [
            (.exact("v.1"), "who=v.1", true), (.exact("v.1"), "a=2; who=v.1;b=3", true),
            (.exact("v.1"), "who=\"v.1\"", true), (.exact("v.1"), "who=v11", false),
            (.exact("v.1"), "who=v.12", false), (.exact("v.1"), "xwho=v.1", false),
            (.exact("v.1"), "a=who=v.1", false), (.prefix("v."), "who=v.9", true),
            (.prefix("v."), "who=v", false), (.regex("x.*y"), "a=1; who=xzy", true),
            (.regex("x.*y"), "who=x; b=y", false), (.regex("x|y"), "who=y", true),
            (.regex("x|y"), "a=who=y", false),
        ]
        for (value, cookie, isMatch) in cases {
            let match = RequestMatch(cookies: [FieldMatch(name: "who", value: value)])
            try await mesh.apply(route([:], rules: [send("who", match)]))
            let place = try await mesh.get("/", ["cookie": cookie]).place
            #expect(place == (isMatch ? "b" : "a"), "\(value): \(cookie)")
        }
    }

    @Test func aHostHasNoCaseAndMayHaveAPort() async throws {
        let mesh = try await Mesh()
        let cases: [(TextMatch, host: String, isMatch: Bool)] = [
            (.exact("shop.example"), "Shop.Example:8080", true),
            (.exact("shop.example"), "shop.example", true),
            (.exact("shop.example"), "shopXexample", false),
            (.exact("shop.example"), "my.shop.example", false),
            (.prefix("shop."), "SHOP.test:1", true), (.regex("(a|b)\\.test"), "b.test:80", true),
            (.regex("(a|b)\\.test"), "c.test", false),
        ]
        for (value, host, isMatch) in cases {
            try await mesh.apply(route([:], rules: [send("host", RequestMatch(host: value))]))
            let place = try await mesh.get("/", ["host": host]).place
            #expect(place == (isMatch ? "b" : "a"), "\(value): \(host)")
        }
    }

    @Test func pathsStayBelowThePrefixOfTheTarget() async throws {
        let mesh = try await Mesh()
        let settings = ["prefix": "/api/"]
        for path in [.regex("/.*/new"), .prefix("/api/x/n"), .exact("/api/x/new")] as [TextMatch] {
            try await mesh.apply(
                route([:], rules: [send("new", RequestMatch(path: path))]), settings: settings)
            #expect(try await mesh.get("/api/x/new?q=1").place == "b")
            #expect(try await mesh.get("/api/x/old").place == "a")
            #expect(try await mesh.get("/web/x/new").place == "404")
        }
        try await mesh.apply(
            route([:], rules: [send("new", RequestMatch(path: .prefix("/")))]), settings: settings)
        #expect(try await mesh.get("/api/x/new").place == "b")
        #expect(try await mesh.get("/web/x/new").place == "404")
    }

    @Test func theFirstRuleThatARequestMatchesCounts() async throws {
        let mesh = try await Mesh()
        let posts = RequestMatch(method: .exact("POST"))
        let rules = [
            send("writes", posts, to: .c),
            try mirror("copies", RequestMatch(path: .prefix("/x")), percent: 100),
            send("all", to: .b),
        ]
        try await mesh.apply(route([:], rules: rules), places: 3)
        #expect(try await mesh.get("/x", method: .post).place == "c")
        #expect(try await mesh.get("/x").place == "a")
        #expect(try await mesh.get("/").place == "b")
    }

    @Test func aMirrorRuleCopiesSoManyOfWhatMatches() async throws {
        let mesh = try await Mesh()
        let match = RequestMatch(path: .prefix("/copied"))
        try await mesh.apply(route([:], rules: [mirror("copies", match, percent: 25, to: .c)]), places: 3)
        for _ in 1...400 { #expect(try await mesh.get("/copied").place == "a") }
        for _ in 1...100 { _ = try await mesh.get("/other") }
        let copies = try await mesh.settled(.c)
        #expect((60...140).contains(copies))
        #expect(try await mesh.requests(to: .b) == 0)
    }

    @Test func aMirrorRuleWithoutMatchesCopiesFromTheSplitBehindAllOtherRules() async throws {
        let mesh = try await Mesh()
        let rules = [
            try mirror("all", percent: 100, to: .c), send("beta", RequestMatch(path: .prefix("/beta"))),
            try mirror("none", RequestMatch(path: .prefix("/none")), percent: 0, to: .c),
        ]
        try await mesh.apply(route([:], rules: rules), places: 3)
        for _ in 1...50 {
            #expect(try await mesh.get("/").place == "a")
            #expect(try await mesh.get("/beta").place == "b")
            #expect(try await mesh.get("/none").place == "a")
        }
        #expect(try await mesh.settled(.c) == 50)
    }

    @Test func aPatternThatEnvoyCannotReadIsReportedInItsWordsAndTheLastGoodRouteStays() async throws {
        let mesh = try await Mesh()
        try await mesh.apply(route([.b: 100]))
        let bad = send("bad", RequestMatch(headers: [FieldMatch(name: "x", value: .regex("a("))]))
        let write = try order(route([.b: 50], rules: [bad]), since: 9)
        let failure = await #expect(throws: RouteFailure.self) {
            try await mesh.router.confirm(mesh.router.write(write))
        }
        #expect(failure?.kind == .rejected)
        #expect(failure?.message.contains(": missing ): a(; the last good split stays: 2.") == true)
        #expect(try await mesh.get().place == "b")
        #expect(try await mesh.observe()?.since == 2)
    }

    /// A file that breaks a rule of Envoy's form is printed over many lines before the reason comes.
    @Test func aReasonBehindManyLinesIsFound() async throws {
        let mesh = try await Mesh()
        let bad = send("bad", RequestMatch(headers: [FieldMatch(name: "", value: .exact("x"))]))
        let write = try order(route([:], rules: [bad]), since: 9)
        let failure = await #expect(throws: RouteFailure.self) {
            try await mesh.router.confirm(mesh.router.write(write))
        }
        #expect(
            failure?.message.contains("HeaderMatcherValidationError.Name: value length must be at") == true)
    }
}

extension Mesh {
    /// The copies that a cluster got, when no more come.
    fileprivate func settled(_ place: Place) async throws -> Int {
        var (before, now) = (-1, try await requests(to: place))
        while now != before {
            try await Task.sleep(for: .milliseconds(100))
            (before, now) = (now, try await requests(to: place))
        }
        return now
    }
}
