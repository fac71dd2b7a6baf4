/// Where routes are, and how far they are to be proved.
package struct GatewaySettings: Hashable, Sendable {
    /// For objects whose namespace is not said.
    package var namespace: String
    /// How long a controller has to say anything about a route, where it is not known that it will.
    package var settle: Duration
    /// How far a route is to be proved. A level that can't be reached for want of means is left out, and the
    /// evidence says so.
    package var level: ProofLevel
    /// `http://prometheus:9090`, for the last level.
    package var prometheus: String?
    /// For one question to Prometheus.
    package var timeout: Duration
    /// The pauses between two looks; the last one goes on.
    package var pauses: [Duration]
    /// How many looks at the counts of requests there are at most.
    package var countsMax: Int

    package init(
        namespace: String = "default", settle: Duration = .seconds(2), level: ProofLevel = .accepted,
        prometheus: String? = nil, timeout: Duration = .seconds(2),
        pauses: [Duration] = [100, 200, 400, 800, 1_000].map { .milliseconds($0) }, countsMax: Int = 8
    ) {
        self.namespace = namespace
        self.settle = settle
        self.level = level
        self.prometheus = prometheus
        self.timeout = timeout
        self.pauses = pauses
        self.countsMax = countsMax
    }
}
