/// Where a rollout's traffic goes: rules for some requests, and shares for all others.
package struct Route: Hashable, Sendable {
    /// What each place gets of the requests that no rule speaks for; a place that is missing gets nothing. They
    /// always make up the whole.
    package private(set) var shares: [Place: Weight]
    /// In the order of precedence: the first one that a request matches counts.
    package var rules: [RouteRule]
    /// Where users are to stay in their share.
    package var stickiness: Stickiness?
    /// The stable release's place, for a mesh that names roles (`stable`, `canary`) and not places; see
    /// `TrafficTarget.namesRoles`.
    package var home: Place?

    /// A share for one place, and the rest for another.
    package init(_ weight: Weight, to place: Place, rest: Place) {
        self.init(giving: [(place, weight)], rest: rest)
    }

    /// Shares for some places, and what they leave for another. More than the whole is cut off at the whole.
    package init(
        giving given: [(place: Place, weight: Weight)], rest: Place, rules: [RouteRule] = [],
        stickiness: Stickiness? = nil
    ) {
        var left = Weight.all
        var shares: [Place: Weight] = [:]
        for (place, weight) in given where place != rest && shares[place] == nil {
            let share = min(weight, left)
            if share > .none { shares[place] = share }
            left = left.minus(share)
        }
        if left > .none { shares[rest] = left }
        self.shares = shares
        self.rules = rules
        self.stickiness = stickiness
    }

    /// Nil unless the shares make up the whole: for routes that were read back.
    package init?(
        shares: [Place: Weight], rules: [RouteRule] = [], stickiness: Stickiness? = nil, home: Place? = nil
    ) {
        let sum = shares.values.reduce(0) { $0 + UInt64($1.millionths) }
        guard sum == UInt64(Weight.all.millionths) else { return nil }
        self.shares = shares.filter { $0.value > .none }
        self.rules = rules
        self.stickiness = stickiness
        self.home = home
    }

    package static func all(to place: Place) -> Route {
        Route(giving: [], rest: place)
    }

    /// Whether the place gets everything and no request is treated otherwise.
    package func isAll(to place: Place) -> Bool {
        weight(of: place) == .all && rules.isEmpty && stickiness == nil
    }

    package func weight(of place: Place) -> Weight {
        shares[place] ?? .none
    }

    /// Whether the place gets requests of anybody: by share, by rule, or as copies.
    package func reaches(_ place: Place) -> Bool {
        weight(of: place) > .none || rules.contains { $0.place == place }
    }
}

/// What happens to the requests that match.
package struct RouteRule: Hashable, Codable, Sendable {
    package enum Deed: Hashable, Codable, Sendable {
        /// All of them go to the place.
        case send
        /// They go where their share sends them, and the place gets a copy of so many of them. Its answers go
        /// nowhere.
        case mirror(Weight)
    }

    /// Unique within the rollout.
    package let name: String
    /// One of them is enough; empty means every request.
    package let matches: [RequestMatch]
    package let deed: Deed
    package let place: Place

    package init(name: String, matches: [RequestMatch], deed: Deed, place: Place) {
        self.name = name
        self.matches = matches
        self.deed = deed
        self.place = place
    }
}

/// Keeps users where their share put them.
///
/// A cookie holds a number that is drawn once per user, and the number is compared with the shares. So a growing
/// share only ever adds users, and a user who comes back is not drawn again: nobody drains into one share over time.
package struct Stickiness: Hashable, Codable, Sendable {
    package let cookie: String
    /// How long a browser keeps it; none for the session.
    package let maxAge: Duration?

    package init(cookie: String, maxAge: Duration? = nil) {
        self.cookie = cookie
        self.maxAge = maxAge
    }
}
