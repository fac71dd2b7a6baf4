package import Analysis

/// Where a rollout stands. What is in flight lies elsewhere: most rollouts rest, and should cost little.
package enum Phase: Hashable, Codable, Sendable {
    /// No release was ever announced. Leaves by `started`.
    case empty
    /// The stable release carries everything. Leaves by `started`.
    case resting
    /// A release is on its way up. Leaves by `completed`, `aborted`, `kept` or `restored`; a newer release takes
    /// its place by `started`.
    indirect case climbing(Flight)
    /// A release was taken back; the stable one carries everything. Leaves by `started` or `restored`.
    indirect case aborted(Failure)
}

/// A release that was taken back, and why.
package struct Failure: Hashable, Codable, Sendable {
    package let release: Release
    /// The name that CI announced; see `Flight.announced`.
    package let announced: String
    package let step: Int
    package let stepCount: Int
    package let reason: AbortReason
    package let at: Moment
}

package enum AbortReason: Hashable, Codable, Sendable {
    /// A run's verdict.
    case verdict(Judged)
    /// A person, in their words.
    case command(by: String, why: String?)
    /// The mesh bears a rollback that the journal does not: it was made while the journal could not be written.
    case unjournaledRollback
    /// Somebody outside said no.
    case gate(name: String, why: String?)
    /// Something took longer than it was given.
    case overdue(String)
    /// Its instances fail to start, in the platform's words.
    case failing(String)
    /// What was looked at before the start refused it. Nothing was routed.
    case unfit(String)
}

extension AbortReason {
    /// What does not even start is not kept for anybody to look at: its pods would only try again and again.
    var isFailing: Bool {
        switch self {
        case .failing, .unfit: true
        default: false
        }
    }
}

/// A verdict and the evidence it rests on.
package struct Judged: Hashable, Codable, Sendable {
    package let run: RunID
    package let verdict: Verdict
    package let metric: String
    package let metricIndex: Int
    /// One sentence for people: which number, which condition, which limit.
    package let reason: String
}
