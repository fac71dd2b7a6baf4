package import Rollouts

/// Asks somebody outside whether a release may go on.
package protocol GateKeeper: Sendable {
    /// Names whom the question goes to, so that a slow one delays its own rollouts only.
    func backend(of gate: Gate) -> String

    /// Asks once. Failing is an ordinary outcome here, so it is an answer too: `trouble`. The caller sets the
    /// deadline by cancelling.
    func ask(_ order: GateOrder, of rollout: RolloutName) async -> GateAnswer
}
