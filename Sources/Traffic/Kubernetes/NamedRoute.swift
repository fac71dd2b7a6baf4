import Engine
import Rollouts

/// A route in the mesh's names: whatever stood for a place stands for a backend, by its index.
struct NamedRoute: Hashable, Sendable {
    struct Rule: Hashable, Sendable {
        let rule: RouteRule
        let backend: Int
    }

    let rollout: RolloutName
    var shares: [Weight]
    var rules: [Rule]
    var stickiness: Stickiness?
    /// The release behind each backend; none where nothing runs, or nobody knows.
    let releases: [String?]
    /// Which names of rules are names of routes.
    let managed: [String]

    /// Throws where the route leads to a place that has no name.
    init(
        _ route: Route, of rollout: RolloutName, occupants: [Place: String], _ traffic: TrafficTarget,
        managed: [String]
    ) throws(RouteFailure) {
        let naming = Naming(traffic, home: route.home)
        var shares = [Weight](repeating: .none, count: naming.names.count)
        var rules: [Rule] = []
        for (place, share) in route.shares.sorted(by: { $0.key < $1.key }) {
            shares[try naming.index(of: place, in: route)] = share
        }
        for rule in route.rules {
            rules.append(Rule(rule: rule, backend: try naming.index(of: rule.place, in: route)))
        }
        (self.rollout, self.shares, self.rules) = (rollout, shares, rules)
        (stickiness, self.managed) = (route.stickiness, managed)
        releases = naming.names.indices.map { index in
            naming.place(of: index, in: route, occupants).flatMap { occupants[$0] }
        }
    }

    init(_ write: RouteWrite, managed: [String]) throws(RouteFailure) {
        try self.init(
            write.route, of: write.rollout, occupants: write.occupants, write.target, managed: managed)
    }

    /// Everything to one backend, and no request treated otherwise.
    func all(to backend: Int) -> NamedRoute {
        var route = self
        route.shares = shares.indices.map { $0 == backend ? .all : .none }
        (route.rules, route.stickiness) = ([], nil)
        return route
    }

    /// Whether one backend gets everything and no request is treated otherwise.
    var isAtRest: Bool { shares.contains(.all) && rules.isEmpty && stickiness == nil }

    /// What a rule's route is called.
    func name(of rule: RouteRule) -> String {
        managed.contains(rule.name) ? rule.name : Self.prefix(rollout) + rule.name
    }

    static func prefix(_ rollout: RolloutName) -> String { "headgate-\(rollout)-" }
}

/// Which name stands for which place.
private struct Naming {
    let names: [String]
    /// The stable release's place; none where the names stand for places.
    let home: Place?

    init(_ traffic: TrafficTarget, home: Place?) {
        names = traffic.backends.names
        self.home = traffic.namesRoles == true ? home ?? .a : nil
    }

    func index(of place: Place, in route: Route) throws(RouteFailure) -> Int {
        guard let home else { return try index(of: place) }
        let others = Place.allCases.filter { $0 != home && route.reaches($0) }
        guard others.count <= 1 else {
            throw RouteFailure(
                .rejected, "the names stand for a stable release and one canary, and the route leads to more")
        }
        return place == home ? 0 : 1
    }

    private func index(of place: Place) throws(RouteFailure) -> Int {
        guard let index = Place.allCases.firstIndex(of: place), index < names.count else {
            throw RouteFailure(
                .rejected,
                "the route leads to place \(place.rawValue), and there are only the backends "
                    + "\(names.joined(separator: ", ")); declare one more")
        }
        return index
    }

    /// The canary's place is the one that the route leads to besides the stable release's; with none, the one
    /// where a release runs.
    func place(of index: Int, in route: Route, _ occupants: [Place: String]) -> Place? {
        guard let home else { return Place.allCases[index] }
        guard index == 1 else { return home }
        let others = Place.allCases.filter { $0 != home }
        return others.first(where: route.reaches) ?? others.first { occupants[$0] != nil }
    }
}
