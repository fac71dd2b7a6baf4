package import Analysis
import Foundation

/// Wall time that was read once and has run steadily since.
///
/// A clock that is set forward must not end every pause at once, and one that is set back must not stretch
/// them; so the wall is asked at the start only, and the machine's uptime from then on. The log must not run
/// backwards either: a clock starts no earlier than the last entry of the journal.
package struct SteadyClock: EngineClock {
    private let origin: Moment
    private let started: ContinuousClock.Instant

    package init(notBefore earliest: Moment) {
        let wall = Moment(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000))
        origin = max(wall, earliest)
        started = .now
    }

    package func now() -> Moment {
        origin + (ContinuousClock.now - started)
    }

    package func sleep(until moment: Moment) async throws(CancellationError) {
        do {
            try await Task.sleep(until: started + (moment - origin), clock: .continuous)
        } catch {
            throw CancellationError()
        }
    }
}
