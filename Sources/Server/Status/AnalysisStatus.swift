package import Analysis
package import Rollouts

/// One run of an analysis that is going on, or that decided something.
package struct AnalysisStatus: Hashable, Codable, Sendable {
    package enum Kind: String, Hashable, Codable, Sendable {
        case step, background, slos
    }

    package let kind: Kind
    /// The step's number, from one; for a background run which one it is.
    package let number: Int
    package let startedAt: String
    package let verdict: String?
    package let metrics: [MetricStatus]

    package init(_ id: RunID, _ run: AnalysisRun) {
        switch id.kind {
        case .step(let index): (kind, number) = (.step, index + 1)
        case .background(let count): (kind, number) = (.background, count)
        case .slos: (kind, number) = (.slos, 1)
        }
        startedAt = run.startedAt.description
        verdict = run.verdict?.rawValue
        metrics = run.metrics.indices.map { MetricStatus(run, $0) }
    }
}

package struct MetricStatus: Hashable, Codable, Sendable {
    package let name: String
    package let provider: String
    /// As it is asked, with the release filled in.
    package let query: String
    package let successCondition: String?
    package let failureCondition: String?
    /// Measured and shown, never counted.
    package let isDryRun: Bool
    package let verdict: String?
    /// Measurements that gave a value.
    package let count: Int
    package let successful: Int
    package let failed: Int
    package let inconclusive: Int
    package let errors: Int
    package let consecutiveErrors: Int
    package let limits: MetricLimits
    package let lastValue: String?
    package let lastMessage: String?
    /// When it is measured next; none when it is settled.
    package let dueAt: String?
    /// The newest measurements, oldest first; ten at the most.
    package let samples: [SampleStatus]

    init(_ run: AnalysisRun, _ index: Int) {
        let (metric, tally) = (run.metrics[index], run.tallies[index])
        name = metric.name
        provider = metric.query.provider
        query = metric.query.text
        successCondition = metric.successCondition
        failureCondition = metric.failureCondition
        isDryRun = metric.isDryRun
        verdict = tally.verdict?.rawValue
        (count, errors, consecutiveErrors) = (tally.count, tally.errors, tally.consecutiveErrors)
        (successful, failed, inconclusive) = (tally.successful, tally.failed, tally.inconclusive)
        limits = MetricLimits(metric)
        lastValue = tally.recent.last?.value
        lastMessage = tally.recent.last?.message
        dueAt = run.due(index)?.description
        samples = tally.recent.map(SampleStatus.init)
    }
}

/// A metric fails, or is undecided, when there is *more* of something than its limit.
package struct MetricLimits: Hashable, Codable, Sendable {
    /// None: failures alone never fail it.
    package let failureLimit: Int?
    package let inconclusiveLimit: Int
    package let consecutiveErrorLimit: Int
    package let consecutiveSuccessLimit: Int?
    /// Measurements that settle it; none for one that goes on until its run ends.
    package let count: Int?
    package let intervalSeconds: Double?

    init(_ metric: Metric) {
        failureLimit = metric.failureLimit
        inconclusiveLimit = metric.inconclusiveLimit
        consecutiveErrorLimit = metric.consecutiveErrorLimit
        consecutiveSuccessLimit = metric.consecutiveSuccessLimit
        count = metric.effectiveCount
        intervalSeconds = metric.interval.map { $0 / .seconds(1) }
    }
}

/// One measurement.
package struct SampleStatus: Hashable, Codable, Sendable {
    /// `successful`, `failed`, `inconclusive` or `error`.
    package let phase: String
    /// For an error: `outage`, `noData` or `invalid`.
    package let trouble: String?
    /// As it was read.
    package let value: String?
    package let message: String?
    package let startedAt: String
    package let finishedAt: String

    init(_ measurement: Measurement) {
        phase = measurement.phase.rawValue
        trouble = measurement.trouble?.rawValue
        value = measurement.value
        message = measurement.message
        startedAt = measurement.startedAt.description
        finishedAt = measurement.finishedAt.description
    }
}
