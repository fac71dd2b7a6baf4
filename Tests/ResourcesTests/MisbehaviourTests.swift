import Kubernetes
import TestCluster
import TestServer
import Testing
import Transport

@testable import Resources

/// What only the double can show: who asked what, and what becomes of a write that fails.
@Suite(.timeLimit(.minutes(2))) struct MisbehaviourTests {
    private func onDouble(_ body: @escaping @Sendable (Stage, Cluster) async throws -> Void) async throws {
        try await withCluster(CustomKinds.istio.union(CustomKinds.argo)) { cluster in
            let http = CurlClient()
            let place = try await Stage.Place.make(on: APIServer(cluster, http))
            try await Stage.withRest(in: place) { stage in try await body(stage, cluster) }
            await http.shutdown()
        }
    }

    @Test func aQuietClusterIsNotWrittenTo() async throws {
        try await onDouble { stage, cluster in
            // Its last word about what has happened.
            #expect(try await stage.until { try await stage.reasons.contains("RolloutCompleted") })
            // What is on its way yet: a status after its Event.
            try await Task.sleep(for: .milliseconds(500))
            let before = cluster.log.filter { $0.verb != .watch }.count
            // Nothing to wait for: that nothing comes is the claim.
            try await Task.sleep(for: .milliseconds(400))
            #expect(cluster.log.filter { $0.verb != .watch }.count == before)
        }
    }

    @Test func anAPIServerThatRefusesAStatusGetsItLater() async throws {
        try await onDouble { stage, cluster in
            for mishap in [ClusterFault.Mishap.inner, .conflict] {
                cluster.inject(ClusterFault(mishap, verbs: [.patch], ResourceGroup.argo.rollouts))
            }
            try await stage.start("v2")
            #expect(try await stage.untilPhase("Paused"))
        }
    }
}
