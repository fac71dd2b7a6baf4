import Analysis

extension Rollout {
    /// The work this state wants. Whatever is no longer in here stops by itself.
    package var outstanding: Set<Action> {
        var actions = Set<Action>()
        if let order = routeOrder { actions.insert(.route(order)) }
        guard let flight else { return actions }
        if case .pausing(let moment?) = flight.stage { actions.insert(.wake(at: moment)) }
        for (id, run) in flight.runs {
            actions.formUnion(
                run.metrics.indices.compactMap { measureOrder(id, run, $0) }.map(Action.measure))
        }
        return actions
    }

    private var routeOrder: RouteOrder? {
        guard let routing, !routing.isApplied, let declaration else { return nil }
        return RouteOrder(
            target: declaration.traffic, route: routing.route, since: routing.since,
            previous: routing.previous, attempt: routing.failures,
            notBefore: routing.notBefore, isRollback: isReturning)
    }

    /// Whether the route that is wanted is the stable release's alone.
    package var isReturning: Bool {
        guard let stable, let routing else { return false }
        return routing.route == .all(to: stable.place)
    }

    private func measureOrder(_ id: RunID, _ run: AnalysisRun, _ index: Int) -> MeasureOrder? {
        run.due(index).map { due in
            MeasureOrder(
                run: id, metric: index, number: run.tallies[index].measured,
                query: run.metrics[index].query, notBefore: due)
        }
    }
}
