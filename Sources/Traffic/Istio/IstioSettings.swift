/// Where an Istio's objects are, and how far its routes are to be proved.
package struct IstioSettings: Hashable, Sendable {
    /// For objects whose namespace is not said.
    package var namespace: String
    /// Where the policies of the whole mesh are.
    package var rootNamespace: String
    /// How long it takes until all proxies have what was stored, where none can be asked. Istio gathers
    /// changes for a tenth of a second and more, and is through with them after two as a rule.
    package var settle: Duration
    /// The debug interfaces of all istiods, `http://10.0.0.7:15014`: each knows its own proxies only.
    package var istiods: [String]
    /// How far a route is to be proved. A level that can't be reached for want of means is left out, and the
    /// evidence says so.
    package var level: ProofLevel
    /// `http://prometheus:9090`, for the last level.
    package var prometheus: String?
    /// For one question to an istiod or to Prometheus.
    package var timeout: Duration
    /// The pauses between two looks; the last one goes on.
    package var pauses: [Duration]
    /// How many looks at the counts of requests there are at most: where no traffic is, none can be observed.
    package var countsMax: Int

    package init(
        namespace: String = "default", rootNamespace: String = "istio-system", settle: Duration = .seconds(2),
        istiods: [String] = [],
        level: ProofLevel = .accepted, prometheus: String? = nil, timeout: Duration = .seconds(2),
        pauses: [Duration] = [100, 200, 400, 800, 1_000].map { .milliseconds($0) }, countsMax: Int = 8
    ) {
        self.namespace = namespace
        self.rootNamespace = rootNamespace
        self.settle = settle
        self.istiods = istiods
        self.level = level
        self.prometheus = prometheus
        self.timeout = timeout
        self.pauses = pauses
        self.countsMax = countsMax
    }
}
