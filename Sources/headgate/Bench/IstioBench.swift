import Analysis
import Engine
import Kubernetes
import Lab
import Logging
import Rollouts
import Synchronization
import TestCluster
import Traffic
import Transport

/// What Headgate asks of an API server, and how long a rollback takes to be stored there, while many rollouts are in
/// progress. The journal, the engine, the router and the client are the real ones; the API server lives in this process.
struct IstioBench {
    let rollouts: Int
    let rollbacks: Int
    let quiet: Duration

    func run() async throws -> BenchReport.Istio {
        let http = CurlClient()
        let outcome: Result<BenchReport.Istio, any Error>
        do { outcome = .success(try await run(http)) } catch { outcome = .failure(error) }
        await http.shutdown()
        return try outcome.get()
    }

    private func run(_ http: CurlClient) async throws -> BenchReport.Istio {
        try await onCluster(CustomKinds.istio) { cluster in
            let client = KubernetesClient(
                ClusterAccess(server: cluster.url), sender: http,
                settings: .init(pace: PaceLimits(perSecond: 2_000, burst: 2_000, atOnce: 32)), log: silent)
            let stopwatch = Stopwatch()
            let router = IstioRouter(IstioSettings(settle: .zero), api: client, sender: http)
            let ports = Ports(
                routers: [StoredWatch(router, stopwatch)], providers: [OneBadRollout(stopwatch)])
            return try await withTemporaryFolder { folder in
                try await withLoop(in: folder, ports) { loop in
                    let report = try await play(loop, cluster, client, stopwatch)
                    await router.close()
                    return report
                }
            }
        }
    }

    private func play(
        _ loop: ControlLoop, _ cluster: Cluster, _ client: KubernetesClient, _ stopwatch: Stopwatch
    ) async throws -> BenchReport.Istio {
        try await fill(loop, cluster)
        let calls = try await callsOfAClimb(loop, cluster, client)
        let before = await client.counts
        try await Task.sleep(for: quiet)
        let inQuiet = await client.counts.values.reduce(0, +) - before.values.reduce(0, +)
        try await breach(loop, cluster)
        return BenchReport.Istio(
            rollouts: rollouts, callsPerStep: calls, quietSeconds: quiet / .seconds(1), callsInQuiet: inQuiet,
            breachToStored: BenchReport.Spread(stopwatch.laps))
    }
}

// MARK: - What is played

extension IstioBench {
    /// All at 10 %, in a pause without end, with a metric that is asked every ten seconds.
    private func fill(_ loop: ControlLoop, _ cluster: Cluster) async throws {
        let names = (0..<rollouts).map { "busy-\($0)" }
        for (number, name) in names.enumerated() {
            let mesh = Mesh(name, number)
            mesh.create(in: cluster)
            let plan = Plan(
                steps: [.setWeight(.tenth), .pause(nil)],
                background: BackgroundAnalysis(metrics: [metric(of: name, every: .seconds(10))]),
                judgement: .safe)
            try await loop.declare(mesh, plan)
        }
        for name in names { try await loop.start("v0", of: name) }
        for name in names { try await loop.waitForRest(name, "v0") }
        for name in names { try await loop.start("v1", of: name) }
        for name in names {
            try await loop.wait(RolloutName(name), within: .seconds(300)) {
                $0.routing?.isApplied == true && $0.routing?.route.weight(of: .b) == .tenth
            }
        }
    }

    /// Requests for each weight of a climb, by verb.
    private func callsOfAClimb(
        _ loop: ControlLoop, _ cluster: Cluster, _ client: KubernetesClient
    ) async throws -> [String: Double] {
        let mesh = Mesh("climb", 0)
        mesh.create(in: cluster)
        let weights = [5, 20, 50].compactMap { Weight(percent: $0) }
        try await loop.declare(mesh, Plan(steps: weights.map { .setWeight($0) }, judgement: .safe))
        try await loop.start("v0", of: mesh.name)
        try await loop.waitForRest(mesh.name, "v0")
        let before = await client.counts
        try await loop.start("v1", of: mesh.name)
        try await loop.waitForRest(mesh.name, "v1")
        let calls = await client.counts.merging(before) { $0 - $1 }.filter { $0.value > 0 }
        // The last of the weights is everything.
        return calls.mapValues { rounded(Double($0) / Double(weights.count + 1)) }
    }

