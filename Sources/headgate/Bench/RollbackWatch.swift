import Synchronization

/// Notes when each part of a rollback is over. Parts that are repeated count once, when they are done first.
final class RollbackWatch: Sendable {
    typealias Instant = ContinuousClock.Instant

    struct Marks {
        var breach: Instant?
        var ordered: Instant?
        var stored: Instant?
        var applied: Instant?
    }

    /// Each since the bad answer.
    struct Lap {
        let verdict: Duration
        let stored: Duration
        let applied: Duration
        /// The last answer of the release that was taken back.
        let observed: Duration
    }

    private let marks = Mutex(Marks())

    /// A new rollback begins.
    func breach() { marks.withLock { $0 = Marks(breach: .now) } }

    /// What comes before a bad answer is no part of a rollback.
    func mark(_ part: any WritableKeyPath<Marks, Instant?> & Sendable) {
        marks.withLock { marks in
            guard marks.breach != nil, marks[keyPath: part] == nil else { return }
            marks[keyPath: part] = .now
        }
    }

    func lap(lastRequest: Instant) throws -> Lap {
        let marks = marks.withLock(\.self)
        guard let breach = marks.breach, let ordered = marks.ordered, let stored = marks.stored,
            let applied = marks.applied
        else { throw CommandError("a rollback without all of its parts: \(marks)") }
        return Lap(
            verdict: ordered - breach, stored: stored - breach, applied: applied - breach,
            observed: max(.zero, lastRequest - breach))
    }
}
