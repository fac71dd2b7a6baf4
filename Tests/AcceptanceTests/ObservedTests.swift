import Lab
import Server
import Testing

@testable import headgate

/// The last level of proof, by a server as a process of its own: requests are counted where the weights send them.
@Suite(.serialized, .timeLimit(.minutes(2))) struct ObservedTests {
    @Test func whatAnEnvoyCountedStandsInTheStatusAndInTheHistory() async throws {
        try await withLab { rig in
            let plain = try InstallationMesh.none()
            let mesh = InstallationMesh(
                adminPort: plain.adminPort, prometheusPort: plain.prometheusPort, target: plain.target,
                configuration: plain.configuration.replacing("}", with: ", proof: observed}"))
            let installation = try await Installation.set(
                in: rig, program: try theProgram(),
                manifest: DemoManifest.rollout(steps: ["setWeight: 20", "pause: {}"]), mesh: mesh)
            // Nobody asks yet: the first release is in force all the same.
            try await installation.begin()
            let silent = try await installation.client.status(Installation.rollout)
            #expect(silent.routing?.evidence?.contains("; not observed: ") == true, "\(silent)")
            _ = try await installation.deploy("v2")
            let load = Load(try installation.url(), perSecond: 200, http: installation.http)
            _ = try await load.during {
                try await installation.announce("v2")
                let status = try await installation.wait(for: "the pause") {
                    $0.step?.number == 2 && $0.routing?.isApplied == true
                }
                let evidence = try #require(status.routing?.evidence)
                #expect(
                    evidence.contains("; observed checkout-a ") && evidence.hasSuffix(" requests"),
                    "\(evidence)")
                #expect(
                    try await installation.type(["status", Installation.rollout]).contains(
                        "  proof   " + evidence))
            }
            let sentences = try await installation.entries("routed").map(\.sentence)
            #expect(sentences.last?.contains("; observed checkout-a ") == true, "\(sentences)")
        }
    }
}