    /// Again and again one of them gets a bad number.
    private func breach(_ loop: ControlLoop, _ cluster: Cluster) async throws {
        let mesh = Mesh(OneBadRollout.name, 1)
        mesh.create(in: cluster)
        let plan = Plan(
            steps: [.setWeight(.tenth), .analysis([metric(of: mesh.name, every: nil)])], judgement: .safe)
        try await loop.declare(mesh, plan)
        try await loop.start("v0", of: mesh.name)
        try await loop.waitForRest(mesh.name, "v0")
        for number in 1...rollbacks {
            try await loop.start("v\(number)", of: mesh.name)
            try await loop.wait(RolloutName(mesh.name)) { $0.isBack(from: "v\(number)") }
        }
    }

    private func metric(of name: String, every interval: Duration?) -> Metric {
        Metric(
            name: "success", query: Query(provider: "prometheus", text: name), interval: interval,
            successCondition: "result[0] >= 0.95", failureLimit: 0)
    }
}

/// A rollout's VirtualService, in one of twenty namespaces.
private struct Mesh {
    let name: String
    let namespace: String

    init(_ name: String, _ number: Int) {
        (self.name, namespace) = (name, "team-\(number % 20)")
    }

    func create(in cluster: Cluster) {
        let object: JSON = [
            "apiVersion": "networking.istio.io/v1", "kind": "VirtualService",
            "metadata": ["name": JSON(name)],
            "spec": [
                "hosts": [JSON(name)],
                "http": [
                    [
                        "route": [
                            ["destination": ["host": "\(name)-a"], "weight": 100],
                            ["destination": ["host": "\(name)-b"], "weight": 0],
                        ]
                    ]
                ],
            ],
        ]
        cluster.create(object, .virtualService, in: namespace)
    }

    var traffic: TrafficTarget {
        let service = IstioService(name, in: namespace)
        return TrafficTarget(
            router: "istio", backends: .init(a: name + "-a", b: name + "-b"),
            settings: IstioTarget(split: .hosts, virtualServices: [service]).settings)
    }
}

extension ControlLoop {
    fileprivate func declare(_ mesh: Mesh, _ plan: Plan) async throws {
        let name = RolloutName(mesh.name)
        let declaration = Declaration(name: name, traffic: mesh.traffic, plan: plan, source: "bench")
        _ = try await submit(.declare(declaration), to: name, by: "bench")
    }

    fileprivate func start(_ release: String, of name: String) async throws {
        _ = try await submit(.start(release: release), to: RolloutName(name), by: "bench")
    }

    fileprivate func waitForRest(_ name: String, _ release: String) async throws {
        try await wait(RolloutName(name), within: .seconds(300)) {
            $0.stable?.name == release && $0.phase == .resting && $0.routing?.isApplied == true
        }
    }
}

private let silent = Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() }

// MARK: - What is given

/// Every number is good but those of one rollout.
private struct OneBadRollout: MetricProvider {
    static let name = "bad"
    let kind = "prometheus"
    private let stopwatch: Stopwatch

    init(_ stopwatch: Stopwatch) { self.stopwatch = stopwatch }

    func backend(of query: Query) -> String { "bench" }

    func sample(_ query: Query, at now: Moment) async -> Sample {
        guard query.text == Self.name else { return .value(.array([.float(1)]), warnings: []) }
        stopwatch.start()
        return .value(.array([.float(0.5)]), warnings: [])
    }
}

/// A router that tells when the API server has stored that everything goes to the stable release.
private struct StoredWatch: TrafficRouter {
    let kind = "istio"
    private let router: IstioRouter
    private let stopwatch: Stopwatch

    init(_ router: IstioRouter, _ stopwatch: Stopwatch) {
        self.router = router
        self.stopwatch = stopwatch
    }

    func backend(of target: TrafficTarget) -> String { router.backend(of: target) }

    func write(_ write: RouteWrite) async throws(RouteFailure) -> RouteReceipt {
        let receipt = try await router.write(write)
        if write.isRollback { stopwatch.stop() }
        return receipt
    }

    func confirm(_ receipt: RouteReceipt) async throws(RouteFailure) -> RouteEvidence {
        try await router.confirm(receipt)
    }

    func observe(
        _ rollout: RolloutName, _ target: TrafficTarget
    ) async throws(RouteFailure) -> ObservedRoute? {
        try await router.observe(rollout, target)
    }

    func disturbances() -> AsyncStream<RolloutName> { router.disturbances() }
}
