import Engine
import Kubernetes
import Rollouts
import TestCluster
import Testing
import Transport

@testable import Traffic

/// What every router on Kubernetes is held to, whichever objects it writes.
@Suite(.cluster(RouterStage.kinds), .timeLimit(.minutes(2))) struct RouterConformanceTests {
    private let cluster = testCluster()

    @Test(arguments: RouterStage.all) func aRouteIsWrittenProvedAndReadBack(stage: RouterStage) async throws {
        let router = set(stage)
        let write = stage.write(try split(20), since: 12)
        let receipt = try await router.write(write)
        #expect(receipt.text == "wrote \(stage.reference)")
        let evidence = try await router.confirm(receipt).text
        let version = cluster.version(of: stage.reference)
        #expect(evidence.hasPrefix("stored at resourceVersion \(version); accepted"), "\(evidence)")
        let observed = try await router.observe(RolloutName("web"), write.target)
        #expect(observed?.route == write.route && observed?.since == 12 && observed?.journal == "north")
        await router.close()
    }

    @Test(arguments: RouterStage.all)
    func noShareIsRoundedAwayAndTheyMakeUpTheWhole(stage: RouterStage) async throws {
        let router = set(stage)
        for (since, millionths) in [UInt32(1), 999_999, 333_333, 10_000, 1_000_000, 0, 1_234].enumerated() {
            let share = try #require(Weight(checking: millionths))
            let route = Route(giving: [(.b, share)], rest: .a)
            _ = try await router.write(stage.write(route, since: Rollouts.Sequence(since + 1)))
            let weights = stage.weights(cluster[stage.reference])
            let shares = [route.weight(of: .a), route.weight(of: .b)]
            #expect(Units.mean(weights, shares), "\(share) became \(weights)")
            #expect((weights[1] == 0) == (share == .none))
        }
        await router.close()
    }

    @Test(arguments: RouterStage.all) func twoEqualAppliesWriteOnce(stage: RouterStage) async throws {
        let router = set(stage)
        let write = stage.write(try split(20))
        _ = try await router.write(write)
        let before = cluster[stage.reference]
        #expect(try await router.write(write).text == "found in place: \(stage.reference)")
        #expect(cluster.writes.count == 1 && cluster[stage.reference] == before)
        await router.close()
    }

    @Test(arguments: RouterStage.all) func aStaleFenceNeverWrites(stage: RouterStage) async throws {
        let router = set(stage)
        _ = try await router.write(stage.write(split(50), since: 5, previous: 4))
        let before = cluster[stage.reference]
        let older = stage.write(try split(10), since: 4, previous: 3)
        #expect(await failure(of: router, older)?.kind == .fenced)
        let unknowing = stage.write(try split(10), since: 9, previous: 4)
        #expect(await failure(of: router, unknowing)?.bears == 5)
        let stranger = stage.write(try split(10), since: 9, previous: 8, journal: "south")
        #expect(await failure(of: router, stranger)?.kind == .foreign)
        #expect(cluster[stage.reference] == before && cluster.writes.count == 1)
        _ = try await router.write(stage.write(split(60), since: 9, previous: 5))
        #expect(Units.mean(stage.weights(cluster[stage.reference]), try shares(60)))
        await router.close()
    }

    @Test(arguments: RouterStage.all) func twoRolloutsDoNotShareABackend(stage: RouterStage) async throws {
        let router = set(stage)
        _ = try await router.write(stage.write(split(50)))
        let other = RouteWrite(
            rollout: RolloutName("api"), target: stage.target, route: try split(10), since: 1,
            journal: "north")
        #expect(await failure(of: router, other)?.message.contains("rollout web for") == true)
        await router.close()
    }

    @Test(arguments: RouterStage.all)
    func nothingButTheWeightsOfTheSplitIsTouched(stage: RouterStage) async throws {
        let router = set(stage)
        let before = try stage.rest(cluster[stage.reference])
        for (since, percent) in [20, 70, 100, 0].enumerated() {
            _ = try await router.write(stage.write(split(percent), since: Rollouts.Sequence(since + 1)))
            #expect(try stage.rest(cluster[stage.reference]) == before)
        }
        await router.close()
    }

    @Test(arguments: RouterStage.all.filter(\.takesRules))
    func rulesComeBeforeTheSplitAndLeaveNothingBehind(stage: RouterStage) async throws {
        let router = set(stage)
        let before = cluster[stage.reference]?["spec"]
        let ruled = try split(20, rules: [istioSend("beta", betaHeader)])
        _ = try await router.write(stage.write(ruled, since: 1))
        #expect(cluster.writes.count == 1, "rules and weights are in force together")
        let during = cluster[stage.reference]?["spec"]
        #expect(during != before)
        #expect(
            try await router.observe(RolloutName("web"), stage.target)?.route == ruled, "and are read back")
        _ = try await router.write(stage.write(split(20), since: 2))
        #expect(Units.mean(stage.weights(cluster[stage.reference]), try shares(20)), "the split stays")
        _ = try await router.write(stage.write(split(0), since: 3, isRollback: true))
        #expect(cluster[stage.reference]?["spec"] == before, "what was there is restored")
        await router.close()
    }

    @Test(arguments: RouterStage.all)
    func takingTrafficBackIsOneUrgentWrite(stage: RouterStage) async throws {
        let router = set(stage)
        let rules = stage.takesRules ? [istioSend("beta", betaHeader)] : []
        _ = try await router.write(stage.write(split(50, rules: rules), since: 1))
        _ = try await router.write(stage.write(split(0), since: 2, previous: 1, isRollback: true))
        #expect(cluster.urgencies == [.ordinary, .rollback] && cluster.writes.count == 2)
        #expect(Units.mean(stage.weights(cluster[stage.reference]), try shares(0)))
        await router.close()
    }

    @Test(arguments: RouterStage.all)
    func anEditIsNoticedNamedWithItsAuthorAndMended(stage: RouterStage) async throws {
        let router = set(stage)
        let write = stage.write(try split(20))
        _ = try await router.confirm(router.write(write))
        var disturbances = router.disturbances().makeAsyncIterator()
        cluster.edit(stage.reference) { object in
            object = (try? object.patched(.replace("\(stage.split)/1/weight", 4_000))) ?? object
        }
        #expect(await disturbances.next() == RolloutName("web"))
        let observed = try await router.observe(RolloutName("web"), write.target)
        #expect(observed?.route == nil && observed?.since == 1)
        #expect(observed?.text.contains("weight should be 2000 (last written by kubectl-edit") == true)
        _ = try await router.write(write)
        #expect(Units.mean(stage.weights(cluster[stage.reference]), try shares(20)))
        #expect(try await router.observe(RolloutName("web"), write.target)?.route == write.route)
        await router.close()
        #expect(await disturbances.next() == nil)
    }

    private func set(_ stage: RouterStage) -> any StagedRouter { stage.set(on: cluster) }
}

