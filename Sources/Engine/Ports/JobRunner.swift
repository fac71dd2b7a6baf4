package import Analysis
package import Rollouts

/// Takes measurements by running something, each for itself: a test that passes or fails.
///
/// It may take hours, and outlives this process: what is run bears the name of its measurement, so that whoever asks
/// for the same measurement again finds it, and makes no second one.
package protocol JobRunner: Sendable {
    /// What `Query.provider` says for this runner: `job`, `experiment`.
    var kind: String { get }

    /// Whether what is run stays when a measurement has ended well, for those after it in the same run to look at.
    /// Then it is taken away with the run.
    var stages: Bool { get }

    /// Runs it, or finds it, and returns when it has ended. When the caller cancels, what runs goes on: see `end`.
    func run(_ order: JobOrder) async -> Sample

    /// Takes it away: nobody wants to know any more.
    func end(_ order: JobOrder) async throws(SampleFailure)

    /// Takes away what runs and is none of those that are wanted: their end was wanted while nobody was there to see
    /// to it. Of this journal; `wanted` is asked after a look at what is there.
    func sweep(
        _ journal: String, keeping wanted: @Sendable () async -> [JobOrder]
    ) async throws(SampleFailure)
}

/// One measurement that is taken by running something.
package struct JobOrder: Hashable, Sendable {
    package let rollout: RolloutName
    /// The identity of the journal that wants it.
    package let journal: String
    package let measurement: MeasureOrder
    /// Who runs the releases; none: whoever deploys them.
    package let workload: WorkloadTarget?

    package init(
        rollout: RolloutName, journal: String, measurement: MeasureOrder, workload: WorkloadTarget? = nil
    ) {
        self.rollout = rollout
        self.journal = journal
        self.measurement = measurement
        self.workload = workload
    }
}
