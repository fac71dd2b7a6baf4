/// Which release the platform's names are to stand for, by its name. Empty where it has none; see
/// `WorkloadTarget.namesRoles`.
package struct ScaleRoles: Hashable, Sendable {
    /// None until the first release has all traffic.
    package var stable: String?
    /// The one that climbs; the stable one where nothing does.
    package var canary: String?
    /// For names that stand for places.
    package var places: [Place: String]

    package init(stable: String? = nil, canary: String? = nil, places: [Place: String] = [:]) {
        self.stable = stable
        self.canary = canary
        self.places = places
    }
}

// A name carries traffic while it is pointed elsewhere, so the order is what makes it safe:
//
// 1. `canary` (or a place) is pointed at a release before the first weight, while the data plane shows that the name
//    carries nothing; and only at one that has instances.
// 2. A release that takes over the place of another in mid-flight gets the name when that is shown to carry nothing.
// 3. At a promotion `canary` has all traffic, so `stable` carries nothing: `stable` is pointed at the new release, and
//    only then the route gives all to `stable` (`isRenaming`). Both names stand for the same release meanwhile.
// 4. Then `canary` carries nothing, and is free for the next release; also for one that skips the steps
//    (`awaitsNames`).

extension Rollout {
    func wantedRoles(for sizes: [String: Int]) -> ScaleRoles {
        guard declaration?.workload?.namesRoles == true else { return ScaleRoles() }
        if division != nil { return dividedRoles(for: sizes) }
        var places: [Place: String] = [:]
        for place in Place.allCases { places[place] = occupant(of: place, sizes) }
        return ScaleRoles(stable: stable?.name, canary: wantedCanary(sizes), places: places)
    }

    private func wantedCanary(_ sizes: [String: Int]) -> String? {
        guard let stable else { return flight?.release.name }
        let former = scaling?.roles.canary ?? stable.name
        guard let flight else { return isCanaryIdle ? stable.name : former }
        guard isCanaryIdle || carries(flight.release) else { return former }
        return sizes[flight.release.name] == nil ? stable.name : flight.release.name
    }

    /// Whether the data plane shows that everything is on the stable release, under the stable name.
    private var isCanaryIdle: Bool {
        guard let stable, let routing, routing.isApplied, routing.route.isAll(to: stable.place) else {
            return false
        }
        return routing.route.home == nil || routing.route.home == stable.place
    }

    private func carries(_ release: Release) -> Bool {
        routing?.route.reaches(release.place) ?? false
    }

    private func occupant(of place: Place, _ sizes: [String: Int]) -> String? {
        let releases = (flight?.releases ?? []) + [stable].compactMap(\.self) + warm.map(\.release)
        guard let release = releases.first(where: { $0.place == place }) else { return nil }
        let isIdle = routing?.isApplied == true && !carries(release)
        guard isIdle || carries(release) || release == stable else { return scaling?.roles.places[place] }
        return sizes[release.name] == nil ? nil : release.name
    }

    /// Whether a release that is to get all traffic at once must wait until it can have a name that carries nothing.
    var awaitsNames: Bool {
        // Where the number of instances divides the traffic, no name carries it.
        if case .instances = division { return false }
        return declaration?.workload?.namesRoles == true && stable != nil && !isCanaryIdle
    }

    /// Whether the name `stable` does not stand for the stable release yet. What has all traffic has it under the
    /// other name, so nobody is waiting.
    var isRenaming: Bool {
        guard let stable, let pointed, declaration?.workload?.namesRoles == true else { return false }
        return routing?.route.home == stable.place && pointed != stable.name
    }
}
