package import Analysis

/// The route that a rollout wants, and how far the mesh has come with it.
package struct Routing: Hashable, Sendable {
    package let route: Route
    /// The event that wanted it: the fence of every write that carries it out.
    package let since: Sequence
    /// The latest number that the mesh may bear before this route is written: the one wanted before it. A higher
    /// one was written by nobody this log knows of.
    package let previous: Sequence
    /// The release in each place that the route reaches, where the mesh is told: another release in the same place
    /// is another route then. Empty where releases are put into their places by others.
    package let occupants: [Place: String]
    /// What the data plane showed when it had the route; none while that is awaited.
    package var evidence: String?
    /// What the mesh's interface said when it took the write.
    package var receipt: String?
    package var failures = 0
    package var lastFailure: RouteFailure?
    package var notBefore: Moment

    /// What somebody else made of it, where that is left alone; none where the mesh bears what is wanted.
    package var stray: String?

    /// Whether the data plane has yet to show it for the first time.
    package var isAwaited: Bool { evidence == nil }

    package var isApplied: Bool { !isAwaited && stray == nil }

    /// Why the mesh does not bear it; none while it is merely awaited.
    package var trouble: String? {
        stray.map { "somebody else made it \($0); `resume` writes it again" } ?? lastFailure?.message
    }

    package init(
        route: Route, since: Sequence, previous: Sequence, occupants: [Place: String] = [:], notBefore: Moment
    ) {
        self.route = route
        self.since = since
        self.previous = previous
        self.occupants = occupants
        self.notBefore = notBefore
    }
}
