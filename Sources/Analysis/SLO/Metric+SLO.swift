extension Metric {
    /// One look at an objective.
    ///
    /// - Parameter exposedSince: when the release first got traffic; none before.
    package func look(
        at sample: Sample, _ slo: SLO, since run: SLORun, exposedSince: Moment?, from startedAt: Moment,
        to finishedAt: Moment
    ) -> Measurement {
        var measurement = Measurement(phase: .error, startedAt: startedAt, finishedAt: finishedAt)
        switch sample {
        case .failure(let failure):
            measurement.trouble = failure.kind == .outage ? .outage : .invalid
            measurement.message = failure.message
        case .value, .ended, .counters, .pairs:
            measurement.trouble = .invalid
            measurement.message = "the store gave no numbers of an objective; only prometheus gives them"
        case .slo(let reading, let warnings):
            var next = run
            let missing = next.take(reading, of: slo, at: finishedAt)
            measurement.slo = next
            measurement.value = next.shortText
            measurement.conclude(next, slo, missing, exposedSince: exposedSince)
            if !warnings.isEmpty { measurement.message? += "; warnings: " + warnings.joined(separator: "; ") }
        }
        return measurement
    }
}

extension Measurement {
    /// What the release spent was counted whatever else is missing.
    fileprivate mutating func conclude(
        _ run: SLORun, _ slo: SLO, _ missing: SLORun.Missing?, exposedSince: Moment?
    ) {
        if let missing {
            trouble = .noData
            message = missing.sentence(slo)
        } else if let breach = run.breach(slo, exposedSince: exposedSince) {
            phase = .failed
            message = breach
        } else if let obstacle = run.obstacle(slo, exposedSince: exposedSince) {
            phase = .held
            message = obstacle
        } else {
            phase = .successful
            message = run.sentence(slo)
        }
    }
}
