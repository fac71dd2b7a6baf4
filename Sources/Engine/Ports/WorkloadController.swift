package import Rollouts

/// Runs the instances of releases on one kind of platform.
package protocol WorkloadController: Sendable {
    /// What `WorkloadTarget.controller` says for this controller: `kubernetes`.
    var kind: String { get }

    /// Names what is reached through this target, so that one slow platform delays its own rollouts only.
    func backend(of target: WorkloadTarget) -> String

    /// Gives every release its size, and returns when all of those instances are ready. A release of this rollout
    /// that has no size in here is to have no instances. Throws at once when instances fail to start, with the
    /// platform's words. The caller sets the deadline by cancelling, and asks again.
    ///
    /// Idempotent: where everything is as ordered, nothing is written.
    func scale(_ write: ScaleWrite) async throws(WorkloadFailure) -> ScaleEvidence

    /// What is missing now of what was ordered, in words; none when everything is ready.
    func inspect(_ write: ScaleWrite) async throws(WorkloadFailure) -> String?

    /// The rollouts whose instances may have become fewer, as that is noticed. The engine inspects each. Ends when
    /// the controller is closed.
    func disturbances() -> AsyncStream<RolloutName>
}

/// The sizes that a rollout's releases are to have.
package struct ScaleWrite: Hashable, Sendable {
    package let rollout: RolloutName
    package let target: WorkloadTarget
    /// By release.
    package let sizes: [String: Int]
    /// Which release the platform's names are to stand for.
    package let roles: ScaleRoles
    /// The fence; see `Sequence`.
    package let since: Sequence
    /// The identity of the journal that wants it.
    package let journal: String
    /// Whether it takes traffic back, because no mesh does.
    package let isRollback: Bool

    package init(
        rollout: RolloutName, target: WorkloadTarget, sizes: [String: Int],
        roles: ScaleRoles = ScaleRoles(),
        since: Sequence, journal: String, isRollback: Bool = false
    ) {
        self.rollout = rollout
        self.target = target
        self.sizes = sizes
        self.roles = roles
        self.since = since
        self.journal = journal
        self.isRollback = isRollback
    }
}

/// All instances are ready.
package struct ScaleEvidence: Hashable, Sendable {
    /// For people: `web-5d9c 10 of 10, web-7f6b 2 of 2`.
    package let text: String

    package init(text: String) {
        self.text = text
    }
}
