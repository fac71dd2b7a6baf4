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
