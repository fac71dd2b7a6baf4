import Engine
import Kubernetes
import Rollouts
import TestCluster
import Testing
import Transport

@testable import Resources

/// An analysis that is a Job of the cluster.
@Suite(.timeLimit(.minutes(2))) struct JobTests {
    private static func template(outcome: String = "success") -> JSON {
        let job: JSON = [
            "metadata": ["annotations": ["test/outcome": JSON(outcome)]],
            "spec": [
                "backoffLimit": 0,
                "template": [
                    "spec": [
                        "restartPolicy": "Never", "containers": [["name": "smoke", "image": "smoke:1"]],
                    ]
                ],
            ],
        ]
        return [
            "apiVersion": "argoproj.io/v1alpha1", "kind": "AnalysisTemplate", "metadata": ["name": "errors"],
            "spec": ["metrics": [["name": "smoke", "provider": ["job": job]]]],
        ]
    }

    private static let steps: JSON = [
        ["analysis": ["templates": [["templateName": "errors"]]]], ["pause": [:]],
    ]

    private func onCluster(
        taking duration: Duration, outcome: String = "success",
        _ body: @escaping @Sendable (Cluster, String) async throws -> Void
    ) async throws {
        let kinds = CustomKinds.istio.union(CustomKinds.argo)
        try await withCluster(kinds, keeper: PodKeeper(jobsTake: duration)) { cluster in
            cluster.create(Stage.virtualService(), .virtualService, in: Stage.shop)
            cluster.create(Self.template(outcome: outcome), ResourceGroup.argo.templates, in: Stage.shop)
            try await withJournal { path in try await body(cluster, path) }
        }
    }

    private func launch(_ stage: Stage, _ cluster: Cluster) async throws {
        try await stage.applyRollout(Stage.rollout(steps: Self.steps))
        #expect(try await stage.until { try await stage.status["phase"] != nil })
        try await stage.start("v1")
        #expect(try await stage.untilPhase("Healthy"))
        try await stage.start("v2")
        #expect(try await stage.until { !cluster.objects(.job).isEmpty })
    }

    @Test func aReleaseGoesOnWhenItsJobIsComplete() async throws {
        try await onCluster(taking: .milliseconds(100)) { cluster, path in
            try await Stage.run(on: cluster, journal: path) { stage async throws in
                try await launch(stage, cluster)
                #expect(try await stage.untilPhase("Paused"))
                #expect(cluster.objects(.job, in: Stage.shop).count == 1)
            }
        }
    }

    @Test func aReleaseWhoseJobFailsIsTakenBack() async throws {
        try await onCluster(taking: .zero, outcome: "failure") { cluster, path in
            try await Stage.run(on: cluster, journal: path) { stage async throws in
                try await launch(stage, cluster)
                #expect(try await stage.untilPhase("Degraded"))
                #expect(try await stage.status["message"]?.string?.contains("BackoffLimitExceeded") == true)
            }
        }
    }

    /// The server stops in the middle of it, and another one goes on: with the same Job, for one measurement.
    @Test func aJobOutlivesTheServer() async throws {
        try await onCluster(taking: .seconds(2)) { cluster, path in
            try await Stage.run(on: cluster, journal: path) { stage async throws in
                try await launch(stage, cluster)
            }
            let job = try #require(cluster.objects(.job).first)
            #expect(job["status"]["conditions"] == nil)
            try await Stage.run(on: cluster, journal: path) { stage async throws in
                #expect(try await stage.untilPhase("Paused"))
                let name = RolloutName("web.shop")
                #expect(await stage.loop.rollout(name)?.flight?.step == 1)
            }
            let uids = cluster.objects(.job).map { $0["metadata"]["uid"]?.string }
            #expect(uids == [job["metadata"]["uid"]?.string])
        }
    }

    /// So is one whose flight ends while it runs.
    @Test func aJobThatNobodyWaitsForIsTakenAway() async throws {
        try await onCluster(taking: .seconds(600)) { cluster, path in
            try await Stage.run(on: cluster, journal: path) { stage async throws in
                try await launch(stage, cluster)
                _ = try await stage.loop.submit(.abort(why: nil), to: RolloutName("web.shop"), by: "ann")
                #expect(try await stage.until { cluster.objects(.job).isEmpty })
            }
        }
    }
}
