import Engine
import Kubernetes
import Rollouts
import TestCluster
import Testing
import Transport

@testable import Resources

/// Rollouts as objects of an API server, moved on a VirtualService of it.
@Suite(.timeLimit(.minutes(2))) struct ResourceWatcherTests {
    private static let kinds = CustomKinds.istio.union(CustomKinds.argo)

    /// A stage with the VirtualService and the Rollout of `web`, whose first release is the stable one.
    private func onStage(
        _ rollout: JSON = Stage.rollout(), _ body: @escaping @Sendable (Stage) async throws -> Void
    ) async throws {
        try await withCluster(Self.kinds) { cluster in
            cluster.create(Stage.virtualService(), .virtualService, in: Stage.namespace)
            try await withJournal { path in
                try await Stage.run(on: cluster, journal: path) { stage in
                    stage.applyRollout(rollout)
                    #expect(await stage.until { stage.status["phase"] != nil })
                    try await stage.start("v1")
                    #expect(await stage.untilPhase("Healthy"))
                    try await body(stage)
                }
            }
        }
    }

    @Test func aReleaseClimbsAndItsStatusSaysSo() async throws {
        try await onStage { stage in
            try await stage.start("v2")
            #expect(await stage.untilPhase("Paused"))
            #expect(stage.weights == [80, 20])
            let status = stage.status
            #expect(status["currentPodHash"] == "v2" && status["stableRS"] == "v1")
            #expect(status["currentStepIndex"] == 1)
            #expect(status["observedGeneration"] == "1")
            #expect(status["pauseConditions"][0]["reason"] == "CanaryPauseStep")
            #expect(status["canary"]["weights"]["canary"]["weight"] == 20)
            #expect(status["canary"]["weights"]["verified"] == true)
            #expect(stage.condition("Paused")?["status"] == "True")
            #expect(stage.condition("Healthy")?["status"] == "False")
            _ = try await stage.loop.submit(.promote(from: 1), to: RolloutName("web.shop"), by: "ann")
            #expect(await stage.untilPhase("Healthy"))
            #expect(stage.weights == [0, 100])
            #expect(stage.status["stableRS"] == "v2")
            #expect(stage.condition("Completed")?["status"] == "True")
        }
    }

    @Test func whatArgosToolWritesIntoTheStatusIsAWish() async throws {
        try await onStage { stage in
            try await stage.start("v2")
            #expect(await stage.untilPhase("Paused"))
            stage.patchStatus { $0["abort"] = true }
            #expect(await stage.untilPhase("Degraded"))
            #expect(await stage.until { stage.weights == [100, 0] })
            #expect(stage.condition("Progressing")?["reason"] == "RolloutAborted")
            stage.patchStatus { $0["abort"] = false }
            #expect(await stage.untilPhase("Paused"))
            stage.patchStatus { $0["pauseConditions"] = nil }
            #expect(await stage.untilPhase("Healthy"))
            #expect(stage.status["stableRS"] == "v2")
        }
    }

    /// Argo's tool adds one to the index that it saw.
    @Test func aFullPromotionAndASkippedStepAreWishesToo() async throws {
        let steps: JSON = [["setWeight": 20], ["pause": [:]], ["setWeight": 60], ["pause": [:]]]
        try await onStage(Stage.rollout(steps: steps)) { stage in
            try await stage.start("v2")
            #expect(await stage.untilPhase("Paused"))
            stage.patchStatus { $0["currentStepIndex"] = 2 }
            #expect(await stage.until { stage.status["currentStepIndex"] == 3 })
            #expect(stage.weights == [40, 60])
            stage.patchStatus { $0["promoteFull"] = true }
            #expect(await stage.untilPhase("Healthy"))
            #expect(stage.status["promoteFull"] == nil)
        }
    }

    @Test func aBrokenSpecLeavesTheLastGoodOneInForceAndSaysWhatIsWrong() async throws {
        try await onStage { stage in
            stage.cluster.edit(Stage.web) { $0["spec"]["strategy"]["canary"]["steps"] = [["setWeight": 120]] }
            #expect(await stage.until { stage.condition("InvalidSpec") != nil })
            let message = try #require(stage.condition("InvalidSpec")?["message"]?.string)
            #expect(message.contains("spec.strategy.canary.steps[0].setWeight: 120 is more than 100"))
            #expect(stage.status["phase"] == "Degraded" && stage.status["observedGeneration"] == "2")
            try await stage.start("v2")
            #expect(await stage.until { stage.weights == [80, 20] })
            stage.cluster.edit(Stage.web) { $0["spec"]["strategy"]["canary"]["steps"] = [["setWeight": 30]] }
            #expect(await stage.until { stage.condition("InvalidSpec") == nil })
        }
    }

    @Test func aTemplateThatComesLaterMendsTheRollout() async throws {
        let steps: JSON = [["analysis": ["templates": [["templateName": "errors"]]]]]
        try await withCluster(Self.kinds) { cluster in
            try await withJournal { path in
                try await Stage.run(on: cluster, journal: path) { stage in
                    stage.applyRollout(Stage.rollout(steps: steps))
                    #expect(await stage.until { stage.condition("InvalidSpec") != nil })
                    stage.cluster.create(Self.errors, ResourceGroup.argo.templates, in: Stage.namespace)
                    #expect(await stage.until { stage.condition("InvalidSpec") == nil })
                }
            }
        }
    }

    private static let errors: JSON = [
        "apiVersion": "argoproj.io/v1alpha1", "kind": "AnalysisTemplate", "metadata": ["name": "errors"],
        "spec": [
            "metrics": [
                [
                    "name": "errors", "successCondition": "result[0] < 0.01",
                    "provider": ["prometheus": ["address": "http://127.0.0.1:1", "query": "vector(0)"]],
                ]
            ]
        ],
    ]

    /// The object would take its pods along: the traffic goes back before it goes.
    @Test func aRolloutDeletedInMidFlightGivesTheTrafficBackFirst() async throws {
        try await onStage { stage in
            try await stage.start("v2")
            #expect(
                await stage.until {
                    stage.weights == [80, 20] && stage.finalizers == ["headgate.dev/traffic"]
                })
            stage.cluster.delete(Stage.web)
            #expect(await stage.until { stage.cluster.object(Stage.web) == nil })
            #expect(stage.weights == [100, 0])
            #expect(
                await stage.until { await stage.loop.rollout(RolloutName("web.shop"))?.isWithdrawn == true })
        }
    }

    @Test func aRolloutAtRestHasNoFinalizer() async throws {
        try await onStage { stage in
            #expect(stage.finalizers.isEmpty)
            stage.cluster.delete(Stage.web)
            #expect(
                await stage.until { await stage.loop.rollout(RolloutName("web.shop"))?.isWithdrawn == true })
        }
    }

    /// A controller that was away finds out.
    @Test func whatWasDeletedWhileNobodyWatchedIsWithdrawn() async throws {
        try await withCluster(Self.kinds) { cluster in
            try await withJournal { path in
                try await Stage.run(on: cluster, journal: path) { stage in
                    stage.applyRollout()
                    #expect(await stage.until { await stage.loop.rollout(RolloutName("web.shop")) != nil })
                }
                cluster.delete(Stage.web)
                try await Stage.run(on: cluster, journal: path) { stage in
                    #expect(
                        await stage.until {
                            await stage.loop.rollout(RolloutName("web.shop"))?.isWithdrawn == true
                        })
                }
            }
        }
    }

    @Test func eventsTellTheStory() async throws {
        try await onStage { stage in
            try await stage.start("v2")
            #expect(await stage.untilPhase("Paused"))
            stage.patchStatus { $0["abort"] = true }
            #expect(await stage.untilPhase("Degraded"))
            #expect(await stage.until { stage.reasons.contains("RolloutAborted") })
            #expect(stage.reasons.contains("RolloutPaused") && stage.reasons.contains("RolloutCompleted"))
        }
    }

    @Test func aQuietClusterIsNotWrittenTo() async throws {
        try await onStage { stage in
            // Its last word about what has happened.
            #expect(await stage.until { stage.reasons.contains("RolloutCompleted") })
            let before = stage.cluster.log.filter { $0.verb != .watch }.count
            // Nothing to wait for: that nothing comes is the claim.
            try await Task.sleep(for: .milliseconds(400))
            #expect(stage.cluster.log.filter { $0.verb != .watch }.count == before)
        }
    }

    @Test func anAPIServerThatRefusesAStatusGetsItLater() async throws {
        try await onStage { stage in
            for mishap in [ClusterFault.Mishap.inner, .conflict] {
                stage.cluster.inject(ClusterFault(mishap, verbs: [.patch], ResourceGroup.argo.rollouts))
            }
            try await stage.start("v2")
            #expect(await stage.untilPhase("Paused"))
        }
    }

    /// The two controllers' group and ours may name one thing; the first one keeps it.
    @Test func aRolloutOfOneNameInBothGroupsIsRefused() throws {
        let (ours, argos) = (
            RolloutKey(group: .headgate, namespace: "shop", name: "web"),
            RolloutKey(group: .argo, namespace: "shop", name: "web")
        )
        #expect(ours.rollout == argos.rollout && ours.source != argos.source)
        #expect(RolloutKey(source: ours.source) == ours && RolloutKey(source: argos.source) == argos)
        #expect(RolloutKey(source: "rollouts/web.yaml") == nil)
        #expect(RolloutKey(source: "cluster:shop/web") == nil)
    }
}

extension Stage {
    fileprivate var finalizers: [String] {
        (cluster.object(Self.web)?["metadata"]["finalizers"]?.array ?? []).compactMap(\.string)
    }

    fileprivate var reasons: Set<String> {
        Set(cluster.objects(.event, in: Self.namespace).compactMap { $0["reason"]?.string })
    }
}
