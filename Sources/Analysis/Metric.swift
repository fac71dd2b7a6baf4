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

/// A question to a metrics store. Equal queries of one tick are asked once.
package struct Query: Hashable, Codable, Sendable {
    /// Which kind of store answers: `prometheus`; or what is run for an answer: `job`.
    package var provider: String
    /// Where the store is; none means the one in the server's configuration. Of a job it is the namespace.
    package var address: String?
    package var text: String
    /// None asks for the values of this moment.
    package var range: QueryRange?
    package var timeout: Duration
    /// What the request bears beside what the server's configuration says. None: nothing.
    package var headers: [RequestHeader]?
    /// What the tokens in `text` and `headers` stand for, by their labels; see `SecretReference.token`.
    package var secrets: [String: SecretReference]?
    /// Asks for counters as they were scraped; `text` says the same for people then.
    package var counters: CounterQuestion?
    /// Asks about an objective.
    package var slo: SLOQuestion?
    /// Asks for what Spinnaker's judge compares.
    package var kayenta: KayentaQuestion?

    package init(
        provider: String, address: String? = nil, text: String, range: QueryRange? = nil,
        timeout: Duration = .seconds(30), headers: [RequestHeader]? = nil,
        secrets: [String: SecretReference]? = nil, counters: CounterQuestion? = nil,
        slo: SLOQuestion? = nil, kayenta: KayentaQuestion? = nil
    ) {
        self.provider = provider
        self.address = address
        self.text = text
        self.range = range
        self.timeout = timeout
        self.headers = headers
        self.secrets = secrets
        self.counters = counters
        self.slo = slo
        self.kayenta = kayenta
    }
}

/// The span of a range query. `start` and `end` are expressions such as `now() - duration("5m")`.
package struct QueryRange: Hashable, Codable, Sendable {
    package var start: String
    package var end: String
    package var step: Duration

    package init(start: String, end: String, step: Duration) {
        self.start = start
        self.end = end
        self.step = step
    }
}
