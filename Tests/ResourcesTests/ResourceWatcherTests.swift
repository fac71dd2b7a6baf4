import Engine
import Foundation
import Kubernetes
import Rollouts
import TestCluster
import TestServer
import Testing
import Transport

@testable import Resources

/// Rollouts as objects of an API server, moved on a VirtualService of it: the double in `make test`, a real one in
/// `make test-kubernetes`.
@Suite(.serialized, .apiServer(CustomKinds.istio.union(CustomKinds.argo), ourKinds), .timeLimit(.minutes(5)))
struct ResourceWatcherTests {
    /// A stage with the VirtualService and the Rollout of `web`, whose first release is the stable one.
    private func onStage(
        _ rollout: JSON = Stage.rollout(), _ body: @escaping @Sendable (Stage) async throws -> Void
    ) async throws {
        try await Stage.withRest(rollout, in: Stage.Place.make(), body)
    }

    @Test func aReleaseClimbsAndItsStatusSaysSo() async throws {
        try await onStage { stage in
            try await stage.start("v2")
            #expect(try await stage.untilPhase("Paused"))
            #expect(try await stage.weights == [80, 20])
            let status = try await stage.status
            #expect(status["currentPodHash"] == "v2" && status["stableRS"] == "v1")
            #expect(status["currentStepIndex"] == 1)
            #expect(status["observedGeneration"] == "1")
            #expect(status["pauseConditions"][0]["reason"] == "CanaryPauseStep")
            #expect(status["canary"]["weights"]["canary"]["weight"] == 20)
            #expect(status["canary"]["weights"]["verified"] == true)
            #expect(try await stage.condition("Paused")?["status"] == "True")
            #expect(try await stage.condition("Healthy")?["status"] == "False")
            _ = try await stage.loop.submit(.promote(from: 1), to: stage.name, by: "ann")
            #expect(try await stage.untilPhase("Healthy"))
            #expect(try await stage.weights == [0, 100])
            #expect(try await stage.status["stableRS"] == "v2")
            #expect(try await stage.condition("Completed")?["status"] == "True")
        }
    }

    /// There is no VirtualService: it waits, and says so.
    @Test func theFirstReleaseHasAStatusToo() async throws {
        let place = try await Stage.Place.make()
        try await withJournal { path in
            try await Stage.run(in: place, journal: path) { stage in
                try await stage.applyRollout()
                #expect(try await stage.until { await stage.loop.rollout(stage.name)?.declaration != nil })
                try await stage.start("v1")
                #expect(try await stage.until { try await stage.status["currentPodHash"] == "v1" })
                #expect(try await stage.status["phase"] == "Progressing")
            }
        }
    }

    @Test func whatSomebodyPausesIsPausedAtRestToo() async throws {
        try await onStage { stage in
            try await stage.server.edit(stage.web) { $0["spec"]["paused"] = true }
            #expect(try await stage.untilPhase("Paused"))
            #expect(try await stage.condition("Paused")?["status"] == "True")
        }
    }

    @Test func aFullPromotionBringsBackWhatWasTakenBack() async throws {
        try await onStage { stage in
            try await stage.start("v2")
            #expect(try await stage.untilPhase("Paused"))
            try await stage.patchStatus { $0["abort"] = true }
            #expect(try await stage.untilPhase("Degraded"))
            try await stage.patchStatus { $0["promoteFull"] = true }
            #expect(try await stage.untilPhase("Healthy"))
            #expect(try await stage.status["stableRS"] == "v2")
        }
    }

    @Test func whatArgosToolWritesIntoTheStatusIsAWish() async throws {
        try await onStage { stage in
            try await stage.start("v2")
            #expect(try await stage.untilPhase("Paused"))
            try await stage.patchStatus { $0["abort"] = true }
            #expect(try await stage.untilPhase("Degraded"))
            #expect(try await stage.until { try await stage.weights == [100, 0] })
            #expect(try await stage.condition("Progressing")?["reason"] == "RolloutAborted")
            try await stage.patchStatus { $0["abort"] = false }
            #expect(try await stage.untilPhase("Paused"))
            try await stage.patchStatus { $0["pauseConditions"] = nil }
            #expect(try await stage.untilPhase("Healthy"))
            #expect(try await stage.status["stableRS"] == "v2")
        }
    }

    /// Argo's tool adds one to the index that it saw.
    @Test func aFullPromotionAndASkippedStepAreWishesToo() async throws {
        let steps: JSON = [["setWeight": 20], ["pause": [:]], ["setWeight": 60], ["pause": [:]]]
        try await onStage(Stage.rollout(steps: steps)) { stage in
            try await stage.start("v2")
            #expect(try await stage.untilPhase("Paused"))
            try await stage.patchStatus { $0["currentStepIndex"] = 2 }
            #expect(try await stage.until { try await stage.status["currentStepIndex"] == 3 })
            #expect(try await stage.weights == [40, 60])
            try await stage.patchStatus { $0["promoteFull"] = true }
            #expect(try await stage.untilPhase("Healthy"))
            #expect(try await stage.status["promoteFull"] == nil)
        }
    }

    @Test func aBrokenSpecLeavesTheLastGoodOneInForceAndSaysWhatIsWrong() async throws {
        try await onStage { stage in
            try await stage.server.edit(stage.web) {
                $0["spec"]["strategy"]["canary"]["steps"] = [["setWeight": 120]]
            }
            #expect(try await stage.until { try await stage.condition("InvalidSpec") != nil })
            let message = try #require(try await stage.condition("InvalidSpec")?["message"]?.string)
            #expect(message.contains("spec.strategy.canary.steps[0].setWeight: 120 is more than 100"))
            let status = try await stage.status
            #expect(status["phase"] == "Degraded" && status["observedGeneration"] == "2")
            try await stage.start("v2")
            #expect(try await stage.until { try await stage.weights == [80, 20] })
            try await stage.server.edit(stage.web) {
                $0["spec"]["strategy"]["canary"]["steps"] = [["setWeight": 30]]
            }
            #expect(try await stage.until { try await stage.condition("InvalidSpec") == nil })
        }
    }

