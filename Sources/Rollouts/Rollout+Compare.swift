package import Analysis

extension Draft {
    /// One look of a comparison. What it comes to stands in the event, evidence and all: a replay reckons nothing, and
    /// an upgrade judges nothing twice.
    mutating func compare(
        _ comparison: Comparison, _ metric: Metric, _ order: MeasureOrder, _ sample: Sample,
        from start: Moment, to end: Moment
    ) {
        guard let flight = rollout.flight, let id = metric.comparisonID, let run = flight.run(order.run)
        else {
            return
        }
        let others = metric.isDryRun ? [] : flight.proofs(but: id)
        let measurement = metric.look(
            at: sample, comparison, since: flight.comparison(id, in: run),
            level: flight.plan.level(of: metric),
            others: others, from: start, to: end)
        emit(.measured(run: order.run, metric: order.metric, measurement: measurement))
    }
}

extension Flight {
    fileprivate func comparison(_ id: ComparisonID, in run: AnalysisRun) -> ComparisonRun {
        comparisons[id] ?? ComparisonRun(of: id.comparison, startedAt: run.startedAt)
    }

    /// What counts asks for what came after its last look.
    func query(of metric: Metric, in run: AnalysisRun) -> Query {
        var query = metric.query
        if metric.slo != nil { query.counters?.since = sloRun(of: metric, in: run).seenUntil }
        query.kayenta?.since = exposedSince ?? run.startedAt
        guard let id = metric.comparisonID else { return query }
        query.counters?.since = comparison(id, in: run).seenUntil
        return query
    }

    fileprivate func proofs(but id: ComparisonID) -> [Double] {
        plan.proofs(of: comparisons, among: runs.flatMap { $0.run.metrics }, but: id)
    }
}

extension Plan {
    /// How strong the evidence of one comparison must be by itself: `1/α` of its part of the error. The parts are those
    /// of all comparisons that the plan has anywhere, so that they come to one α for the whole release. A dry run has an
    /// α of its own, because it decides nothing.
    package func level(of metric: Metric) -> Double {
        guard let comparison = metric.comparison else { return .infinity }
        let share = metric.isDryRun ? 1 : comparison.weight / comparisonWeight
        return 1 / (comparison.falseRollback * share)
    }

    /// What the other comparisons have of the proof that they need together. Whatever depends on whatever, the mean of
    /// evidence is evidence; so many small signs make a large one.
    ///
    /// - Parameter metrics: what is measured now; a comparison of anything else says nothing.
    package func proofs(
        of comparisons: [ComparisonID: ComparisonRun], among metrics: [Metric], but id: ComparisonID
    ) -> [Double] {
        let counted = metrics.filter { !$0.isDryRun }
        let levels = Dictionary(counted.compactMap { metric in metric.comparisonID.map { ($0, metric) } }) {
            first, _ in first
        }
        return comparisons.compactMap { other, run in
            guard other != id, let metric = levels[other] else { return nil }
            return run.evidence(other.comparison, at: metric.pace) / level(of: metric)
        }.sorted()
    }

    /// Each arm of a test is compared by itself.
    private var comparisonWeight: Double {
        comparisons.filter { !$0.isDryRun }.reduce(0) { sum, metric in
            sum + (metric.comparison?.weight ?? 0) * Double(metric.isAboutCanary ? armCount : 1)
        }
    }

    /// Everything that is compared anywhere on the way up, each once.
    package var comparisons: [Metric] {
        let inSteps = steps.flatMap { step -> [Metric] in
            if case .analysis(let metrics) = step { metrics } else { [] }
        }
        var seen = Set<ComparisonID>()
        return (inSteps + (background?.metrics ?? [])).filter { metric in
            metric.comparisonID.map { seen.insert($0).inserted } ?? false
        }
    }
}
