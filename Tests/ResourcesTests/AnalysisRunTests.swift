import Engine
import Foundation
import Kubernetes
import Rollouts
import Synchronization
import TestCluster
import Testing
import Transport

@testable import Resources

/// Analyses as AnalysisRun objects beside Argo's Rollouts.
@Suite(.timeLimit(.minutes(3))) struct AnalysisRunTests {
    private static let kind = ResourceGroup.argo.analysisRuns
    private static let step: JSON = ["analysis": ["templates": [["templateName": "errors"]]]]

    /// Measured every second, three times; an answer of 1 is good.
    private static func template(count: Int? = 3) -> JSON {
        var metric: JSON = [
            "name": "errors", "interval": "1s", "successCondition": "result == 1",
            "provider": ["prometheus": ["query": "scalar(x)"]],
        ]
        if let count { metric["count"] = JSON(count) }
        return [
            "apiVersion": "argoproj.io/v1alpha1", "kind": "AnalysisTemplate", "metadata": ["name": "errors"],
            "spec": ["metrics": [metric]],
        ]
    }

    private func onCluster(
        count: Int? = 3, _ body: @escaping @Sendable (Cluster, Store, String) async throws -> Void
    ) async throws {
        try await withCluster(CustomKinds.istio.union(CustomKinds.argo)) { cluster in
            cluster.install(try ownDefinitions())
            cluster.create(Stage.virtualService(), .virtualService, in: Stage.shop)
            cluster.create(Self.template(count: count), ResourceGroup.argo.templates, in: Stage.shop)
            try await withJournal { path in try await body(cluster, Store(), path) }
        }
    }

    private func launch(
        _ stage: Stage, _ cluster: Cluster,
        _ rollout: JSON = Stage.rollout(steps: [AnalysisRunTests.step, ["pause": [:]]])
    )
        async throws
    {
        try await stage.applyRollout(rollout)
        #expect(try await stage.until { try await stage.status["phase"] != nil })
        try await stage.start("v1")
        #expect(try await stage.untilPhase("Healthy"))
        try await stage.start("v2")
        #expect(try await stage.until { runs(cluster).count == 1 })
    }

    private func runs(_ cluster: Cluster) -> [JSON] { cluster.objects(Self.kind, in: Stage.shop) }

    private func phase(_ cluster: Cluster) -> String? { runs(cluster).last?["status"]["phase"]?.string }

    @Test func anAnalysisIsAnObjectThatSaysHowItGoes() async throws {
        try await onCluster { cluster, store, path in
            try await Stage.run(on: cluster, journal: path, asking: store) { stage async throws in
                try await launch(stage, cluster)
                let run = try #require(runs(cluster).first)
                let metadata = run["metadata"]
                #expect(metadata["name"]?.string?.wholeMatch(of: /web-v2-\d+-0/) != nil)
                #expect(metadata["labels"]["rollouts-pod-template-hash"] == "v2")
                #expect(
                    metadata["labels"]["rollout-type"] == "Step" && metadata["labels"]["step-index"] == "0")
                let owner = cluster.object(stage.web)?["metadata"]["uid"]
                #expect(metadata["ownerReferences"][0]["uid"] == owner && owner != nil)
                #expect(run["spec"]["metrics"][0]["provider"]["prometheus"]["query"] == "scalar(x)")
                #expect(run["status"]["phase"] == "Running")
                #expect(try await stage.until { phase(cluster) == "Successful" })
                let status = try #require(runs(cluster).first?["status"])
                #expect(status["runSummary"] == ["count": 1, "successful": 1])
                let result = status["metricResults"][0]
                #expect(result["count"] == 3 && result["successful"] == 3 && result["phase"] == "Successful")
                #expect(result["measurements"]?.array?.count == 3)
                #expect(result["measurements"][0]["value"] != nil && status["completedAt"] != nil)
            }
        }
    }

    @Test func aFailureIsSaidInArgosWords() async throws {
        try await onCluster { cluster, store, path in
            store.answer(0)
            try await Stage.run(on: cluster, journal: path, asking: store) { stage async throws in
                try await launch(stage, cluster)
                #expect(try await stage.until { phase(cluster) == "Failed" })
                #expect(try await stage.untilPhase("Degraded"))
                let status = runs(cluster).first?["status"]
                #expect(
                    status["message"]
                        == "Metric \"errors\" assessed Failed due to failed (1) > failureLimit (0)")
            }
        }
    }

    /// The flight ends, and with it the analysis: nothing was wrong with it.
    @Test func anAnalysisThatIsCutShortIsTerminated() async throws {
        try await onCluster(count: nil) { cluster, store, path in
            try await Stage.run(on: cluster, journal: path, asking: store) { stage async throws in
                try await launch(stage, cluster)
                _ = try await stage.loop.submit(.abort(why: nil), to: RolloutName("web.shop"), by: "ann")
                #expect(try await stage.until { phase(cluster) == "Successful" })
                let status = runs(cluster).first?["status"]
                #expect(status["message"] == "Run Terminated")
                #expect(status["metricResults"][0]["message"] == "Metric Terminated")
            }
        }
    }

    /// `kubectl argo rollouts terminate analysisrun` of an analysis that is a step passes it.
    @Test func whoTerminatesAStepsRunPassesTheStep() async throws {
        try await onCluster(count: nil) { cluster, store, path in
            try await Stage.run(on: cluster, journal: path, asking: store) { stage async throws in
                try await launch(stage, cluster)
                terminate(cluster)
                #expect(try await stage.untilPhase("Paused"))
                #expect(try await stage.until { phase(cluster) == "Successful" })
                #expect(await stage.loop.rollout(RolloutName("web.shop"))?.flight?.step == 1)
            }
        }
    }

    @Test func whoTerminatesABackgroundRunIsToldThatItCanNotBe() async throws {
        var rollout = Stage.rollout()
        rollout["spec"]["strategy"]["canary"]["analysis"] = ["templates": [["templateName": "errors"]]]
        let watched = rollout
        try await onCluster(count: nil) { cluster, store, path in
            try await Stage.run(on: cluster, journal: path, asking: store) { stage async throws in
                try await launch(stage, cluster, watched)
                #expect(try await stage.untilPhase("Paused"))
                #expect(runs(cluster).first?["metadata"]["labels"]["rollout-type"] == "Background")
                terminate(cluster)
                let declined = { cluster.objects(.event).first { $0["reason"] == "TerminationDeclined" } }
                #expect(try await stage.until { declined() != nil })
                #expect(declined()?["involvedObject"]["kind"] == "AnalysisRun")
                #expect(phase(cluster) == "Running")
                #expect(try await stage.weights == [80, 20])
            }
        }
    }

    private func terminate(_ cluster: Cluster) {
        guard let name = runs(cluster).first?["metadata"]["name"]?.string else { return }
        cluster.edit(ObjectReference(Self.kind, name, in: Stage.shop), as: "kubectl-argo-rollouts") {
            $0["spec"]["terminate"] = true
        }
    }

    @Test func onlySoManyAreKept() async throws {
        var rollout = Stage.rollout(steps: [Self.step])
        rollout["spec"]["analysis"] = ["successfulRunHistoryLimit": 1]
        let limited = rollout
        try await onCluster(count: 1) { cluster, store, path in
            try await Stage.run(on: cluster, journal: path, asking: store) { stage async throws in
                try await launch(stage, cluster, limited)
                #expect(try await stage.untilPhase("Healthy"))
                try await stage.start("v3")
                #expect(try await stage.until { try await stage.status["stableRS"] == "v3" })
                #expect(try await stage.until { runs(cluster).count == 1 })
                #expect(runs(cluster).first?["metadata"]["labels"]["rollouts-pod-template-hash"] == "v3")
            }
        }
    }

    /// It ends while nobody is there to write it down; whoever comes after does.
    @Test func anEndIsWrittenAfterARestart() async throws {
        try await onCluster(count: nil) { cluster, store, path in
            try await Stage.run(on: cluster, journal: path, asking: store) { stage async throws in
                try await launch(stage, cluster)
                cluster.inject(ClusterFault(.unavailable, Self.kind, times: 10_000))
                _ = try await stage.loop.submit(.abort(why: nil), to: RolloutName("web.shop"), by: "ann")
                #expect(try await stage.untilPhase("Degraded"))
            }
            #expect(phase(cluster) == "Running")
            cluster.clearFaults()
            try await Stage.run(on: cluster, journal: path, asking: store) { stage async throws in
                #expect(try await stage.until { phase(cluster) == "Successful" })
                #expect(runs(cluster).count == 1)
            }
        }
    }

    @Test func aRunOfSomebodyElseIsLeftAlone() async throws {
        try await onCluster(count: 1) { cluster, store, path in
            let foreign: JSON = [
                "apiVersion": "argoproj.io/v1alpha1", "kind": "AnalysisRun", "metadata": ["name": "theirs"],
                "spec": ["metrics": []],
            ]
            cluster.create(foreign, Self.kind, in: Stage.shop)
            try await Stage.run(on: cluster, journal: path, asking: store) { stage async throws in
                try await stage.applyRollout(Stage.rollout(steps: [Self.step]))
                #expect(try await stage.until { try await stage.status["phase"] != nil })
                try await stage.start("v1")
                #expect(try await stage.untilPhase("Healthy"))
                try await stage.start("v2")
                #expect(try await stage.until { try await stage.status["stableRS"] == "v2" })
                #expect(try await stage.until { runs(cluster).count == 2 })
            }
            #expect(runs(cluster).contains { $0["metadata"]["name"] == "theirs" })
        }
    }

    @Test func aQuietClusterIsNotWrittenTo() async throws {
        try await onCluster(count: 1) { cluster, store, path in
            try await Stage.run(on: cluster, journal: path, asking: store) { stage async throws in
                try await launch(stage, cluster)
                #expect(try await stage.untilPhase("Paused"))
                #expect(try await stage.until { phase(cluster) == "Successful" })
                // What follows from that is written by then.
                try await Task.sleep(for: .seconds(3))
                let count = cluster.log.count
                try await Task.sleep(for: .seconds(2))
                #expect(cluster.log.count == count, "\(cluster.log.suffix(5))")
            }
        }
    }
}

/// A metrics store with one answer for everybody.
private final class Store: HTTPSender {
    private let number = Mutex<Double>(1)

    func answer(_ answer: Double) { number.withLock { $0 = answer } }

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        let value = number.withLock { $0 }
        let body = #"{"status": "success", "data": {"resultType": "scalar", "result": [1, "\#(value)"]}}"#
        return HTTPResponse(status: 200, body: Array(body.utf8))
    }

    func stream(_ request: HTTPRequest) async throws(TransportError) -> HTTPStream {
        throw TransportError(.invalidRequest, at: request.url, "the store knows no streams")
    }
}

/// As they are installed in a cluster.
private func ownDefinitions() throws -> Definitions {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    return Definitions(
        try String(contentsOf: root.appending(path: "deploy/kubernetes/crds.yaml"), encoding: .utf8))
}
