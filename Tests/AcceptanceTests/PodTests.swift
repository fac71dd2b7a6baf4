import Lab
import Server
import TestCluster
import Testing

@testable import headgate

/// From a commit to the promoted release: the server makes the pods, points the Services and moves the traffic.
@Suite(.serialized) struct PodTests {
    private static let steps = ["setWeight: 25", "pause: {duration: 500ms}", "setWeight: 50", "pause: {}"]
    private static let quick = [
        "setWeight: 25", "pause: {duration: 300ms}", "setWeight: 50", "pause: {duration: 300ms}",
    ]

    @Test func aCommitBecomesPodsAndACanaryOfThem() async throws {
        try await PodServer.run { server in
            let eye = PodEye(server)
            try await eye.watching {
                let first = try await arrive("web:1", on: server)
                #expect(server.sizes == ["web:1": 4])
                #expect(server.selected == ["web-stable": first, "web-canary": first])
                try server.commit("web:2", steps: Self.steps)
                let half = try await server.wait(for: "the last pause") { $0.step?.number == 4 }
                let second = try #require(half.canary?.release)
                #expect(server.sizes == ["web:1": 4, "web:2": 2])
                #expect(server.selected == ["web-stable": first, "web-canary": second])
                #expect(server.weights == ["web-stable": 50, "web-canary": 50])
                _ = try await server.client.command("promote", PodServer.rollout)
                try await rest("web:2", on: server)
                #expect(server.selected == ["web-stable": second, "web-canary": second])
                #expect(server.weights == ["web-stable": 100, "web-canary": 0])
            }
            #expect(eye.mishaps == [] && eye.count > 100)
        }
    }

    @Test func aReleaseWhosePodsDoNotStartIsTakenBackAtOnce() async throws {
        try await PodServer.run(["web:bad": .imagePullBackOff]) { server in
            let first = try await arrive("web:1", on: server)
            try server.commit("web:bad", steps: Self.steps)
            let end = try await server.wait(for: "the release to be taken back") { $0.failure != nil }
            let reason = try #require(end.failure?.reason)
            #expect(reason.contains("0 of 1 ready"), "\(reason)")
            #expect(reason.contains("container app: ImagePullBackOff"), "\(reason)")
            #expect(end.phase == .degraded && end.stable?.release == first)
            try await rest("web:1", on: server)
            #expect(server.weights == ["web-stable": 100, "web-canary": 0])
            #expect(server.selected == ["web-stable": first, "web-canary": first])
        }
    }

    /// With instances on their way up, with traffic on its way, and on the way down.
    @Test func aServerThatIsKilledAnywhereEndsTheSame() async throws {
        try await PodServer.run(["web:2": .ready(after: .milliseconds(400))]) { server in
            let eye = PodEye(server)
            try await eye.watching {
                _ = try await arrive("web:1", on: server)
                try server.commit("web:2", steps: Self.quick)
                for size in [1, 2, 4] {
                    try await server.wait(for: "\(size) pods to be asked for") {
                        server.sizes["web:2"] ?? 0 >= size
                    }
                    await server.daemon.crash()
                    try await server.daemon.start()
                }
                try await rest("web:2", on: server)
                #expect(server.weights == ["web-stable": 100, "web-canary": 0])
                #expect(Set(server.selected.values).count == 1)
            }
            #expect(eye.mishaps == [])
        }
    }

    /// Commits a release, and waits until everything rests on it. Returns its name.
    private func arrive(_ image: String, on server: PodServer) async throws -> String {
        try server.commit(image, steps: Self.steps)
        try await rest(image, on: server)
        return try #require(try await server.client.status(PodServer.rollout).stable?.release)
    }

    private func rest(_ image: String, on server: PodServer) async throws {
        _ = try await server.wait(for: "\(image) alone to be there") { status in
            status.canary == nil && status.routing?.isApplied == true && status.instances?.isReady == true
                && server.sizes == [image: 4]
        }
    }
}
