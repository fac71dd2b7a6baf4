extension Rollout {
    /// The places beside the stable release's, from the next one on, round and round. Which comes first depends on
    /// no clock: CI deploys to it some time before it announces what it has deployed.
    var freePlaces: [Place] {
        let declared = declaration?.traffic.backends.places ?? []
        guard let stable, let index = declared.firstIndex(of: stable.place) else { return declared }
        return Array(declared[(index + 1)...] + declared[..<index])
    }

    /// Where the next release climbs, for each arm that the plan names; one place where it names none.
    package var nextPlaces: [Place] {
        let count = stable == nil ? 1 : declaration?.plan.armCount ?? 1
        if count == 1, let flight, flight.releases.count == 1, freePlaces.contains(flight.release.place) {
            return [flight.release.place]
        }
        return Array(freePlaces.prefix(count))
    }

    /// The places of `nextPlaces` that carry nothing, as the data plane shows: where a release can be deployed
    /// before it is announced. None while one of them carries traffic.
    package var idlePlaces: [Place]? {
        let places = nextPlaces
        guard !places.isEmpty else { return nil }
        guard let routing else { return places }
        return routing.isApplied && !places.contains(where: routing.route.reaches) ? places : nil
    }

    /// The places that a manifest may not take away: somebody's traffic is there, or is to go back there.
    var placesInUse: Set<Place> {
        var places = Set(flight?.releases.map(\.place) ?? [])
        if let stable { places.insert(stable.place) }
        if let routing { places.formUnion(Place.allCases.filter(routing.route.reaches)) }
        return places
    }
}