/// What every router makes of what an API server answers.
@Suite(.cluster(RouterStage.kinds), .timeLimit(.minutes(2))) struct RouterAnswerTests {
    private let cluster = testCluster()

    @Test(arguments: RouterStage.all) func aLostRaceIsPlannedAnew(stage: RouterStage) async throws {
        let router = set(stage)
        cluster.beforeTheNextWrite { cluster in
            cluster.edit(stage.reference) { $0["metadata"]["labels"]["team"] = "others" }
        }
        _ = try await router.write(stage.write(split(20)))
        #expect(Units.mean(stage.weights(cluster[stage.reference]), try shares(20)))
        #expect(cluster[stage.reference]?["metadata"]["labels"]["team"] == "others")
        await router.close()
    }

    struct Answer: Sendable, CustomTestStringConvertible {
        let mishap: ClusterFault.Mishap
        let kind: RouteFailure.Kind
        let words: String

        var testDescription: String { words }
    }

    /// 429, 500, 503, and a connection that is closed: the world failed, and it is tried again.
    @Test(
        arguments: RouterStage.all,
        [
            Answer(mishap: .throttled(retryAfterSeconds: 0), kind: .unavailable, words: "Too many requests"),
            Answer(mishap: .inner, kind: .unavailable, words: "the store is out of order"),
            Answer(mishap: .unavailable, kind: .unavailable, words: "unable to handle the request"),
        ])
    func aServerInTroubleIsAskedAgain(stage: RouterStage, answer: Answer) async throws {
        let router = set(stage)
        let before = cluster[stage.reference]
        cluster.server.inject(ClusterFault(answer.mishap, verbs: [.patch], times: 50))
        let write = stage.write(try split(20))
        let failure = await failure(of: router, write)
        #expect(failure?.kind == answer.kind, "\(failure?.message ?? "written")")
        #expect(cluster[stage.reference] == before)
        cluster.server.clearFaults()
        _ = try await router.write(write)
        #expect(Units.mean(stage.weights(cluster[stage.reference]), try shares(20)))
        await router.close()
    }

    @Test(arguments: RouterStage.all) func aRaceLostForEverIsSaid(stage: RouterStage) async throws {
        let router = set(stage)
        cluster.server.inject(ClusterFault(.conflict, verbs: [.patch], times: 50))
        let failure = await failure(of: router, stage.write(try split(20)))
        #expect(failure?.kind == .unavailable)
        #expect(failure?.message.contains("somebody keeps changing it") == true)
        await router.close()
    }

    @Test(arguments: RouterStage.all) func aMissingRightIsSaidWithTheRule(stage: RouterStage) async throws {
        let router = set(stage)
        cluster.fail(
            KubernetesError(.forbidden, "patch: forbidden; allow it: {verbs: [\"patch\"]}"))
        let failure = await failure(of: router, stage.write(try split(20)))
        #expect(failure?.kind == .unavailable && failure?.message.contains("allow it") == true)
        await router.close()
    }

    @Test(arguments: RouterStage.all)
    func whatASchemaOrAWebhookRefusesLeavesTheLastGoodSplit(stage: RouterStage) async throws {
        let router = set(stage)
        _ = try await router.write(stage.write(split(20), since: 1))
        cluster.fail(KubernetesError(.invalid, "admission webhook \"w\" denied the request: no"))
        let failure = await failure(of: router, stage.write(try split(30), since: 2))
        #expect(failure?.kind == .rejected && failure?.message.contains("denied the request: no") == true)
        #expect(Units.mean(stage.weights(cluster[stage.reference]), try shares(20)))
        await router.close()
    }

    @Test(arguments: RouterStage.all)
    func anObjectThatIsGoneIsRefusedAndIsSeenToBeGone(stage: RouterStage) async throws {
        let router = set(stage)
        cluster.remove(stage.reference)
        let failure = await failure(of: router, stage.write(try split(20)))
        #expect(failure?.kind == .rejected && failure?.message.contains("not found") == true)
        let observed = try await router.observe(RolloutName("web"), stage.target)
        #expect(observed != nil && observed?.route == nil)
        await router.close()
    }

    @Test(arguments: RouterStage.all) func aWriteWhoseAnswerIsLostIsFoundInPlace(stage: RouterStage)
        async throws
    {
        let router = set(stage)
        cluster.server.inject(ClusterFault(.answerLost, verbs: [.patch]))
        let write = stage.write(try split(20))
        // The client may have asked again by itself; either way it is written once.
        if await failure(of: router, write) != nil {
            #expect(try await router.write(write).text == "found in place: \(stage.reference)")
        }
        #expect(Units.mean(stage.weights(cluster[stage.reference]), try shares(20)))
        await router.close()
    }

    private func set(_ stage: RouterStage) -> any StagedRouter { stage.set(on: cluster) }
}

extension RouterStage {
    /// With its object and its Services there.
    fileprivate func set(on cluster: WitnessedCluster) -> any StagedRouter {
        cluster.put(reference, object)
        for (reference, service) in services() { cluster.put(reference, service) }
        if let status { cluster.server.edit(reference, "status", as: "controller") { $0["status"] = status } }
        return router(cluster)
    }
}

private func failure(of router: any TrafficRouter, _ write: RouteWrite) async -> RouteFailure? {
    do throws(RouteFailure) {
        _ = try await router.write(write)
        return nil
    } catch {
        return error
    }
}
