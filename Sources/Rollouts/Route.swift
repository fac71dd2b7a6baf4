package import Analysis

/// One of the two places that a rollout's releases run in.
///
/// A release keeps its place for life. At a promotion the places swap roles and nothing is re-pointed, so there
/// is no moment at which a name stands for neither release.
package enum Place: String, Hashable, Codable, Sendable, CaseIterable {
    case a, b

    package var other: Place { self == .a ? .b : .a }
}

/// A build of the service, under the name that CI gave it, in the place where it runs.
package struct Release: Hashable, Codable, Sendable {
    package let name: String
    package let place: Place

    package init(name: String, place: Place) {
        self.name = name
        self.place = place
    }
}

/// Which share of the traffic each place gets. The two always make up the whole.
package struct Route: Hashable, Codable, Sendable {
    /// What place a gets; b gets the rest.
    package let a: Weight

    package init(_ weight: Weight, to place: Place) {
        a = place == .a ? weight : weight.complement
    }

    package static func all(to place: Place) -> Route {
        Route(.all, to: place)
    }

    package func weight(of place: Place) -> Weight {
        place == .a ? a : a.complement
    }
}

/// The route that a rollout wants, and how far the mesh has come with it.
package struct Routing: Hashable, Codable, Sendable {
    package let route: Route
    /// The event that wanted it: the fence of every write that carries it out.
    package let since: Sequence
    /// The latest number that the mesh may bear before this route is written: the one wanted before it. A higher
    /// one was written by nobody this log knows of.
    package let previous: Sequence
    /// What the data plane showed when it had the route; none while that is awaited.
    package var evidence: String?
    /// What the mesh's interface said when it took the write.
    package var receipt: String?
    package var failures = 0
    package var lastFailure: RouteFailure?
    package var notBefore: Moment

    package var isApplied: Bool { evidence != nil }

    package init(route: Route, since: Sequence, previous: Sequence, notBefore: Moment) {
        self.route = route
        self.since = since
        self.previous = previous
        self.notBefore = notBefore
    }
}

/// Why a route was not applied. The kind says what to do about it.
package struct RouteFailure: Error, Hashable, Codable, Sendable {
    package enum Kind: String, Hashable, Codable, Sendable {
        /// The mesh could not be reached, or is in trouble: try again.
        case unavailable
        /// The mesh took the write and did not show it before the deadline: try again.
        case unverified
        /// The mesh or its data plane declined the route, in its own words: the last good split stays.
        case rejected
        /// The mesh already bears a later write of this rollout: see `bears`.
        case fenced
        /// The object bears the mark of another journal: two controllers want the same route.
        case foreign
    }

    package let kind: Kind
    package let message: String
    /// The sequence that the mesh bears, where the failure is a fence.
    package let bears: Sequence?
    /// Whether what is fenced off is the very split that the mesh bears.
    package let isSameRoute: Bool

    package init(_ kind: Kind, _ message: String, bears: Sequence? = nil, isSameRoute: Bool = false) {
        self.kind = kind
        self.message = message
        self.bears = bears
        self.isSameRoute = isSameRoute
    }
}

extension RouteFailure: CustomStringConvertible {
    package var description: String { "\(message) (\(kind))" }
}
