import Engine
import Rollouts
import Transport

/// A route, and what is to be known to write it down in Consul's entries; pure.
struct ConsulRoute: Hashable, Sendable {
    let target: ConsulTarget
    let backends: Backends
    let route: Route
    /// Where everything goes that can't go where it should: the stable release's place.
    let refuge: Place
    /// The release in each place, where that is known.
    let occupants: [Place: String]

    init(
        _ route: Route, _ target: ConsulTarget, _ backends: Backends, refuge: Place,
        occupants: [Place: String]
    ) {
        self.route = route
        self.target = target
        self.backends = backends
        self.refuge = refuge
        self.occupants = occupants
    }

    /// What a mark says.
    init(_ mark: ObjectMark, _ target: ConsulTarget, _ backends: Backends, refuge: Place) {
        self.init(
            mark.route, target, Backends(names: mark.backends) ?? backends, refuge: refuge,
            occupants: mark.occupants)
    }

    /// Everything to the refuge.
    var gathered: ConsulRoute {
        ConsulRoute(.all(to: refuge), target, backends, refuge: refuge, occupants: occupants)
    }

    var refugeName: String { backends.name(of: refuge) }

    /// The subsets that requests go to.
    var reached: Set<String> { Set(backends.places.filter(route.reaches).map(backends.name)) }

    /// Which instances a place's subset is to have; none where that is not ours to say.
    func filter(of place: Place) -> String? {
        if let index = backends.places.firstIndex(of: place), target.filters.indices.contains(index) {
            return target.filters[index]
        }
        return occupants[place].flatMap(target.filter)
    }

    /// By subset.
    var filters: [String: String] {
        Dictionary(
            uniqueKeysWithValues: backends.places.compactMap { place in
                filter(of: place).map { (backends.name(of: place), $0) }
            })
    }

    /// Throws `rejected` for what Consul can't do, so that nothing is written for a route of which a part can't be.
    func check() throws(RouteFailure) {
        if let mirror = route.rules.first(where: { $0.deed != .send }) {
            throw declined(
                "rule \(mirror.name) copies requests, which Consul can't; take it out of the steps")
        }
        try route.stickiness?.checkName("consul")
        _ = try SubsetShares(route, backends, refuge: refuge)
        _ = try rules
    }
}

extension ConsulRoute {
    /// The stable release's place: where traffic goes back to; else where everything was before this route, since a
    /// release that has come to have everything is the stable one by the time the next one comes; else what was known.
    static func refuge(
        of route: Route, isRollback: Bool, after mark: ObjectMark?, _ known: Place?
    ) -> Place {
        if let home = route.home ?? (isRollback ? route.sole : nil) { return home }
        if let mark, mark.route != route, !mark.isPartial, let sole = mark.route.sole { return sole }
        if let known { return known }
        return route.shares.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? .a
    }
}

extension Route {
    fileprivate var sole: Place? { shares.count == 1 ? shares.keys.first : nil }
}
