import Analysis
import Engine
import Rollouts

/// A mesh that shows every route at once, or says why not.
actor Mesh: TrafficRouter {
    nonisolated let kind = "envoy"
    private var borne: [RolloutName: RouteWrite] = [:]
    private var failure: RouteFailure?
    private var findings: [Finding] = []

    nonisolated func backend(of target: TrafficTarget) -> String { "mesh" }

    nonisolated func disturbances() -> AsyncStream<RolloutName> { AsyncStream { _ in } }

    func write(_ write: RouteWrite) async throws(RouteFailure) -> RouteReceipt {
        if let failure { throw failure }
        borne[write.rollout] = write
        return RouteReceipt(write: write, text: "written", token: "\(write.since)")
    }

    func confirm(_ receipt: RouteReceipt) async throws(RouteFailure) -> RouteEvidence {
        RouteEvidence(text: "the mesh shows #\(receipt.token)")
    }

    func observe(_ rollout: RolloutName, _ target: TrafficTarget) async throws(RouteFailure) -> ObservedRoute?
    {
        borne[rollout].map {
            ObservedRoute(
                route: $0.route, since: $0.since, journal: $0.journal, text: "a=\($0.route.weight(of: .a))")
        }
    }

    func inspect(
        _ inspection: Inspection, of rollout: RolloutName
    ) async throws(RouteFailure) -> [Finding] { findings }

    func fail(_ failure: RouteFailure?) { self.failure = failure }
    func find(_ findings: Finding...) { self.findings = findings }
}

/// A metrics store with one answer for everybody.
actor Store: MetricProvider {
    nonisolated let kind = "prometheus"
    private var answer: Sample = .value(.array([.float(1)]), warnings: [])

    nonisolated func backend(of query: Query) -> String { "store" }

    func sample(_ query: Query, at now: Moment) async -> Sample { answer }

    func answer(_ number: Double) { answer = .value(.array([.float(number)]), warnings: []) }
    func answer(_ failure: SampleFailure) { answer = .failure(failure) }
}

extension Declaration {
    /// `checkout`, between the backends `web-a` and `web-b`.
    static func checkout(_ steps: [Step], background: [Metric] = [], name: String = "checkout") -> Declaration
    {
        Declaration(
            name: RolloutName(name),
            traffic: TrafficTarget(router: "envoy", backends: .init(a: "web-a", b: "web-b")),
            plan: Plan(
                steps: steps,
                background: background.isEmpty ? nil : BackgroundAnalysis(metrics: background),
                judgement: .safe),
            source: "rollouts/\(name).yaml")
    }
}

extension Metric {
    /// Good from 95 % on.
    static func success(count: Int? = nil) -> Metric {
        Metric(
            name: "success-rate",
            query: Query(provider: "prometheus", text: "rate{cluster=\"{{canary.backend}}\"}"),
            interval: .milliseconds(20), count: count, successCondition: "result[0] >= 0.95", failureLimit: 1)
    }
}

func weight(_ percent: Int) -> Weight {
    guard let weight = Weight(percent: percent) else { preconditionFailure("no weight: \(percent)") }
    return weight
}
