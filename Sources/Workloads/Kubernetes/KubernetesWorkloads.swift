package import Analysis
package import Engine
package import Kubernetes
package import Logging
package import Rollouts

/// Runs releases as ReplicaSets.
///
/// What is there comes from watches, what is to be done from `ScalePlan`; every write names the version that was seen,
/// so that a look that was too old writes nothing.
package struct KubernetesWorkloads: WorkloadController {
    package let kind = "kubernetes"
    let api: any KubernetesAPI
    let watch: InstanceWatch
    /// The leader's number; none where there is no election.
    let epoch: Int?
    let pace: Pace
    let log: Logger

    /// How long a look lasts where nothing changes: Services and their endpoints are not watched.
    package struct Pace: Sendable {
        package var look: Duration
        package var now: @Sendable () -> Moment
        package var sleep: @Sendable (Duration) async throws -> Void

        package init(
            look: Duration = .seconds(1), now: @escaping @Sendable () -> Moment = Moment.wall,
            sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
        ) {
            self.look = look
            self.now = now
            self.sleep = sleep
        }
    }

    /// A cluster-wide watch needs the right to see all namespaces.
    package init(
        _ api: any KubernetesAPI, isClusterWide: Bool = false, epoch: Int? = nil, pace: Pace = Pace(),
        log: Logger
    ) {
        self.api = api
        self.epoch = epoch
        watch = InstanceWatch(api, isClusterWide: isClusterWide)
        self.pace = pace
        self.log = log
    }

    /// One API server serves all.
    package func backend(of target: WorkloadTarget) -> String { kind }

    package func scale(_ write: ScaleWrite) async throws(WorkloadFailure) -> ScaleEvidence {
        ScaleEvidence(text: try await ScaleWork(write, self).carryOut())
    }

    package func inspect(_ write: ScaleWrite) async throws(WorkloadFailure) -> String? {
        try await ScaleWork(write, self).lack()
    }

    /// For one reader.
    package func disturbances() -> AsyncStream<RolloutName> {
        let watch = watch
        return AsyncStream { await watch.nextDisturbed() }
    }

    /// Ends the watches, and with them `disturbances()`.
    package func close() async {
        await watch.close()
    }
}
