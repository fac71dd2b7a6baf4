import Analysis

// How many instances each release is to have. Up first, down last: a release gets its instances before its traffic,
// and keeps them until the data plane shows that it carries none.

extension Rollout {
    /// What the phase wants. Worked out anew after every event.
    var wantedSizes: [String: Int]? {
        guard let workload = declaration?.workload else { return nil }
        if case .instances(let canSurge) = workload.division {
            return dividedSizes(of: workload, canSurge: canSurge)
        }
        var sizes: [String: Int] = [:]
        if let stable { sizes[stable.name] = workload.replicas }
        if let flight { sizes.merge(flight.sizes(of: workload, stable: stable)) { max($0, $1) } }
        for release in warm.map(\.release) where sizes[release.name] == nil {
            sizes[release.name] = scaling?.sizes[release.name] ?? 0
        }
        if let routing, !routing.isApplied { sizes.merge(provided) { max($0, $1) } }
        return sizes.filter { $0.value > 0 }
    }

    var scaleOrder: ScaleOrder? {
        guard let scaling, !scaling.isReady, let workload = declaration?.workload else { return nil }
        return ScaleOrder(
            target: workload, sizes: scaling.sizes, roles: scaling.roles, since: scaling.since,
            attempt: scaling.failures, notBefore: scaling.notBefore, isRollback: returnsByScale)
    }

    /// Whether traffic may move to where the route wants it. Taking it back waits for nothing.
    package var isRouteReady: Bool {
        isReturning ? !isRenaming : scaling?.isReady ?? true
    }
}

extension Flight {
    fileprivate func sizes(of workload: WorkloadTarget, stable: Release?) -> [String: Int] {
        let exposure = self.exposure
        let scale = isSummited ? ReleaseScale.traffic : plan.scale(through: enteredCount)
        let route = self.route(stable: stable?.place ?? release.place)
        let sizes = releases.enumerated().map { arm, release in
            let isReached = route.reaches(release.place)
            return (release.name, workload.size(scale, share: exposure.shares[arm], isReached: isReached))
        }
        // The first release of all gets everything, and one that returns is wanted whole at once.
        if stable == nil || cause.skipsSteps { return [release.name: workload.replicas] }
        return Dictionary(sizes) { first, _ in first }
    }
}

extension WorkloadTarget {
    /// Rounded up: an instance too many is cheaper than one too few.
    fileprivate func size(_ scale: ReleaseScale, share: Weight, isReached: Bool) -> Int {
        let least = isReached ? max(replicasMin ?? 1, 1) : 0
        switch scale {
        case .traffic: return max(instances(for: share), least)
        case .share(let share): return max(instances(for: share), least)
        case .instances(let count): return max(count, isReached ? 1 : 0)
        }
    }

    private func instances(for share: Weight) -> Int {
        let whole = Int(Weight.all.millionths)
        let (product, overflow) = replicas.multipliedReportingOverflow(by: Int(share.millionths))
        return overflow ? replicas : (product + whole - 1) / whole
    }
}

extension Plan {
    /// The instances of the stable release and of what leads, when so many steps were entered: for who wants to know
    /// before it is so.
    package func sizes(of workload: WorkloadTarget, through count: Int) -> (stable: Int, release: Int) {
        let exposure = exposure(through: count)
        if case .instances(let canSurge) = workload.division {
            let ratio = ReplicaRatio(exposure.shares[0], of: workload.replicas, canSurge: canSurge)
            return (ratio.stable, ratio.canary)
        }
        let isReached = exposure.shares[0] > .none || !exposure.rules.isEmpty
        let size = workload.size(scale(through: count), share: exposure.shares[0], isReached: isReached)
        return (workload.replicas, size)
    }

    /// What the first so many steps say about the size of what climbs.
    fileprivate func scale(through count: Int) -> ReleaseScale {
        steps.prefix(count).reduce(.traffic) { scale, step in
            if case .setScale(let next) = step { next } else { scale }
        }
    }
}
