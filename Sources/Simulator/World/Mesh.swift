package import Rollouts

/// A mesh: its interface, which takes routes, and its data planes, which take them on a little later.
struct Mesh {
    /// What the interface bears for each rollout.
    private(set) var borne: [RolloutName: Borne] = [:]
    private(set) var planes: [Plane]

    init(planes count: Int) {
        planes = Array(repeating: Plane(), count: count)
    }

    /// Sets what the interface bears.
    mutating func bear(_ borne: Borne, for rollout: RolloutName) {
        self.borne[rollout] = borne
    }

    /// A data plane takes on what the interface bears by then. Returns what it carries now, if that is news.
    mutating func takeOn(_ rollout: RolloutName, plane index: Int) -> Borne? {
        planes[index].attempts[rollout, default: 0] += 1
        guard let borne = borne[rollout], planes[index].shown[rollout] != borne else { return nil }
        planes[index].formerly[rollout] = planes[index].shown[rollout]
        planes[index].shown[rollout] = borne
        return borne
    }

    struct Plane {
        var shown: [RolloutName: Borne] = [:]
        var formerly: [RolloutName: Borne] = [:]
        /// How often it has read the route.
        var attempts: [RolloutName: Int] = [:]
    }
}

/// A route as the world has it, with the marks on it.
package struct Borne: Hashable, Sendable {
    package var route: Route
    package var since: Sequence
    package var journal: String
    /// Whether somebody else had his hands on it.
    package var isTampered = false
    /// The release that runs in each place, as whoever wrote it said.
    var occupants: [Place: String] = [:]
    /// What an Envoy's admin interface would say of it.
    var dump: [UInt8] = []
}
