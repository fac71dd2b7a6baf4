package import Analysis

/// Asks one kind of metrics store.
package protocol MetricProvider: Sendable {
    /// What `Query.provider` says for this provider: `prometheus`.
    var kind: String { get }

    /// Names the store that the query goes to, so that one slow store delays its own rollouts only.
    func backend(of query: Query) -> String

    /// Asks. Failing is an ordinary outcome here, so it is part of the answer. The caller sets the deadline
    /// by cancelling.
    func sample(_ query: Query, at now: Moment) async -> Sample
}
