/// One run of an analysis: its metrics, what was counted of each, and when each is due again.
///
/// A value that is folded from measurements. It asks nobody: `due(_:)` says which measurement is wanted when.
package struct AnalysisRun: Hashable, Codable, Sendable {
    package let metrics: [Metric]
    package let judgement: Judgement
    package let startedAt: Moment
    package private(set) var tallies: [Tally]

    /// After an error Argo Rollouts asks again in ten seconds, whatever the interval.
    package static let errorRetry = Duration.seconds(10)

    package init(metrics: [Metric], judgement: Judgement, startedAt: Moment) {
        self.metrics = metrics
        self.judgement = judgement
        self.startedAt = startedAt
        tallies = metrics.map { _ in Tally() }
    }

    package mutating func count(_ measurement: Measurement, ofMetric index: Int) {
        tallies[index].count(measurement, of: metrics[index], by: judgement)
    }

    /// When the metric is to be measured next; none when it or the whole run is settled.
    package func due(_ index: Int) -> Moment? {
        guard verdict == nil, tallies[index].verdict == nil, let start = start(of: index) else { return nil }
        let metric = metrics[index]
        guard let last = tallies[index].recent.last else { return start + metric.initialDelay }
        return last.finishedAt + pause(after: last, of: metric)
    }

    /// The safe rules ask again no later than the interval would: recovery from an outage should show at once.
    private func pause(after last: Measurement, of metric: Metric) -> Duration {
        guard last.phase == .error else { return metric.interval ?? .zero }
        guard judgement == .safe, let interval = metric.interval else { return Self.errorRetry }
        return min(interval, Self.errorRetry)
    }

    /// The metrics that count: their indices in `metrics`.
    private var counted: [Int] {
        metrics.indices.filter { !metrics[$0].isDryRun }
    }

    /// The first bad metric settles the run at once; a good verdict needs every metric.
    package var verdict: Verdict? {
        let settled = counted.compactMap { tallies[$0].verdict }
        if stage != nil, (settled.max() ?? .successful) == .successful {
            return isExperimentOver ? .successful : nil
        }
        guard let worst = settled.max() else { return counted.isEmpty && isDryRunOver ? .successful : nil }
        if worst > .successful { return worst }
        return settled.count == counted.count ? .successful : nil
    }

    /// A run of dry metrics alone ends when they do, and decides nothing.
    private var isDryRunOver: Bool {
        tallies.allSatisfy { $0.verdict != nil }
    }

    /// The metric that the verdict rests on, for the reader who asks why.
    package var decisive: Int? {
        counted.first { tallies[$0].verdict == verdict && verdict != nil }
    }

    /// The metrics that no good measurement speaks for yet. Argo's rules never look.
    package var unproved: [String] {
        guard judgement == .safe else { return [] }
        return counted.filter { !tallies[$0].isProved(metrics[$0]) }.map { metrics[$0].name }
    }

    /// Which comparison has an arm that is not measured any more: it must not be taken for a good one, nor for a bad
    /// one.
    package var silence: String? {
        guard verdict == nil else { return nil }
        return counted.lazy.filter { metrics[$0].comparison != nil && tallies[$0].isSilent }.first.map {
            index in
            "\(metrics[index].name): \(tallies[index].recent.last?.message ?? "no data")"
        }
    }

    /// What the store said, where a metric that counts could not be asked the last time it was tried: nothing may
    /// be concluded, and nothing may move, until it answers again. A run that is settled asks nobody any more. Argo's
    /// rules go on.
    package var blindness: String? {
        guard judgement == .safe, verdict == nil else { return nil }
        return counted.lazy.filter { tallies[$0].isBlind }.first.map { index in
            "\(metrics[index].name): \(tallies[index].recent.last?.message ?? "no answer")"
        }
    }
}
