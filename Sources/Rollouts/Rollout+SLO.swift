import Analysis

// Objectives are looked at from the start of a flight on, and what was seen stands in the log: so whether anything may
// advance is asked of the state, and a replay needs no store.

extension Draft {
    /// One look at an objective.
    mutating func look(
        at slo: SLO, _ metric: Metric, _ order: MeasureOrder, _ sample: Sample, from start: Moment,
        to end: Moment
    ) {
        guard let flight = rollout.flight, let run = flight.run(order.run) else { return }
        let measurement = metric.look(
            at: sample, slo, since: flight.sloRun(of: metric, in: run), exposedSince: flight.exposedSince,
            from: start, to: end)
        emit(.measured(run: order.run, metric: order.metric, measurement: measurement))
    }
}

extension Flight {
    /// Where an objective stands.
    func sloRun(of metric: Metric, in run: AnalysisRun) -> SLORun {
        let index = run.metrics.firstIndex { $0.name == metric.name }
        return index.flatMap { run.tallies[$0].slo } ?? SLORun(startedAt: run.startedAt)
    }

    /// Why an objective lets nothing advance; none where all of them do. An outage of the store is told apart.
    ///
    /// Once the release has all traffic nothing is left to be saved up for: a budget that is spent keeps nothing warm,
    /// but a burn does, and whatever can't be ruled out to be one.
    var obstacle: String? {
        guard let slos else { return nil }
        return slos.metrics.indices.lazy.compactMap { index in
            slos.metrics[index].obstacle(slos.tallies[index], isSummited: isSummited)
        }.first
    }
}

extension Metric {
    fileprivate func obstacle(_ tally: Tally, isSummited: Bool) -> String? {
        guard let slo else { return nil }
        guard let last = tally.recent.last else { return "\(name) was not looked at yet" }
        switch last.phase {
        case .held where isSummited && tally.slo?.isBurning(slo) != true: return nil
        case .held: return "\(name): \(last.message ?? "held")"
        case .error where last.trouble != .outage:
            return "\(name) can't be judged: \(last.message ?? "no data")"
        default: return nil
        }
    }
}
