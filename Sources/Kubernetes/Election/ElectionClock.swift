package import Foundation

/// The time of an election, so that a test can bring its own.
package protocol ElectionClock: Sendable {
    /// Since whenever; set by nobody, and running on while the machine sleeps.
    func steady() -> Duration
    /// Written into the lease for people to read. Nobody's decisions hang on it.
    func wall() -> Date
    /// Returns at that steady time, or when the task is cancelled.
    func sleep(until time: Duration) async
}

package struct SystemElectionClock: ElectionClock {
    private let time = steadyTime()

    package init() {}

    package func steady() -> Duration { time() }

    package func wall() -> Date { Date() }

    package func sleep(until time: Duration) async {
        // Cut short means cancelled, which the caller sees for itself.
        try? await Task.sleep(for: time - steady())
    }
}
