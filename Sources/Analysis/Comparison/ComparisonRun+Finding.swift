extension ComparisonRun {
    /// E: how strong the evidence against the canary is. One that is not worse has evidence of `1/α` with a chance of
    /// `α` at the most.
    package func evidence(_ comparison: Comparison, at pace: Pace) -> Double {
        if let mean {
            let batches =
                Double(pace.horizon * 60) / (pace.interval / .seconds(1)) / Double(MeanTest.batchSize)
            return exponential(mean.logEvidence(alpha: comparison.falseRollback, planned: batches))
        }
        guard !channels.isEmpty else { return 1 }
        return channels.reduce(0) { $0 + $1.breach.value } / Double(channels.count)
    }

    /// How strong the evidence is that it is good enough: every channel must say so.
    package var passEvidence: Double { channels.compactMap { $0.pass?.value }.min() ?? 0 }

    /// The channel that speaks loudest against the canary.
    package var loudest: ComparisonChannel? {
        channels.max { $0.breach.value < $1.breach.value }
    }

    /// Whether there is more to it than a handful of events.
    package func isGrave(_ comparison: Comparison) -> Bool {
        mean != nil || (loudest?.excess ?? 0) >= comparison.minExcess
    }

    package func isPassed(_ comparison: Comparison) -> Bool {
        comparison.pass.map { passEvidence >= 1 / $0.falsePass } ?? false
    }

    /// Which arm was not scraped for longer than it may, and since when.
    package func silence(of pace: Pace, _ comparison: Comparison) -> (arm: String, since: Moment)? {
        let patience = pace.interval * 3
        let canary = lastCanary ?? startedAt + comparison.warmup
        let stable = lastStable ?? startedAt
        if seenUntil - stable > patience { return ("stable", stable) }
        return seenUntil - canary > patience ? ("canary", canary) : nil
    }
}
