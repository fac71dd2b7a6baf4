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

extension ElectionClock {
    /// What comes first counts: the outcome of the work, where it has one, or the time. Whoever takes it hears of it
    /// before the work that came too late has ended.
    package func first<Outcome: Sendable>(
        until time: Duration, timeUp: Outcome, _ work: @escaping @Sendable () async -> Outcome?,
        _ take: (Outcome) -> Void
    ) async {
        await withTaskGroup(of: Outcome?.self) { group in
            group.addTask {
                await sleep(until: time)
                return timeUp
            }
            group.addTask { await work() }
            while let outcome = await group.next() {
                // Work without an outcome waits for the time.
                guard let outcome else { continue }
                take(outcome)
                return group.cancelAll()
            }
        }
    }

    /// Cuts the work short when it takes longer.
    package func within(_ limit: Duration, _ work: @escaping @Sendable () async -> Void) async {
        await first(until: steady() + limit, timeUp: (), work) {}
    }
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
