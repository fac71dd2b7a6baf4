package import Analysis
package import Rollouts

/// The freezes of a set of manifests.
package struct FreezeBook: FreezeCalendar, Hashable {
    package let rules: [FreezeRule]

    package init(_ rules: [FreezeRule] = []) {
        self.rules = rules
    }

    /// Asked whenever something is about to advance, so it looks at no more days than a window lasts.
    package func freeze(of declaration: Declaration, at moment: Moment, beside overridden: [Freeze])
        -> Freeze?
    {
        rules.lazy.compactMap { $0.freeze(of: declaration, at: moment) }
            .filter { !overridden.contains($0) }.max { $0.end < $1.end }
    }

    /// What is going to hold the rollout or holds it now, and from when to when; the first to come first. Only
    /// a manifest ends what has no end.
    package func upcoming(
        for declaration: Declaration, at moment: Moment
    ) -> [(rule: FreezeRule, from: Moment, until: Moment?)] {
        rules.filter { $0.scope.contains(declaration) }
            .compactMap { rule in rule.window(at: moment).map { (rule, $0.from, $0.until) } }
            .sorted { $0.from < $1.from }
    }
}

extension Freeze {
    fileprivate var end: Moment { until ?? Moment(microseconds: .max) }
}

/// One document of kind Freeze.
package struct FreezeRule: Hashable, Sendable {
    package let name: String
    package let reason: String
    package let owner: String?
    package let scope: FreezeScope
    /// The file it stands in.
    package let source: String
    /// None: in force for as long as the document is there.
    let windows: [FreezeWindow]
    let clock: WallClock

    /// How many windows may run into each other before the answer is cut short: it is asked for again then.
    static let linksMax = 400

    func freeze(of declaration: Declaration, at moment: Moment) -> Freeze? {
        guard scope.contains(declaration), let end = end(at: moment.seconds) else { return nil }
        return Freeze(name: name, reason: reason, owner: owner, until: Moment(end: end))
    }

    /// The end of the window in force, with those merged that follow without a gap. `Int64.max` is no end.
    func end(at second: Int64) -> Int64? {
        guard !windows.isEmpty else { return .max }
        guard var end = lastEnd(at: second) else { return nil }
        for _ in 0..<Self.linksMax {
            guard end < .max, let later = lastEnd(at: end), later > end else { break }
            end = later
        }
        return end
    }

    private func lastEnd(at second: Int64) -> Int64? {
        windows.lazy.compactMap { $0.end(at: second, clock) }.max()
    }

    /// The window in force, or else the next one.
    func window(at moment: Moment) -> (from: Moment, until: Moment?)? {
        if let end = end(at: moment.seconds) { return (moment, Moment(end: end)) }
        guard let start = windows.compactMap({ $0.start(after: moment.seconds, clock) }).min() else {
            return nil
        }
        return (Moment(seconds: start), end(at: start).flatMap(Moment.init(end:)))
    }
}

extension FreezeRule {
    /// Holds everything until the file is mended.
    init(unreadableIn file: String) {
        self.init(
            name: "unreadable-freeze", reason: "\(file) has a freeze with errors; mend it", owner: nil,
            scope: FreezeScope(), source: file, windows: [], clock: .utc)
    }
}

extension Moment {
    /// Rounded down, so that a window is not over before its last second is.
    var seconds: Int64 {
        let quotient = microseconds / 1_000_000
        return microseconds % 1_000_000 < 0 ? quotient - 1 : quotient
    }

    /// Saturates at the end of time.
    init(seconds: Int64) {
        let (microseconds, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
        self.init(microseconds: overflow ? (seconds < 0 ? .min : .max) : microseconds)
    }

    /// Nil for an end that never comes by itself.
    fileprivate init?(end: Int64) {
        guard end < .max else { return nil }
        self.init(seconds: end)
    }
}
