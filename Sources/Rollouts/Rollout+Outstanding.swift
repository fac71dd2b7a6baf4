import Analysis

extension Rollout {
    /// The work this state wants. Whatever is no longer in here stops by itself.
    package var outstanding: Set<Action> {
        var actions = Set<Action>()
        if let order = routeOrder { actions.insert(.route(order)) }
        if let order = scaleOrder { actions.insert(.scale(order)) }
        for moment in alarms { actions.insert(.wake(at: moment)) }
        guard let flight else { return actions }
        if let order = gateOrder(flight) { actions.insert(.ask(order)) }
        if let order = inspectOrder(flight) { actions.insert(.inspect(order)) }
        for (id, run) in flight.runs {
            actions.formUnion(
                run.metrics.indices.compactMap { measureOrder(id, run, $0, of: flight) }.map(Action.measure))
        }
        return actions
    }

    /// When something is over, or has taken too long. Each is wanted until an event has answered it.
    private var alarms: [Moment] {
        let retirement = retirable.map(\.until).min()
        return [retirement, frozen?.until, flight?.end, overdueAt].compactMap(\.self)
    }

    /// The releases that are kept warm and that the data plane shows to carry nothing.
    var retirable: [WarmRelease] {
        // A first release that was never routed carries nothing.
        guard let routing else { return warm }
        guard routing.isApplied else { return [] }
        return warm.filter { !routing.route.reaches($0.release.place) }
    }

    /// When the weight that is awaited will have taken too long.
    var overdueAt: Moment? {
        guard let deadline = declaration?.progressDeadline, let flight, heldBy == nil, stable != nil,
            !flight.cause.skipsSteps,
            routing?.isApplied == false || scaling?.isReady == false,
            flight.stage == .routing || flight.stage == .summiting
        else { return nil }
        return flight.progressSince + deadline.duration
    }

    private func gateOrder(_ flight: Flight) -> GateOrder? {
        guard let (gate, run) = flight.gate, !run.isOpen else { return nil }
        return GateOrder(
            gate: gate, flight: flight.number, step: flight.step, stepCount: flight.plan.steps.count,
            release: flight.release.name, stable: stable?.name, weight: flight.weight, number: run.asked,
            notBefore: run.notBefore)
    }

    private var routeOrder: RouteOrder? {
        guard division == nil, let routing, routing.isAwaited, isRouteReady,
            let declaration
        else { return nil }
        return RouteOrder(
            target: declaration.traffic, route: routing.route, since: routing.since,
            previous: routing.previous, attempt: routing.failures,
            notBefore: routing.notBefore, occupants: routing.occupants, isRollback: isReturning)
    }

    /// The release of each place that the route reaches, where the mesh is to be told.
    func occupants(of route: Route) -> [Place: String] {
        guard let declaration,
            declaration.traffic.namesRoles == true || declaration.traffic.namesReleases == true
                || declaration.workload != nil
        else { return [:] }
        let releases = ((flight?.releases ?? []) + [stable].compactMap(\.self)).filter {
            route.reaches($0.place)
        }
        return Dictionary(releases.map { ($0.place, $0.name) }) { _, last in last }
    }

    /// Whether the route that is wanted is the stable release's alone.
    package var isReturning: Bool {
        guard let stable, let routing else { return false }
        return routing.route.isAll(to: stable.place)
    }

    private func measureOrder(
        _ id: RunID, _ run: AnalysisRun, _ index: Int, of flight: Flight
    ) -> MeasureOrder? {
        run.due(index).map { due in
            MeasureOrder(
                run: id, metric: index, name: run.metrics[index].name, number: run.tallies[index].measured,
                query: flight.query(of: run.metrics[index], in: run),
                retention: run.metrics[index].retention ?? Tally.recentMax,
                successful: run.tallies[index].successful, notBefore: due)
        }
    }
}

extension Flight {
    /// When the stage ends by itself, or is overdue.
    var end: Moment? {
        switch stage {
        case .pausing(let until): until
        case .baking(let until) where !isBakeOver: until
        case .gating: gateOverdueAt
        default: nil
        }
    }

    var gateOverdueAt: Moment? {
        gate.flatMap { gate, run in run.isOpen ? nil : gate.deadline.map { run.startedAt + $0 } }
    }
}
