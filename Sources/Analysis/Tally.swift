/// What has been counted of one metric so far, and the verdict once there is one.
package struct Tally: Hashable, Codable, Sendable {
    package private(set) var count = 0
    package private(set) var successful = 0
    package private(set) var failed = 0
    package private(set) var inconclusive = 0
    package private(set) var errors = 0
    package private(set) var consecutiveSuccesses = 0
    package private(set) var consecutiveErrors = 0
    /// The newest measurements, oldest first; the counters above outlive them.
    package private(set) var recent: [Measurement] = []
    /// Where a comparison stands. `recent` holds it for none: it is large, and the last one says all.
    package private(set) var comparison: ComparisonRun?
    /// Where an objective stands.
    package private(set) var slo: SLORun?
    /// Settled once, never changed after.
    package private(set) var verdict: Verdict?

    /// How many measurements a tally shows where its metric says nothing; as many as Argo Rollouts keeps.
    package static let recentMax = 10

    package init() {}

    /// How many measurements were taken, errors included: the number of the next one.
    package var measured: Int { count + errors }

    package var isBlind: Bool { recent.last?.trouble == .outage }
    package var isSilent: Bool { recent.last?.trouble == .noData }

    package mutating func count(_ measurement: Measurement, of metric: Metric, by judgement: Judgement) {
        comparison = measurement.comparison ?? comparison
        slo = measurement.slo ?? slo
        var shown = measurement
        shown.comparison = nil
        shown.slo = nil
        recent = (recent + [shown]).suffix(metric.retention ?? Self.recentMax)
        consecutiveSuccesses = measurement.phase == .successful ? consecutiveSuccesses + 1 : 0
        switch measurement.phase {
        case .successful: successful += 1
        case .failed: failed += 1
        case .inconclusive: inconclusive += 1
        case .comparing, .held: break
        case .error: return countError(measurement, of: metric, by: judgement)
        }
        count += 1
        consecutiveErrors = 0
        settle(metric, by: judgement)
    }

    /// Under the safe rules an outage counts towards nothing: it is waited out.
    private mutating func countError(_ error: Measurement, of metric: Metric, by judgement: Judgement) {
        errors += 1
        if judgement == .argo || error.trouble != .outage { consecutiveErrors += 1 }
        settle(metric, by: judgement)
    }

    private mutating func settle(_ metric: Metric, by judgement: Judgement) {
        guard verdict == nil else { return }
        if let comparison = metric.comparison { return verdict = conclusion(of: comparison, metric) }
        // An objective only ever ends by a breach: what keeps everything where it is may be over soon.
        if metric.slo != nil { return verdict = recent.last?.phase == .failed ? .failed : nil }
        verdict = exceeded(metric, by: judgement) ?? reached(metric, by: judgement)
    }

    /// The limits. A later check overrides an earlier one, as in Argo Rollouts: error beats inconclusive beats
    /// failed within a metric. Under the safe rules a failure is never talked away by what came with it.
    private func exceeded(_ metric: Metric, by judgement: Judgement) -> Verdict? {
        var verdict: Verdict?
        if let limit = metric.failureLimit, failed > limit { verdict = .failed }
        if judgement == .safe, verdict != nil { return verdict }
        if inconclusive > metric.inconclusiveLimit { verdict = .inconclusive }
        if consecutiveErrors > metric.consecutiveErrorLimit {
            verdict = judgement == .argo ? .error : .inconclusive
        }
        return verdict
    }

    private func reached(_ metric: Metric, by judgement: Judgement) -> Verdict? {
        if let limit = metric.consecutiveSuccessLimit, consecutiveSuccesses >= limit { return .successful }
        guard let effectiveCount = metric.effectiveCount, count >= effectiveCount else { return nil }
        if metric.consecutiveSuccessLimit != nil {
            return metric.failureLimit == nil ? .failed : .inconclusive
        }
        let isProved = judgement == .argo || successful > 0
        return isProved ? .successful : .inconclusive
    }
}

// MARK: - Comparisons

extension Tally {
    /// A comparison counts no failures: the look that proves something settles it. No data is waited out for as long as
    /// its own policy says; an outage for ever.
    private func conclusion(of comparison: Comparison, _ metric: Metric) -> Verdict? {
        switch recent.last?.phase {
        case .failed: return .failed
        case .inconclusive: return .inconclusive
        case .successful where comparison.pass?.isFinal != false: return .successful
        case .error: return trouble(with: comparison, metric)
        case .successful, .comparing, .held, nil: return end(of: comparison, metric)
        }
    }

    private func trouble(with comparison: Comparison, _ metric: Metric) -> Verdict? {
        switch recent.last?.trouble {
        case .invalid: return consecutiveErrors > metric.consecutiveErrorLimit ? .inconclusive : nil
        case .noData:
            guard let run = self.comparison, let silence = run.silence(of: metric.pace, comparison),
                run.seenUntil - silence.since > comparison.silence.hold
            else { return nil }
            return comparison.silence.then == .abort ? .failed : .inconclusive
        case .outage, nil: return nil
        }
    }

    private func end(of comparison: Comparison, _ metric: Metric) -> Verdict? {
        guard let effectiveCount = metric.effectiveCount, count >= effectiveCount else { return nil }
        return hasCompared && comparison.atHorizon == .succeed ? .successful : .inconclusive
    }

    /// Whether both arms had requests at any look.
    private var hasCompared: Bool { comparison.map { $0.looks > 0 } ?? false }

    /// Whether anything speaks for the release: a good measurement, or a comparison in which nothing spoke against it
    /// and whose author takes that for enough.
    package func isProved(_ metric: Metric) -> Bool {
        successful > 0 || hasCompared && metric.comparison?.atHorizon == .succeed
    }
}

extension Metric {
    /// How often a comparison looks where nobody says.
    package static let comparisonInterval = Duration.seconds(15)

    package var pace: ComparisonRun.Pace {
        let interval = interval ?? Self.comparisonInterval
        return ComparisonRun.Pace(interval: interval, planned: effectiveCount.map { interval * $0 })
    }
}
