/// Which comparison a look belongs to: the same one in a step and in the background, and another one where what is asked
/// or what is tested differs.
package struct ComparisonID: Hashable, Codable, Sendable {
    package let metric: String
    package let comparison: Comparison
    package let counters: CounterQuestion?
}

extension Metric {
    /// None for a metric that compares nothing.
    package var comparisonID: ComparisonID? {
        comparison.map { ComparisonID(metric: name, comparison: $0, counters: query.counters) }
    }

    /// One look at the counters.
    ///
    /// - Parameters:
    ///   - run: where the comparison stood before.
    ///   - level: how strong the evidence of this metric alone must be.
    ///   - others: what the other comparisons have of the proof that all need together; 1 is all of it.
    package func look(
        at sample: Sample, _ comparison: Comparison, since run: ComparisonRun, level: Double,
        others: [Double], from startedAt: Moment, to finishedAt: Moment
    ) -> Measurement {
        var measurement = Measurement(phase: .error, startedAt: startedAt, finishedAt: finishedAt)
        switch sample {
        case .failure(let failure):
            measurement.trouble = failure.kind.trouble
            measurement.message = failure.message
        case .value, .ended, .slo, .pairs:
            measurement.trouble = .invalid
            measurement.message =
                "the store gave a number instead of counters; only prometheus gives counters"
        case .counters(let reading, let warnings):
            var next = run
            next.take(reading, of: comparison, at: pace)
            measurement.comparison = next
            measurement.value = next.shortText
            measurement.conclude(next, comparison, pace, level: level, others: others)
            if !warnings.isEmpty { measurement.message? += "; warnings: " + warnings.joined(separator: "; ") }
        }
        return measurement
    }
}

extension Measurement {
    /// A breach comes first: what fell silent after it was proved is bad all the same.
    fileprivate mutating func conclude(
        _ run: ComparisonRun, _ comparison: Comparison, _ pace: ComparisonRun.Pace, level: Double,
        others: [Double]
    ) {
        let sentence = run.sentence(comparison, at: pace, level: level)
        let own = run.evidence(comparison, at: pace) / level
        let isLargest = others.allSatisfy { $0 <= own }
        let isProved = own >= 1 || isLargest && others.reduce(own, +) >= 1
        message = sentence
        if isProved, run.isGrave(comparison) {
            phase = comparison.kind == .mean ? .inconclusive : .failed
            if own < 1 { message = "\(sentence); together with the other comparisons it is proof enough" }
        } else if let silence = run.silence(of: pace, comparison) {
            trouble = .noData
            message =
                "the \(silence.arm) release has not been scraped since \(silence.since); "
                + "look at the labels in `arms` and at the targets of the store"
        } else if run.isPassed(comparison) {
            phase = .successful
        } else {
            phase = .comparing
            if let planner = run.plannerText(comparison, level: level) { message = "\(sentence); \(planner)" }
        }
    }
}
