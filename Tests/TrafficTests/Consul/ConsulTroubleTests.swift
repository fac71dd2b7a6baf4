import Foundation
import Kubernetes
import Lab
import Rollouts
import Synchronization
import Testing
import Transport

@testable import Engine
@testable import Traffic

/// On a real Consul, where something is in the way.
@Suite(.serialized, .timeLimit(.minutes(3))) struct ConsulTroubleTests {
    @Test func aPersonsEditIsNotWrittenOverAndIsPutRight() async throws {
        try await withConsul { router, hand, _ in
            let target = try consulTarget()
            try await carry(consulWrite(try split(20), target, since: 1), by: router)
            let sight = try await router.sight(of: RolloutName("web"), target, .ordinary)
            let plan = try ConsulPlan(consulWrite(try split(30), target, since: 2), sight, epoch: nil)
            try await hand.edit(.splitter) { entry in
                entry["Splits"] = [
                    ["Weight": 40, "ServiceSubset": "web-a"], ["Weight": 60, "ServiceSubset": "web-b"],
                ]
            }
            // A write that knows nothing of the edit comes to nothing.
            let late = try #require(plan.writes.first)
            #expect(try await router.api.put(late) == false)
            let observed = try await router.observe(RolloutName("web"), target)
            #expect(observed?.route == nil && observed?.since == 1)
            #expect(observed?.text.contains("Splits[1].Weight should be 20") == true)
            // The same event may put an edited route right.
            try await carry(consulWrite(try split(20), target, since: 1), by: router)
            #expect(try await hand.weights() == ["web-a": 80, "web-b": 20])
        }
    }

    @Test func anOlderEventAnotherJournalAndAFormerLeaderWriteNothing() async throws {
        try await withLab(tools: Tools(envoy: "", prometheus: "")) { rig in
            let consul = try await rig.startConsul()
            let hand = ConsulHand(url: consul.url, http: rig.http)
            try await hand.register("web-1", meta: ["slot": "web-a"])
            try await hand.register("web-2", meta: ["slot": "web-b"])
            let (first, second) = (consulRouter(consul, rig, epoch: 1), consulRouter(consul, rig, epoch: 2))
            let target = try consulTarget()
            try await carry(consulWrite(try split(20), target, since: 5), by: first)
            let old = consulWrite(try split(50), target, since: 4)
            #expect(await refusal(of: old, by: first)?.kind == .fenced)
            #expect(await refusal(of: old, by: first)?.bears == 5)
            let foreign = consulWrite(try split(50), target, since: 9, journal: "south")
            #expect(await refusal(of: foreign, by: first)?.kind == .foreign)
            try await carry(consulWrite(try split(30), target, since: 6), by: second)
            let late = consulWrite(try split(20), target, since: 7)
            #expect(await refusal(of: late, by: first)?.message.contains("later leader (epoch 2") == true)
            #expect(try await hand.weights()["web-b"] == 30)
            await first.close()
            await second.close()
        }
    }

    @Test func whatConsulDeclinesIsSaidInItsWordsAndWhatToDo() async throws {
        try await withConsul { router, hand, _ in
            let none = try consulTarget { $0.filters = [] }
            let missing = await refusal(of: consulWrite(try split(20), none), by: router)
            #expect(
                missing?.kind == .rejected
                    && missing?.message.contains("there is no service-resolver web") == true)
            let bare = try consulTarget { $0.proto = nil }
            let tcp = await refusal(of: consulWrite(try split(20), bare), by: router)
            #expect(tcp?.kind == .rejected)
            #expect(tcp?.message.contains("does not permit advanced routing or splitting") == true)
            #expect(tcp?.message.contains("set `Protocol` to http in the service-defaults") == true)
            let wrong = try consulTarget { $0.filters = ["Service.Meta.slot = a", "Service.Meta.slot = b"] }
            let filter = await refusal(of: consulWrite(try split(20), wrong), by: router)
            #expect(filter?.kind == .rejected)
            let sticky = await refusal(
                of: consulWrite(try split(20, stickyBy: "arm"), try consulTarget()), by: router)
            #expect(sticky?.kind == .rejected)
            #expect(sticky?.message.contains("invalid config key") == true)
            #expect(try await hand.entry(.splitter) == nil)
        }
    }

    @Test func namesOfTheEnterpriseEditionWriteNothingElsewhere() async throws {
        try await withConsul { router, hand, _ in
            let target = try consulTarget { $0.scope.partition = "eu" }
            let failure = await refusal(of: consulWrite(try split(20), target), by: router)
            #expect(failure?.kind == .rejected)
            #expect(failure?.message.contains("this Consul says it is 1.8.7") == true)
            #expect(try await hand.entry(.splitter) == nil)
        }
    }

    @Test func anEntryOfKubernetesIsLeftAlone() async throws {
        try await withConsul { router, hand, _ in
            try await hand.put(["Kind": "service-defaults", "Name": "web", "Protocol": "http"])
            try await hand.put([
                "Kind": "service-resolver", "Name": "web", "Meta": ["external-source": "kubernetes"],
            ])
            let failure = await refusal(of: consulWrite(try split(20), try consulTarget()), by: router)
            #expect(failure?.kind == .foreign && failure?.message.contains("consul-k8s") == true)
        }
    }

    @Test func aTokenThatMayNotWriteIsToldWhatItNeeds() async throws {
        try await withLab(tools: Tools(envoy: "", prometheus: "")) { rig in
            let consul = try await rig.startConsul(hasAccessLists: true)
            let hand = ConsulHand(url: consul.url, http: rig.http, token: ConsulProcess.rootToken)
            let reader = try await hand.token(rules: "service_prefix \"\" { policy = \"read\" }")
            let file = "\(rig.folder)/token"
            try reader.write(toFile: file, atomically: true, encoding: .utf8)
            let router = consulRouter(consul, rig) { $0.token = .file(file) }
            let write = consulWrite(try split(20), try consulTarget(), isRollback: true)
            let denied = await refusal(of: write, by: router)
            #expect(denied?.kind == .unavailable)
            #expect(
                denied?.message.contains("add to the token's policy: service \"web\" { policy = \"write\" }")
                    == true)
            // A new token in the file is taken up without a restart.
            let writer = try await hand.token(rules: "service \"web\" { policy = \"write\" }")
            try writer.write(toFile: file, atomically: true, encoding: .utf8)
            try await carry(write, by: router)
            try "none-of-theirs\n".write(toFile: file, atomically: true, encoding: .utf8)
            #expect(
                await refusal(of: write, by: router)?.message.contains("the token is not known there") == true
            )
            #expect(await refusal(of: write, by: router)?.message.contains("none-of-theirs") == false)
            await router.close()
        }
    }

    @Test func aConsulThatWasKilledAndStartedAgainGoesOnWhereItWas() async throws {
        try await withConsul(keepsData: true) { router, hand, consul in
            let target = try consulTarget()
            try await carry(consulWrite(try split(20), target, since: 1), by: router)
            await consul.daemon.crash()
            let write = consulWrite(try split(50), target, since: 2)
            #expect(await refusal(of: write, by: router)?.kind == .unavailable)
            try await consul.daemon.start()
            try await carry(write, by: router)
            #expect(try await hand.weights() == ["web-a": 50, "web-b": 50])
        }
    }

    /// Between the subset and the split: the proxies are given their time again before the subset gets requests.
    @Test func anAgentThatDiesInMidStepIsResumedWithTheWaitThatItBroke() async throws {
        try await withLab(tools: Tools(envoy: "", prometheus: "")) { rig in
            let consul = try await rig.startConsul(keepsData: true)
            let hand = ConsulHand(url: consul.url, http: rig.http)
            try await hand.register("web-1", meta: ["slot": "web-a"])
            try await hand.register("web-2", meta: ["slot": "web-b"])
            let settled = Mutex(0)
            let settings = ConsulSettings(address: consul.url, settle: .milliseconds(7))
            let router = ConsulRouter(
                settings, sender: rig.http,
                sleep: { pause in
                    try await Task.sleep(for: pause)
                    guard pause == settings.settle else { return }
                    let isFirst = settled.withLock { count in
                        count += 1
                        return count == 1
                    }
                    if isFirst { await consul.daemon.crash() }
                })
            let write = consulWrite(try split(20), try consulTarget())
            let failure = await refusal(of: write, by: router)
            #expect(failure?.kind == .unavailable)
            #expect(
                failure?.message.hasPrefix("wrote service-defaults web, service-resolver web; then: ") == true
            )
            try await consul.daemon.start()
            #expect(try await hand.entry(.splitter) == nil)
            try await hand.speakWell(of: "web-2")
            try await carry(write, by: router)
            #expect(settled.withLock(\.self) == 2)
            #expect(try await hand.weights() == ["web-a": 80, "web-b": 20])
            try await carry(write, by: router)
            #expect(settled.withLock(\.self) == 2, "once it is there nothing is waited for")
            await router.close()
        }
    }

    /// One that kept its data in memory only: its numbers begin anew, and the routes are gone.
    @Test func aConsulThatComesBackWithNothingIsNoticedAndTheRouteIsMadeAgain() async throws {
        try await withConsul { router, hand, consul in
            let write = consulWrite(try split(20), try consulTarget())
            try await carry(write, by: router)
            for _ in 0..<5 { try await hand.edit(.resolver) { $0["ConnectTimeout"] = "3s" } }
            try await carry(write, by: router)
            var news = router.disturbances().makeAsyncIterator()
            await consul.daemon.crash()
            try await consul.daemon.start()
            #expect(await news.next() == RolloutName("web"))
            #expect(try await router.observe(RolloutName("web"), write.target) == nil)
            #expect(await refusal(of: write, by: router)?.message.contains("no healthy instance") == true)
            try await hand.register("web-1", meta: ["slot": "web-a"])
            try await hand.register("web-2", meta: ["slot": "web-b"])
            try await carry(write, by: router)
            #expect(try await hand.weights() == ["web-a": 80, "web-b": 20])
        }
    }

    @Test func whatSomebodyElseChangesIsNoticed() async throws {
        try await withConsul { router, hand, _ in
            let target = try consulTarget()
            try await carry(consulWrite(try split(20), target, since: 1), by: router)
            var news = router.disturbances().makeAsyncIterator()
            try await hand.edit(.splitter) { entry in
                entry["Splits"] = [["Weight": 100, "ServiceSubset": "web-b"]]
            }
            #expect(await news.next() == RolloutName("web"))
            #expect(try await router.observe(RolloutName("web"), target)?.route == nil)
            try await carry(consulWrite(try split(20), target, since: 1), by: router)
            try await hand.delete(.splitter)
            #expect(await news.next() == RolloutName("web"))
            #expect(try await router.observe(RolloutName("web"), target) == nil)
        }
    }
}

private func refusal(of write: RouteWrite, by router: ConsulRouter) async -> RouteFailure? {
    do throws(RouteFailure) {
        _ = try await router.write(write)
        return nil
    } catch {
        return error
    }
}

extension ConsulHand {
    /// A new token with these rights.
    func token(rules: String) async throws -> String {
        let name = "policy-\(rules.count)-\(UInt32.random(in: 0...UInt32.max))"
        _ = try await send(.put, "/v1/acl/policy", ["Name": .string(name), "Rules": .string(rules)])
        let response = try await send(.put, "/v1/acl/token", ["Policies": [["Name": .string(name)]]])
        return try #require(try JSON(parsing: response.body)["SecretID"]?.string)
    }
}
