import Engine
import Kubernetes
import Rollouts
import TestCluster
import Testing
import Transport

@testable import Traffic

/// What every router on Kubernetes is held to beside what all are (`EveryRouterTests`), whichever objects it writes.
@Suite(.cluster(RouterStage.kinds), .timeLimit(.minutes(2))) struct RouterConformanceTests {
    private let cluster = testCluster()

    @Test(arguments: RouterStage.all) func theProofNamesTheVersion(stage: RouterStage) async throws {
        let router = set(stage)
        let receipt = try await router.write(stage.write(try split(20), since: 12))
        #expect(receipt.text == "wrote \(stage.reference)")
        let version = cluster.version(of: stage.reference)
        let evidence = try await router.confirm(receipt).text
        #expect(evidence.hasPrefix("stored at resourceVersion \(version); accepted"), "\(evidence)")
        await router.close()
    }

    @Test(arguments: RouterStage.all.filter(\.takesRules))
    func rulesAndWeightsAreInForceTogether(stage: RouterStage) async throws {
        let router = set(stage)
        _ = try await router.write(stage.write(split(20, rules: [istioSend("beta", betaHeader)])))
        #expect(cluster.writes.count == 1)
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

    @Test(arguments: RouterStage.all) func anEditIsNamedWithItsAuthor(stage: RouterStage) async throws {
        let router = set(stage)
        let write = stage.write(try split(20))
        _ = try await router.write(write)
        cluster.edit(stage.reference) { object in
            object = (try? object.patched(.replace("\(stage.split)/1/weight", 4_000))) ?? object
        }
        let observed = try await router.observe(RolloutName("web"), write.target)
        #expect(
            observed?.text.contains("weight should be \(stage.weight(20)) (last written by kubectl-edit")
                == true)
        await router.close()
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

    @Test(arguments: RouterStage.all.filter { !$0.makesObject })
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
    func set(on cluster: WitnessedCluster, _ means: RouterMeans = RouterMeans()) -> any StagedRouter {
        cluster.put(reference, object)
        for (reference, service) in services() { cluster.put(reference, service) }
        if let status { cluster.server.edit(reference, "status", as: "controller") { $0["status"] = status } }
        return router(cluster, means)
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
