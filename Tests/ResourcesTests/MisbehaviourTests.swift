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
            // A status may follow its Event yet; then nothing comes.
            let isQuiet = try await cluster.fallsQuiet()
            #expect(isQuiet)
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

extension Cluster {
    /// Whether a second comes in which nobody asks for anything; who watches goes on.
    fileprivate func fallsQuiet() async throws -> Bool {
        for _ in 0..<20 {
            let before = log.filter { $0.verb != .watch }.count
            try await Task.sleep(for: .seconds(1))
            if log.filter({ $0.verb != .watch }).count == before { return true }
        }
        return false
    }
}
