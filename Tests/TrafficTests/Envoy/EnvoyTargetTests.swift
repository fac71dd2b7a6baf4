import Rollouts
import Testing

@testable import Traffic

@Suite struct EnvoyTargetTests {
    @Test func theRoutesNameIsTheRolloutsWhereNothingElseIsSaid() throws {
        let target = try EnvoyTarget(RolloutName("checkout"), target([:]))
        #expect(target.route == "checkout")
        #expect(target.domains == ["*"])
        #expect(target.prefix == "/")
    }

    @Test func aRouteStaysAmongTheClustersAndBelowThePrefix() throws {
        let target = try read(["prefix": "/api"])
        try target.check(route([.b: 5], rules: [send("ok", RequestMatch(path: .prefix("/")))]))
        #expect(throws: RouteFailure.self) { try target.check(.all(to: .c)) }
        #expect(throws: RouteFailure.self) { try target.check(route([:], rules: [send("far", to: .c)])) }
        let outside = send("outside", RequestMatch(path: .exact("/web")))
        let failure = #expect(throws: RouteFailure.self) { try target.check(route([:], rules: [outside])) }
        #expect(failure?.message.contains("rule outside is for the path /web, which is not below") == true)
        #expect(throws: RouteFailure.self) { try target.check(route([:], stickyBy: "a b")) }
    }

    @Test func backendsAreDifferentClusters() throws {
        for names in [["web-a", "web-a"], ["web-a", ""], ["web-a", "web-b", "web-a"]] {
            let backends = try #require(Backends(names: names))
            #expect(throws: RouteFailure.self) {
                try EnvoyTarget(RolloutName("web"), TrafficTarget(router: "envoy", backends: backends))
            }
        }
    }

    @Test func domainsAreSeparatedByCommas() throws {
        #expect(try read(["domains": "a.example, *.b.example"]).domains == ["a.example", "*.b.example"])
    }

    @Test(arguments: ["../web", "a/b", ".web", "", "w\0b", "wéb", String(repeating: "w", count: 201)])
    func noNameLeadsOutOfTheFolder(route: String) {
        let failure = #expect(throws: RouteFailure.self) { try read(["route": route]) }
        #expect(failure?.kind == .rejected)
    }

    @Test func anUnknownSettingIsAnErrorThatListsTheKnownOnes() {
        let failure = #expect(throws: RouteFailure.self) { try read(["perfix": "/"]) }
        #expect(failure?.message == #"envoy: unknown setting "perfix"; known: domains, prefix, route"#)
    }

    @Test(arguments: [["prefix": "api"], ["domains": "a,,b"], ["domains": ""]])
    func aSettingThatMeansNothingIsAnError(settings: [String: String]) {
        #expect(throws: RouteFailure.self) { try read(settings) }
    }

    private func target(_ settings: [String: String]) -> TrafficTarget {
        TrafficTarget(router: "envoy", backends: .init(a: "web-a", b: "web-b"), settings: settings)
    }

    @discardableResult
    private func read(_ settings: [String: String]) throws -> EnvoyTarget {
        try EnvoyTarget(RolloutName("web"), target(settings))
    }
}