    @Test func aTemplateThatComesLaterMendsTheRollout() async throws {
        let steps: JSON = [["analysis": ["templates": [["templateName": "errors"]]]]]
        let place = try await Stage.Place.make()
        try await withJournal { path in
            try await Stage.run(in: place, journal: path) { stage in
                try await stage.applyRollout(Stage.rollout(steps: steps))
                #expect(try await stage.until { try await stage.condition("InvalidSpec") != nil })
                try await stage.server.create(
                    Self.errors, ResourceGroup.argo.templates, in: stage.namespace)
                #expect(try await stage.until { try await stage.condition("InvalidSpec") == nil })
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
                try await stage.until {
                    let finalizers = try await stage.finalizers
                    return try await stage.weights == [80, 20] && finalizers == ["headgate.dev/traffic"]
                })
            try await stage.server.delete(stage.web)
            #expect(try await stage.until { try await stage.server.object(stage.web) == nil })
            #expect(try await stage.weights == [100, 0])
            #expect(
                try await stage.until { await stage.loop.rollout(stage.name)?.isWithdrawn == true })
        }
    }

    @Test func aRolloutAtRestHasNoFinalizer() async throws {
        try await onStage { stage in
            #expect(try await stage.finalizers.isEmpty)
            try await stage.server.delete(stage.web)
            #expect(
                try await stage.until { await stage.loop.rollout(stage.name)?.isWithdrawn == true })
        }
    }

    /// A controller that was away finds out.
    @Test func whatWasDeletedWhileNobodyWatchedIsWithdrawn() async throws {
        let place = try await Stage.Place.make()
        try await withJournal { path in
            try await Stage.run(in: place, journal: path) { stage in
                try await stage.applyRollout()
                #expect(try await stage.until { await stage.loop.rollout(stage.name) != nil })
            }
            try await place.server.delete(place.web)
            try await Stage.run(in: place, journal: path) { stage async throws in
                #expect(try await stage.until { await stage.loop.rollout(stage.name)?.isWithdrawn == true })
            }
        }
    }

    /// By who wrote it and when, which the API server keeps in mind.
    @Test func aWishFromWhileNobodyWatchedIsSeenAtTheStart() async throws {
        let place = try await Stage.Place.make()
        try await withJournal { path in
            try await Stage.withRest(in: place, journal: path) { stage in
                try await stage.start("v2")
                #expect(try await stage.untilPhase("Paused"))
            }
            // The API server only knows the second.
            try await Task.sleep(for: .milliseconds(1100))
            try await place.patchStatus { $0["abort"] = true }
            try await Stage.run(in: place, journal: path) { stage in
                #expect(try await stage.untilPhase("Degraded"))
                #expect(try await stage.until { try await stage.weights == [100, 0] })
                _ = try await stage.loop.submit(.retry, to: stage.name, by: "ann")
                #expect(try await stage.untilPhase("Paused"))
            }
            // What was obeyed is not obeyed again.
            try await Stage.run(in: place, journal: path) { stage in
                #expect(try await stage.until { await stage.loop.rollout(stage.name)?.flight != nil })
                try await stage.patchStatus { $0["message"] = "hello" }
                #expect(try await stage.until { try await stage.status["message"] != "hello" })
                #expect(try await stage.status["phase"] == "Paused")
            }
        }
    }

    /// Also what starts before anybody could have watched it.
    @Test func aFreezeObjectHoldsTheRolloutsOfItsNamespace() async throws {
        let place = try await Stage.Place.make()
        let freeze = ObjectReference(ResourceGroup.freezes, "year-end", in: place.namespace)
        let object: JSON = [
            "metadata": ["name": "year-end"],
            "spec": ["reason": "no changes over the holidays", "scope": ["names": ["web"]]],
        ]
        try await place.server.create(object, freeze.kind, in: place.namespace)
        try await place.server.create(Stage.virtualService(), .virtualService, in: place.namespace)
        try await withJournal { path in
            try await Stage.run(in: place, journal: path) { stage in
                try await stage.applyRollout()
                #expect(try await stage.until { await stage.loop.rollout(stage.name)?.declaration != nil })
                try await stage.start("v1")
                #expect(try await stage.until { await stage.loop.rollout(stage.name)?.frozen != nil })
                try await stage.server.delete(freeze)
                #expect(try await stage.untilPhase("Healthy"))
            }
        }
    }

    @Test func eventsTellTheStory() async throws {
        try await onStage { stage in
            try await stage.start("v2")
            #expect(try await stage.untilPhase("Paused"))
            try await stage.patchStatus { $0["abort"] = true }
            #expect(try await stage.untilPhase("Degraded"))
            #expect(try await stage.until { try await stage.reasons.contains("RolloutAborted") })
            #expect(try await stage.reasons.isSuperset(of: ["RolloutPaused", "RolloutCompleted"]))
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

/// As a cluster gets them.
private let ourKinds: Definitions = {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    do {
        return Definitions(
            try String(contentsOf: root.appending(path: "deploy/kubernetes/crds.yaml"), encoding: .utf8))
    } catch {
        preconditionFailure("the definitions can't be read: \(error)")
    }
}()

extension Stage {
    fileprivate var finalizers: [String] {
        get async throws {
            (try await server.object(web)?["metadata"]["finalizers"]?.array ?? []).compactMap(\.string)
        }
    }
}
