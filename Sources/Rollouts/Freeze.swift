package import Analysis

/// A time in which nothing starts and nothing advances. It never holds back a rollback.
package struct Freeze: Hashable, Codable, Sendable {
    package let name: String
    package let reason: String
    package let owner: String?
    /// The end of the window that is in force; none where only a manifest ends it.
    package let until: Moment?

    package init(name: String, reason: String, owner: String? = nil, until: Moment?) {
        self.name = name
        self.reason = reason
        self.owner = owner
        self.until = until
    }
}

extension Freeze {
    /// `frozen until 2026-12-27T06:00:00Z by year-end (payments-team): no changes over the holidays`
    package var sentence: String {
        let end = until.map { " until \($0)" } ?? ""
        return "frozen\(end) by \(name)\(owner.map { " (\($0))" } ?? ""): \(reason)"
    }
}

/// Knows the freezes. Asked when something is about to advance, and at no other time: a freeze costs nothing for
/// the rollouts that rest.
package protocol FreezeCalendar: Sendable {
    /// The freeze that holds the rollout at that moment, beside those that were overridden; the one that ends last
    /// where several do.
    func freeze(of declaration: Declaration, at moment: Moment, beside overridden: [Freeze]) -> Freeze?
}

extension FreezeCalendar {
    package func freeze(of declaration: Declaration, at moment: Moment) -> Freeze? {
        freeze(of: declaration, at: moment, beside: [])
    }
}

/// No freeze, ever.
package struct NoFreezes: FreezeCalendar {
    package init() {}

    package func freeze(of declaration: Declaration, at moment: Moment, beside overridden: [Freeze])
        -> Freeze?
    {
        nil
    }
}

/// Several calendars at once.
package struct JoinedFreezes: FreezeCalendar {
    private let calendars: [any FreezeCalendar]

    package init(_ calendars: [any FreezeCalendar]) {
        self.calendars = calendars
    }

    package func freeze(of declaration: Declaration, at moment: Moment, beside overridden: [Freeze])
        -> Freeze?
    {
        let found = calendars.compactMap { $0.freeze(of: declaration, at: moment, beside: overridden) }
        // Without an end is later than any.
        return found.max { one, other in
            guard let end = one.until else { return false }
            return other.until.map { end < $0 } ?? true
        }
    }
}
