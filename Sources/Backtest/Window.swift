package import Analysis

/// A time in which a rollout might have been under way.
package struct Window: Hashable, Sendable {
    package let start: Moment
    package let end: Moment

    package init(start: Moment, end: Moment) {
        self.start = start
        self.end = end
    }

    /// Days of UTC since 1970: what happens on one day has one cause.
    var day: Int64 { start.microseconds / 86_400_000_000 }
    var hour: Int { Int(start.microseconds / 3_600_000_000 - day * 24) }

    func overlaps(_ other: Window) -> Bool { start < other.end && other.start < end }
}

/// The windows of a history, evenly spread, and those that were left out.
struct Windows {
    let all: [Window]
    /// How many fell into a time that was named.
    let excluded: Int
    /// How many had a release of their own in them.
    let deployed: Int
    /// How many windows there would be without an overlap: what they tell together is no more than that.
    let effective: Double

    init(_ subject: Subject, _ history: History) {
        let lead = subject.lead
        let latest = history.until + (.zero - subject.duration)
        let first = min(history.from + lead, max(history.from, latest))
        let span = max(.zero, latest - first)
        let step = Self.step(span, subject)
        var starts: [Moment] = []
        var next = first
        while next <= latest, starts.count < subject.windowsMax {
            starts.append(next)
            next = next + step
        }
        let found = starts.map { Window(start: $0, end: $0 + subject.duration) }
        let changes = history.counters.flatMap { $0.changes(within: history) }
        let kept = found.filter { window in !subject.excluded.contains(where: window.overlaps) }
        all = kept.filter { window in !changes.contains { window.start < $0 && $0 < window.end } }
        excluded = found.count - kept.count
        deployed = kept.count - all.count
        let share = found.isEmpty ? 0 : Double(all.count) / Double(found.count)
        effective = min(Double(all.count), max(1, (span + subject.duration) / subject.duration * share))
    }

    /// A whole number of the longest interval, so that every look falls on what was fetched.
    private static func step(_ span: Duration, _ subject: Subject) -> Duration {
        let grid = subject.metrics.map(\.step).max() ?? .seconds(60)
        let wanted = max(subject.duration / 4, span / max(1, subject.windowsMax - 1))
        return grid * Int(max(1, (wanted / grid).rounded(.up)))
    }
}

extension CounterHistory {
    /// When a release came or went. What was there from the start, or is there in the end, may have been so for long.
    fileprivate func changes(within history: History) -> [Moment] {
        let edge = Duration.seconds(300)
        return Dictionary(grouping: instances, by: \.arm).values.flatMap { arm -> [Moment] in
            let first = arm.compactMap { $0.points.first?.moment }.min()
            let last = arm.compactMap { $0.points.last?.moment }.max()
            return [
                first.flatMap { $0 - history.from > edge ? $0 : nil },
                last.flatMap { history.until - $0 > edge ? $0 : nil },
            ].compactMap(\.self)
        }
    }
}

extension Metric {
    /// From one answer to the next, as they are fetched.
    package var step: Duration { max(pace.interval, .seconds(1)) }
}
