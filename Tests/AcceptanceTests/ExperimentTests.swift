import Kubernetes
import Lab
import Server
import TestCluster
import Testing
import Transport

@testable import headgate

/// Releases that run beside a rollout's own pods for a while.
@Suite(.serialized, .timeLimit(.minutes(3))) struct ExperimentTests {
    private static func step(_ duration: String) -> String {
        "experiment: {duration: \(duration), templates: [{name: baseline, specRef: stable}, "
            + "{name: canary, specRef: canary, replicas: 2}]}"
    }

    private func staged(_ server: PodServer) -> [String: Int] {
        let objects = server.cluster.objects(
            .replicaSet, in: PodServer.namespace, labels: "headgate.dev/experiment-of")
        return Dictionary(
            objects.map { object in
                let image = object["spec"]["template"]["spec"]["containers"]?[0]?["image"]?.string ?? ""
                return (image, object["spec"]["replicas"]?.integer ?? 0)
            }
        ) { $0 + $1 }
    }

    private func launch(_ server: PodServer, _ step: String) async throws {
        try server.commit("web:1", steps: ["setWeight: 50"])
        _ = try await server.wait(for: "web:1 to rest") { $0.phase == .healthy }
        try server.commit("web:2", steps: [step, "setWeight: 50"])
        try await server.wait(for: "the experiment") { staged(server) == ["web:1": 1, "web:2": 2] }
    }

    @Test func anExperimentIsStagedAndTakenAway() async throws {
        try await PodServer.run { server in
            try await launch(server, Self.step("2s"))
            #expect(server.weights == ["web-stable": 100, "web-canary": 0])
            _ = try await server.wait(for: "web:2 to rest") {
                $0.phase == .healthy && $0.history.count == 1
            }
            try await server.wait(for: "an empty stage") { staged(server).isEmpty }
        }
    }

    /// It is found again, and its end comes.
    @Test func aServerThatIsKilledInTheMiddleOfOneGoesOn() async throws {
        try await PodServer.run { server in
            try await launch(server, Self.step("3s"))
            await server.daemon.crash()
            try await server.daemon.start()
            #expect(staged(server) == ["web:1": 1, "web:2": 2])
            _ = try await server.wait(for: "web:2 to rest") {
                $0.phase == .healthy && $0.history.count == 1
            }
            try await server.wait(for: "an empty stage") { staged(server).isEmpty }
        }
    }

    @Test func anAbortTakesItAway() async throws {
        try await PodServer.run { server in
            try await launch(server, Self.step("10m"))
            _ = try await server.client.command("abort", PodServer.rollout)
            try await server.wait(for: "an empty stage") { staged(server).isEmpty }
        }
    }
}
