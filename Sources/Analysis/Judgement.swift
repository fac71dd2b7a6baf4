/// How much a run concludes from what it did not see.
///
/// Argo Rollouts' rules are kept to the letter for Argo's documents, traps included. Our own kind is judged by
/// the safe rules: nothing counts as good that no measurement proved, and trouble of the metrics store is never
/// held against the release.
package enum Judgement: String, Hashable, Codable, Sendable {
    case safe
    case argo
}

/// What a metric, and then a run, came to.
package enum Verdict: String, Hashable, Codable, Sendable, Comparable {
    case successful
    /// The numbers do not decide: a person is asked.
    case inconclusive
    /// Measuring itself failed too often (Argo's rules only).
    case error
    case failed

    private var severity: Int {
        switch self {
        case .successful: 0
        case .inconclusive: 1
        case .error: 2
        case .failed: 3
        }
    }

    package static func < (left: Verdict, right: Verdict) -> Bool {
        left.severity < right.severity
    }
}
