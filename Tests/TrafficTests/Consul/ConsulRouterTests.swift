import Lab
import Rollouts
import Testing
import Transport

@testable import Engine
@testable import Traffic

/// On a real Consul.
@Suite(.serialized, .timeLimit(.minutes(3))) struct ConsulRouterTests {
    @Test func aRouteIsWrittenProvedAndReadBack() async throws {
        try await withConsul { router, hand, _ in
            let target = try consulTarget()
            try await carry(consulWrite(.all(to: .a), target, since: 1, isRollback: true), by: router)
            let write = consulWrite(try split(20), target, since: 12)
            let receipt = try await router.write(write)
            #expect(receipt.text == "wrote service-splitter web")
            let proof = try await router.confirm(receipt).text
            let index = try #require(try await hand.index())
            #expect(proof.hasPrefix("stored at index \(index); accepted by the discovery chain"))
            #expect(proof.contains("(web-a 80%, web-b 20%, web-b fails over to web-a)"))
            let observed = try await router.observe(RolloutName("web"), target)
            #expect(observed?.route == write.route && observed?.since == 12 && observed?.journal == "north")
            #expect(try await hand.weights() == ["web-a": 80, "web-b": 20])
        }
    }

    @Test func twoEqualWritesWriteOnce() async throws {
        try await withConsul { router, hand, _ in
            let write = consulWrite(try split(20), try consulTarget())
            _ = try await router.write(write)
            let index = try await hand.index()
            #expect(try await router.write(write).text == "found in place: service-splitter web")
            #expect(try await hand.index() == index)
        }
    }

    @Test func everyHundredthOfAPercentIsTakenToTheDigit() async throws {
        try await withConsul { router, hand, _ in
            for (number, count) in [1, 3_333, 6_667, 9_999].enumerated() {
                let write = consulWrite(
                    try hundredths(count), try consulTarget(), since: Rollouts.Sequence(number + 1))
                try await carry(write, by: router)
                let weights = try await hand.weights()
                #expect(weights["web-b"] == Double(count) / 100)
                #expect(weights["web-a"] == Double(10_000 - count) / 100)
            }
        }
    }

    @Test func whatIsNotOursStaysAsItWas() async throws {
        try await withConsul { router, hand, _ in
            try await hand.put(["Kind": "service-defaults", "Name": "web", "Protocol": "http"])
            try await hand.put([
                "Kind": "service-resolver", "Name": "web", "ConnectTimeout": "3s", "DefaultSubset": "legacy",
                "Meta": ["team": "shop"],
                "Subsets": ["legacy": ["Filter": "Service.Meta.slot == \"web-a\""]],
                "Failover": ["legacy": ["Datacenters": ["dc2"]]],
            ])
            let admin: JSON = [
                "Match": ["HTTP": ["PathPrefix": "/admin"]], "Destination": ["Service": "admin"],
            ]
            try await hand.put(["Kind": "service-defaults", "Name": "admin", "Protocol": "http"])
            try await hand.put(["Kind": "service-router", "Name": "web", "Routes": [admin]])
            let rule = send("staff", RequestMatch(headers: [FieldMatch(name: "x-staff", value: .exact("1"))]))
            try await carry(consulWrite(try split(20, rules: [rule]), try consulTarget()), by: router)
            let resolver = try #require(try await hand.entry(.resolver))
            #expect(resolver["ConnectTimeout"] == "3s" && resolver["DefaultSubset"] == "legacy")
            #expect(resolver["Meta"]["team"] == "shop")
            #expect(resolver["Failover"]["legacy"]["Datacenters"] == ["dc2"])
            #expect(resolver["Subsets"]["legacy"] != nil && resolver["Subsets"]["web-b"] != nil)
            let routes = try await hand.entry(.router)?["Routes"]?.array ?? []
            #expect(routes.count == 2 && routes.first == admin)
            try await carry(
                consulWrite(.all(to: .a), try consulTarget(), since: 2, isRollback: true), by: router)
            #expect(try await hand.entry(.router)?["Routes"] == [admin])
        }
    }

    @Test func rulesComeAndGoAndLeaveNothingBehind() async throws {
        try await withConsul { router, hand, _ in
            let rules = [
                send("staff", RequestMatch(headers: [FieldMatch(name: "x-staff", value: .exact("1"))])),
                send("testers", RequestMatch(cookies: [FieldMatch(name: "beta", value: .exact("1"))])),
            ]
            let evidence = try await carry(
                consulWrite(try split(0, rules: rules), try consulTarget()), by: router)
            #expect(evidence.contains("accepted"))
            let routes = try await hand.entry(.router)?["Routes"]?.array ?? []
            #expect(routes.map { $0["Destination"]["ServiceSubset"] } == ["web-b", "web-b"])
            try await carry(
                consulWrite(.all(to: .a), try consulTarget(), since: 2, isRollback: true), by: router)
            #expect(try await hand.entry(.router) == nil)
        }
    }

    @Test func aSubsetThatNobodyFitsGetsNoRequests() async throws {
        try await withConsul { router, hand, _ in
            let target = try releasesTarget()
            let releases: [Place: String] = [.a: "v1", .b: "v9"]
            let start = consulWrite(.all(to: .a), target, since: 1, occupants: [.a: "v1"], isRollback: true)
            try await carry(start, by: router)
            let write = consulWrite(try split(5), target, since: 2, occupants: releases)
            let failure = await #expect(throws: RouteFailure.self) { try await router.write(write) }
            #expect(failure?.kind == .unavailable)
            #expect(
                failure?.message.contains("no healthy instance with a sidecar is in subset web-b") == true)
            #expect(try await hand.weights() == ["web-a": 100])
            try await hand.register("web-9", meta: ["release": "v9"], isHealthy: false)
            await #expect(throws: RouteFailure.self) { try await router.write(write) }
            // Another one: a check that is registered again keeps the state it had.
            try await hand.register("web-10", meta: ["release": "v9"])
            try await carry(write, by: router)
            #expect(try await hand.weights() == ["web-a": 95, "web-b": 5])
        }
    }

    @Test func aSubsetIsPointedAtAnotherReleaseOnlyWhileItCarriesNothing() async throws {
        try await withConsul { router, hand, _ in
            let target = try releasesTarget()
            try await hand.register("web-3", meta: ["release": "v3"])
            try await carry(
                consulWrite(.all(to: .a), target, since: 1, occupants: [.a: "v1"], isRollback: true),
                by: router)
            try await carry(
                consulWrite(try split(20), target, since: 2, occupants: [.a: "v1", .b: "v2"]), by: router)
            // A newer release takes the place of the one in flight.
            let next = consulWrite(try split(5), target, since: 3, occupants: [.a: "v1", .b: "v3"])
            let sight = try await router.sight(
                of: RolloutName("web"), target, try ConsulTarget(target))
            let first = try ConsulPlan(next, sight, epoch: nil)
            #expect(!first.isLast && first.writes.map(\.name.kind) == [.splitter])
            #expect(first.writes.first?.document["Splits"][0]["Weight"] == 100)
            try await carry(next, by: router)
            #expect(try await hand.weights() == ["web-a": 95, "web-b": 5])
            let subsets = try await hand.entry(.resolver)?["Subsets"]
            #expect(subsets["web-b"]["Filter"] == "Service.Meta.release == \"v3\"")
            // It is promoted, and a release comes into the other place: the way out turns round.
            let promoted = Route(giving: [(.b, .all)], rest: .a)
            try await carry(
                consulWrite(promoted, target, since: 4, occupants: [.b: "v3"], isRollback: true), by: router)
            let back = Route(giving: [(.a, try #require(Weight(percent: 10)))], rest: .b)
            try await carry(
                consulWrite(back, target, since: 5, occupants: [.a: "v2", .b: "v3"]), by: router)
            let resolver = try #require(try await hand.entry(.resolver))
            #expect(resolver["Failover"]["web-a"]["ServiceSubset"] == "web-b")
            #expect(resolver["Failover"]["web-b"] == nil && resolver["DefaultSubset"] == "web-b")
        }
    }

    @Test func aRollbackIsTheSplitFirst() async throws {
        try await withConsul { router, _, _ in
            let target = try consulTarget()
            let rule = send("staff", RequestMatch(headers: [FieldMatch(name: "x-staff", value: .exact("1"))]))
            try await carry(consulWrite(.all(to: .a), target, since: 1, isRollback: true), by: router)
            try await carry(consulWrite(try split(50, rules: [rule]), target, since: 2), by: router)
            let sight = try await router.sight(of: RolloutName("web"), target, try ConsulTarget(target))
            let plan = try ConsulPlan(
                consulWrite(.all(to: .a), target, since: 3, isRollback: true), sight, epoch: nil)
            #expect(plan.writes.map(\.name.kind) == [.splitter, .router] && plan.newcomers.isEmpty)
        }
    }
}
