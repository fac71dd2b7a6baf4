package import Rollouts

/// A rollout as people and programs see it: what it does, why it waits, and on which evidence.
///
/// Moments are RFC 3339 texts in UTC with milliseconds; durations are seconds; weights are percent of all traffic.
/// Steps are numbered from one. What is not there is left out.
package struct RolloutStatus: Hashable, Codable, Sendable {
    package let name: String
    package let phase: PhaseWord
    /// One sentence: what it does or why it waits.
    package let message: String
    /// The manifest that declares it: `rollouts/checkout.yaml`.
    package let source: String?
    /// Whether that manifest is gone: what runs goes on, nothing new starts.
    package let isWithdrawn: Bool
    /// The sequence of its last event.
    package let sequence: UInt64
    /// When that was; none before the first.
    package let updatedAt: String?
    package let stable: ReleaseStatus?
    /// The release on its way up; none when there is none.
    package let canary: ReleaseStatus?
    /// The share that the canary is wanted to have, in percent; zero when there is none.
    package let weight: Double
    /// The arms of a test beside the stable release; none where the canary is the only one.
    package let arms: [ArmStatus]?
    /// The release that is started when what it waits for is over.
    package let queued: QueuedStatus?
    /// Releases that carry nothing any more and are kept for a while: a return to one is immediate.
    package let warm: [WarmStatus]
    /// Stable releases before this one, the latest first: what `undo` can go back to.
    package let history: [String]
    /// None before the first release.
    package let routing: RoutingStatus?
    /// None where the instances are left to whoever deploys them.
    package let instances: InstancesStatus?
    /// Where the next release is to be deployed before it is announced. None while traffic is there, or may be:
    /// wait until the release in flight has ended, or abort it.
    package let idleBackend: String?
    /// The same for each arm of a test, by its name; none where there is only one.
    package let idleBackends: [String: String]?
    package let step: StepStatus?
    /// All steps of the plan in words: the plan in flight, else that of the next release.
    package let steps: [String]
    /// The analyses that are going on.
    package let analyses: [AnalysisStatus]
    package let hold: HoldStatus?
    package let failure: FailureStatus?
    /// What was found before the release in flight was moved; none where there is nothing to tell.
    package let findings: [Finding]?
}

/// The words that Argo Rollouts uses, with their meanings.
package enum PhaseWord: String, Hashable, Codable, Sendable, CaseIterable {
    /// The stable release carries everything, and the data plane shows it.
    case healthy = "Healthy"
    case progressing = "Progressing"
    /// Waits for a time or a person by the will of a plan or of a person.
    case paused = "Paused"
    /// A release was taken back.
    case degraded = "Degraded"
    /// No release was ever announced.
    case pending = "Pending"
}

package struct ReleaseStatus: Hashable, Codable, Sendable {
    package let release: String
    /// What the router calls the place it runs in.
    package let backend: String

    package init(release: String, backend: String) {
        self.release = release
        self.backend = backend
    }
}

package struct ArmStatus: Hashable, Codable, Sendable {
    package let arm: String
    package let release: String
    package let backend: String
    /// The share that it is wanted to have, in percent, beside what the rules send to it.
    package let weight: Double
}

package struct QueuedStatus: Hashable, Codable, Sendable {
    package let release: String
    package let reason: String
}

package struct WarmStatus: Hashable, Codable, Sendable {
    package let release: String
    package let backend: String
    package let until: String
}

package struct RoutingStatus: Hashable, Codable, Sendable {
    /// Percent by backend, of the requests that no rule speaks for; they make up 100.
    package let wanted: [String: Double]
    /// What holds for some requests, in words, in the order of precedence.
    package let rules: [String]
    /// The cookie that keeps users in their share.
    package let cookie: String?
    package let router: String
    /// Whether the data plane shows what is wanted.
    package let isApplied: Bool
    /// What somebody else made of it, where that is left alone.
    package let stray: String?
    /// The sequence of the event that wanted it.
    package let since: UInt64
    /// What the mesh's interface said when it took the write.
    package let receipt: String?
    /// What the data plane showed when it had the route.
    package let evidence: String?
    /// Tries that failed since it was wanted.
    package let failures: Int
    package let lastFailure: String?
}

package struct InstancesStatus: Hashable, Codable, Sendable {
    /// By release; what is not in here is to have none.
    package let wanted: [String: Int]
    /// Whether all of them are ready.
    package let isReady: Bool
    /// The sequence of the event that wanted it.
    package let since: UInt64
    package let evidence: String?
    /// Tries that failed since it was wanted.
    package let failures: Int
    /// Why they are not ready, in the platform's words.
    package let lastFailure: String?
}

package struct StepStatus: Hashable, Codable, Sendable {
    /// From one; one more than `count` when all are passed.
    package let number: Int
    package let count: Int
    package let text: String
    package let since: String
    package let sinceSeconds: Double
    /// For a pause that ends by itself.
    package let endsAt: String?
    package let remainingSeconds: Double?
}

/// What keeps the release from going on, although its step would let it.
package struct HoldStatus: Hashable, Codable, Sendable {
    package enum Kind: String, Hashable, Codable, Sendable {
        case command, manifest, freeze, outage, noData, slo, route, instances
    }

    package let kind: Kind
    package let message: String
}

/// A release that was taken back.
package struct FailureStatus: Hashable, Codable, Sendable {
    package let release: String
    package let backend: String?
    /// The step it was at, from one.
    package let step: Int
    package let stepCount: Int
    package let reason: String
    package let at: String
}
