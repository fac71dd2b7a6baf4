package import Analysis

/// Where the engine's time comes from: the one place that asks for it.
package protocol EngineClock: Sendable {
    func now() -> Moment
    /// Returns at the moment or later; throws when cancelled.
    func sleep(until moment: Moment) async throws(CancellationError)
}
