import Kubernetes
import Lab
import Server

extension DemoPlay {
    func onStage() throws -> any MeshStage {
        guard let stage else { throw CommandError("the scenario \(scenario.rawValue) needs a mesh") }
        return stage
    }

    /// At every step the requests go where the weights say; a hand that meddles is put right.
    func climbByObjects(_ load: Load) async throws -> [DemoClaim] {
        let stage = try onStage()
        var claims = [try await weigh(0.05, at: 2, load), try await weigh(0.2, at: 4, load)]
        stage.editWeights(50, 50)
        say(
            "somebody types: kubectl edit \(stage.split.reference.kind.kind.lowercased()) checkout, and gives both releases the same weight"
        )
        let drift = try await putRight(stage, load)
        say(drift.text)
        claims.append(drift)
        claims.append(try await weigh(0.5, at: 6, load))
        try await arrive(load)
        return claims + [stage.claimForeignIsUntouched()]
    }

    private func weigh(_ share: Double, at step: Int, _ load: Load) async throws -> DemoClaim {
        let window = try await window(of: .seconds(2), load) {
            $0.step?.number == step && $0.routing?.isApplied == true
        }
        return window.claimWeight(of: version, among: RequestKind.any.name, isAbout: share)
    }

    /// The journal knows who it was.
    private func putRight(_ stage: any MeshStage, _ load: Load) async throws -> DemoClaim {
        let before = try await installation.client.status(Installation.rollout).sequence
        try await wait(for: "the weights to be put back", load) { _ in
            stage.share(of: Installation.backends[1]) != 0.5
        }
        try await wait(for: "the route to be in force again", load) {
            $0.sequence > before && $0.routing?.isApplied == true
        }
        let history = try await installation.client.history(Installation.rollout, after: 0, limit: 1_000)
        let drift = history.entries.last { $0.kind == "drifted" }
        return DemoClaim(
            "put back; the journal says: \(drift?.sentence ?? "nothing")",
            holds: drift?.sentence.contains("kubectl-edit") == true)
    }
}
