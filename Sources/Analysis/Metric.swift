/// One thing that is measured again and again, and what is concluded from it.
///
/// The names are those of an AnalysisTemplate's `metrics[]`; so are their meanings. A metric that stands in a
/// plan is resolved: its arguments are filled in, but for the tokens that only a release can fill
/// (see `Placeholder`).
package struct Metric: Hashable, Codable, Sendable {
    package var name: String
    package var query: Query
    /// From the end of one measurement to the start of the next. None: a single measurement.
    package var interval: Duration?
    package var initialDelay: Duration
    /// How many measurements settle the metric. None: one without an interval, with one until the run ends.
    package var count: Int?
    package var successCondition: String?
    package var failureCondition: String?
    /// The metric fails when *more* measurements than this have failed. None: failures alone never fail it.
    package var failureLimit: Int?
    package var inconclusiveLimit: Int
    package var consecutiveErrorLimit: Int
    /// So many good measurements in a row settle the metric at once. None: off.
    package var consecutiveSuccessLimit: Int?
    /// Measured and shown, never counted.
    package var isDryRun: Bool
    /// How many measurements are kept to be looked at, with what they left behind. None: `Tally.recentMax`.
    package var retention: Int?
    /// None in a run that is no experiment.
    package var part: ExperimentPart?
    /// What is compared with the stable release; then there are no conditions. None: every measurement is judged by
    /// itself.
    package var comparison: Comparison?
    /// The objective that is looked at; then there are no conditions.
    package var slo: SLO?
    /// What Spinnaker's judge is given; then there are no conditions.
    package var kayenta: KayentaAnalysis?

    package init(
        name: String, query: Query, interval: Duration? = nil, initialDelay: Duration = .zero,
        count: Int? = nil, successCondition: String? = nil, failureCondition: String? = nil,
        failureLimit: Int? = 0, inconclusiveLimit: Int = 0, consecutiveErrorLimit: Int = 4,
        consecutiveSuccessLimit: Int? = nil, isDryRun: Bool = false, retention: Int? = nil,
        part: ExperimentPart? = nil, comparison: Comparison? = nil, slo: SLO? = nil,
        kayenta: KayentaAnalysis? = nil
    ) {
        self.name = name
        self.query = query
        self.interval = interval
        self.initialDelay = initialDelay
        self.count = count
        self.successCondition = successCondition
        self.failureCondition = failureCondition
        self.failureLimit = failureLimit
        self.inconclusiveLimit = inconclusiveLimit
        self.consecutiveErrorLimit = consecutiveErrorLimit
        self.consecutiveSuccessLimit = consecutiveSuccessLimit
        self.isDryRun = isDryRun
        self.retention = retention
        self.part = part
        self.comparison = comparison
        self.slo = slo
        self.kayenta = kayenta
    }

    /// How many measurements settle the metric; none for one that goes on until its run ends.
    package var effectiveCount: Int? {
        if let count, count > 0 { return count }
        return interval == nil ? 1 : nil
    }
}
