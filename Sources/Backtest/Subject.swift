package import Analysis

/// What is tried, and how.
package struct Subject: Sendable {
    package var name: String
    package var metrics: [Metric]
    package var judgement: Judgement
    /// How long a rollout is judged.
    package var duration: Duration
    /// The canary's share of the traffic.
    package var weight: Double
    /// What is tried on each metric. None: what suits it.
    package var effects: [Effect]?
    /// Times that are no example of anything.
    package var excluded: [Window]
    package var windowsMax: Int
    package var seed: UInt64
    /// Requests a second of all releases, for metrics of which only a share is known.
    package var traffic: String?

    package init(
        name: String, metrics: [Metric], judgement: Judgement, duration: Duration = .seconds(1_800),
        weight: Double = 0.1, effects: [Effect]? = nil, excluded: [Window] = [], windowsMax: Int = 400,
        seed: UInt64 = 1, traffic: String? = nil
    ) {
        self.name = name
        self.metrics = metrics
        self.judgement = judgement
        self.duration = duration
        self.weight = weight
        self.effects = effects
        self.excluded = excluded
        self.windowsMax = windowsMax
        self.seed = seed
        self.traffic = traffic
    }

    /// How much has to be known from before a window.
    package var lead: Duration {
        metrics.compactMap { $0.comparison?.history }.max() ?? .zero
    }

    /// More looks than anybody waits for.
    package static let looksMax = 20_000
}
