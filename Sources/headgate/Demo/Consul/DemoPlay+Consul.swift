import Lab
import Server
import Transport

extension DemoPlay {
    private func onConsul() throws -> ConsulStage {
        guard let consul else { throw CommandError("the scenario \(scenario.rawValue) needs a Consul") }
        return consul
    }

    /// At every step the requests go where the weights say; a hand that meddles is put right.
    func climbBySplitter(_ load: Load) async throws -> [DemoClaim] {
        let stage = try onConsul()
        var claims = [try await weigh(0.05, at: 2, load), try await weigh(0.2, at: 4, load)]
        try await stage.editWeights(50, 50)
        say("somebody types: consul config write, and gives both releases the same weight")
        let drift = try await putRight(stage, load)
        say(drift.text)
        claims.append(drift)
        claims.append(try await weigh(0.5, at: 6, load))
        try await arrive(load)
        return claims
    }

    /// A sidecar goes on with what it has while Consul is away, and the verdict finds it back.
    func failWhileConsulRestarts(_ service: DemoProcess, _ load: Load) async throws -> Seen {
        let stage = try onConsul()
        try await wait(for: "the first weight", load) { ($0.step?.number ?? 0) >= 2 }
        await stage.consul.daemon.crash()
        say("Consul is killed, and started again two seconds later")
        try await Task.sleep(for: .seconds(2))
        try await stage.consul.daemon.start()
        let breachAt = try await breakDown(service, load) { ($0.step?.number ?? 0) >= 4 }
        let weights = try await stage.weights()
        let stable = try await installation.client.status(Installation.rollout).stable?.release ?? "?"
        let refuge = try await stage.entry("service-resolver")["DefaultSubset"]?.string ?? "?"
        return Seen(
            breachAt: breachAt,
            claims: [
                DemoClaim(
                    "all traffic is on \(stable) again, and the subset \(refuge) is where it goes without a split",
                    holds: weights[refuge] == 100)
            ])
    }

    private func weigh(_ share: Double, at step: Int, _ load: Load) async throws -> DemoClaim {
        let window = try await window(of: .seconds(2), load) {
            $0.step?.number == step && $0.routing?.isApplied == true
        }
        return window.claimWeight(of: version, among: RequestKind.any.name, isAbout: share)
    }

    /// The journal knows what it was.
    private func putRight(_ stage: ConsulStage, _ load: Load) async throws -> DemoClaim {
        let before = try await installation.client.status(Installation.rollout).sequence
        try await wait(for: "the route to be in force again", load) {
            $0.sequence > before && $0.routing?.isApplied == true
        }
        let history = try await installation.client.history(Installation.rollout, after: 0, limit: 1_000)
        let drift = history.entries.last { $0.kind == "drifted" }
        let weights = try await stage.weights()
        return DemoClaim(
            "put back; the journal says: \(drift?.sentence ?? "nothing")",
            holds: drift?.sentence.contains("Splits") == true && !weights.values.contains(50))
    }
}
