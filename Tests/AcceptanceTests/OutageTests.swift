import Lab
import Server
import Testing

@testable import headgate

/// A real Prometheus is killed in mid-step and comes back.
@Suite(.serialized) struct OutageTests {
    @Test func anOutageOfPrometheusHoldsTheWeightAndNothingElse() async throws {
        try await withLab { rig in
            let manifest = DemoManifest.rollout(
                steps: ["setWeight: 10", "pause: {duration: 2s}", "setWeight: 60", "pause: {duration: 1s}"],
                initialDelay: "0s")
            let installation = try await Installation.set(
                in: rig, program: try theProgram(), manifest: manifest)
            try await installation.begin()
            _ = try await installation.deploy("v2")
            let load = Load(try installation.url(), perSecond: 100, http: installation.http)
            let result = try await load.during {
                try await installation.announce("v2")
                _ = try await installation.wait(for: "the pause") { $0.step?.number == 2 }
                await installation.prometheus.daemon.crash()
                let held = try await installation.wait(for: "the outage to be seen") {
                    $0.hold?.kind == .outage
                }
                #expect(held.message.contains("can't be asked"), "\(held.message)")
                // Twice as long as the pause: time alone must not move anything.
                try await Task.sleep(for: .seconds(4))
                let still = try await installation.client.status(Installation.rollout)
                #expect(still.canary?.release == "v2" && still.weight == 10 && still.step?.number == 2)
                #expect(still.hold?.kind == .outage && still.failure == nil)
                try await installation.prometheus.daemon.start()
                _ = try await installation.wait(for: "v2 to arrive") { $0.stable?.release == "v2" }
            }
            #expect(result.failedByShift == 0)
        }
    }
}
