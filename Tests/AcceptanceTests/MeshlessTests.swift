import Lab
import Server
import TestCluster
import Testing

@testable import headgate

/// Without a mesh: what divides the traffic is the number of instances, or a Service that selects the one release or
/// the other.
@Suite(.serialized) struct MeshlessTests {
    @Test func aCanaryIsAShareOfTheInstances() async throws {
        let strategy = "canary: {steps: [{setWeight: 25}, {pause: {}}]}"
        try await PodServer.run { server in
            try server.commit("web:1", strategy: strategy)
            try await rest("web:1", on: server)
            try server.commit("web:2", strategy: strategy)
            let part = try await server.wait(for: "the pause") { $0.step?.number == 2 }
            #expect(server.sizes == ["web:1": 3, "web:2": 1])
            #expect(part.routing?.isApplied == true)
            #expect(part.routing?.evidence?.contains("(25%)") == true, "\(part.routing?.evidence ?? "")")
            _ = try await server.client.command("abort", PodServer.rollout)
            try await rest("web:1", on: server)
            _ = try await server.client.command("retry", PodServer.rollout)
            _ = try await server.wait(for: "the pause again") { $0.step?.number == 2 }
            await server.daemon.crash()
            try await server.daemon.start()
            _ = try await server.wait(for: "the server to know it") {
                $0.step?.number == 2 && $0.hold == nil
            }
            _ = try await server.client.command("promote", PodServer.rollout)
            try await rest("web:2", on: server)
        }
    }

    @Test func blueGreenIsAServiceThatSelectsTheOtherRelease() async throws {
        let strategy = """
            blueGreen:
              activeService: web-stable
              previewService: web-canary
              autoPromotionEnabled: false
              scaleDownDelay: 1s
            """
        try await PodServer.run { server in
            try server.commit("web:1", strategy: strategy)
            try await rest("web:1", on: server)
            let first = try #require(server.selected["web-stable"])
            try server.commit("web:2", strategy: strategy)
            let waiting = try await server.wait(for: "the preview") { $0.step?.number == 2 }
            let second = try #require(waiting.canary?.release)
            #expect(server.sizes == ["web:1": 4, "web:2": 4])
            #expect(server.selected == ["web-stable": first, "web-canary": second])
            _ = try await server.client.command("promote", PodServer.rollout)
            try await rest("web:2", on: server)
            #expect(server.selected == ["web-stable": second, "web-canary": second])
        }
    }

    /// As many of Argo's documents are written: a Service for each release, beside the one that gets the traffic.
    @Test func servicesFollowTheReleasesThoughTheyDivideNothing() async throws {
        let strategy = """
            canary:
              stableService: web-stable
              canaryService: web-canary
              steps: [{setWeight: 50}, {pause: {}}]
            """
        try await PodServer.run { server in
            let commit = { try server.commit($0, strategy: strategy, kind: "argoproj.io/v1alpha1") }
            try commit("web:1")
            try await rest("web:1", on: server)
            let first = try #require(server.selected["web-stable"])
            try commit("web:2")
            let half = try await server.wait(for: "the pause") { $0.step?.number == 2 }
            let second = try #require(half.canary?.release)
            #expect(server.sizes == ["web:1": 2, "web:2": 2])
            #expect(server.selected == ["web-stable": first, "web-canary": second])
            _ = try await server.client.command("abort", PodServer.rollout)
            try await rest("web:1", on: server)
            #expect(server.selected == ["web-stable": first, "web-canary": first])
            _ = try await server.client.command("retry", PodServer.rollout)
            _ = try await server.wait(for: "the pause again") { $0.step?.number == 2 }
            _ = try await server.client.command("promote", PodServer.rollout)
            try await rest("web:2", on: server)
            #expect(server.selected == ["web-stable": second, "web-canary": second])
        }
    }

    private func rest(_ image: String, on server: PodServer) async throws {
        _ = try await server.wait(for: "\(image) alone to be there") { status in
            status.canary == nil && status.routing?.isApplied == true && status.instances?.isReady == true
                && server.sizes == [image: 4]
        }
    }
}
