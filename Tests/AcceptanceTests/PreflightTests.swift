import Kubernetes
import Lab
import Rollouts
import Server
import TestCluster
import Testing
import Transport

@testable import headgate

/// A release that can't be moved is refused before anything is, by a server as a process of its own.
@Suite(.serialized, .timeLimit(.minutes(3))) struct PreflightTests {
    /// The subset of the place that the release goes to is gone; somebody mends it, and tries again.
    @Test func anIstioWithoutTheSubsetRefusesTheStartUntilItIsMended() async throws {
        try await withLab { rig in
            try await withIstio(
                in: rig, program: try theProgram(),
                manifest: DemoManifest.istio(steps: ["setWeight: 20", "pause: {}"])
            ) { installation, stage in
                let rule = ObjectReference(.destinationRule, Installation.rollout, in: demoNamespace)
                let whole = stage.cluster.object(rule)?["spec"]["subsets"]
                stage.cluster.edit(rule) {
                    $0["spec"]["subsets"] = .array(Array(($0["spec"]["subsets"]?.array ?? []).prefix(1)))
                }
                let refusal = await #expect(throws: CommandError.self) {
                    try await installation.type(["preflight", Installation.rollout])
                }
                #expect("\(try #require(refusal))".contains("code: 1"))
                #expect("\(try #require(refusal))".contains("has no subset checkout-b"))
                _ = try await installation.deploy("v2")
                try await installation.announce("v2")
                let refused = try await installation.wait(for: "the refusal") { $0.phase == .degraded }
                #expect(
                    refused.failure?.reason.hasPrefix("not started, nothing was routed: DestinationRule")
                        == true,
                    "\(refused.message)")
                #expect(stage.share(of: "checkout-b") == 0)
                stage.cluster.edit(rule) { $0["spec"]["subsets"] = whole }
                _ = try await installation.type(["preflight", Installation.rollout, "-o", "json"])
                _ = try await installation.type(["retry", Installation.rollout])
                let climbing = try await installation.wait(for: "the pause") {
                    $0.step?.number == 2 && $0.routing?.isApplied == true
                }
                #expect(climbing.findings?.contains { $0.check == "mtls" } == true)
                #expect(stage.share(of: "checkout-b") == 0.2)
            }
        }
    }

    /// The same look, where nothing is to be refused: the release climbs, and everybody is told.
    @Test func withWarnTheSameLookStopsNothing() async throws {
        try await withLab { rig in
            let manifest = DemoManifest.istio(steps: ["setWeight: 20", "pause: {}"]).replacing(
                "spec:\n  strategy:", with: "spec:\n  preflight: warn\n  strategy:")
            try await withIstio(in: rig, program: try theProgram(), manifest: manifest) {
                installation, stage in
                stage.cluster.edit(ObjectReference(.destinationRule, Installation.rollout, in: demoNamespace))
                {
                    $0["spec"]["subsets"] = .array(Array(($0["spec"]["subsets"]?.array ?? []).prefix(1)))
                }
                _ = try await installation.type(["preflight", Installation.rollout])
                _ = try await installation.deploy("v2")
                try await installation.announce("v2")
                let climbing = try await installation.wait(for: "the pause") {
                    $0.step?.number == 2 && $0.routing?.isApplied == true
                }
                let finding = try #require(climbing.findings?.first { $0.check == "subsets" })
                #expect(finding.severity == .warning && finding.what.contains("has no subset checkout-b"))
                #expect(stage.share(of: "checkout-b") == 0.2)
                let looks = try await installation.entries("inspected").map(\.sentence)
                #expect(
                    looks.last?.contains("warning") == true && looks.last?.contains("error") == false,
                    "\(looks)")
            }
        }
    }

    @Test func anEnvoyThatTakesPlainTextIsRefusedWhereMutualTLSIsRequired() async throws {
        try await withLab { rig in
            let lax = DemoManifest.rollout(steps: ["setWeight: 20", "pause: {}"])
            let strict = lax.replacing(
                "spec:\n  strategy:", with: "spec:\n  requireMTLS: strict\n  strategy:")
            let installation = try await Installation.set(in: rig, program: try theProgram(), manifest: lax)
            try await installation.begin()
            try installation.commit(strict)
            _ = try await installation.deploy("v2")
            // The manifest is read a moment later.
            var answer = try await installation.client.preflight(Installation.rollout)
            for _ in 0..<200 where answer.errors == 0 {
                try await Task.sleep(for: .milliseconds(50))
                answer = try await installation.client.preflight(Installation.rollout)
            }
            #expect(answer.findings.first?.check == "mtls", "\(answer)")
            #expect(answer.findings.first?.what.contains("require_client_certificate") == true)
            try await installation.announce("v2")
            let refused = try await installation.wait(for: "the refusal") { $0.phase == .degraded }
            #expect(refused.weight == 0 && refused.stable?.release == "v1")
            #expect(refused.routing?.wanted["checkout-a"] == 100)
        }
    }
}
