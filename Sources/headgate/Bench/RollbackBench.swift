import Analysis
import Engine
import Lab
import Rollouts
import Traffic

/// How long a rollback takes on each mesh: from the moment a metrics store's bad answer arrives until the last request
/// that the bad release got. The journal, the engine, the router and Envoy are the real ones, and Consul is; only the
/// answer is given, and what stands for istiod and its like (`Lab`).
struct RollbackBench {
    let rollbacks: Int
    /// Runs the releases; none: this one.
    var program: String?

    func run(_ mesh: BenchMesh) async throws -> BenchReport.Rollbacks {
        let program = try program ?? Tools.thisProgram()
        return try await withLab { rig in
            try await mesh.with(BenchSite(rig: rig, program: program)) { field in
                try await measure(mesh, field, rig)
            }
        }
    }

    private func measure(
        _ mesh: BenchMesh, _ field: BenchField, _ rig: Rig
    ) async throws -> BenchReport.Rollbacks {
        let watch = RollbackWatch()
        let ports = Ports(routers: [Timed(field.router, watch)], providers: [BadNews(watch)])
        let probe = Probe(try field.envoy.url(route: Installation.rollout), rig.http)
        async let probing: Void = probe.run()
        let laps = try await withLoop(in: rig.folder, ports) { loop in
            try await play(loop, field, watch, probe)
        }
        probe.stop()
        await probing
        return BenchReport.Rollbacks(mesh, laps, probe.counts)
    }

    private func play(
        _ loop: ControlLoop, _ field: BenchField, _ watch: RollbackWatch, _ probe: Probe
    ) async throws -> [RollbackWatch.Lap] {
        let name = RolloutName(Installation.rollout)
        let declaration = Declaration(name: name, traffic: field.target, plan: plan, source: "bench")
        _ = try await loop.submit(.declare(declaration), to: name, by: "bench")
        _ = try await loop.submit(.start(release: "v0"), to: name, by: "bench")
        try await loop.wait(name) { $0.stable?.name == "v0" && $0.routing?.isApplied == true }
        var laps: [RollbackWatch.Lap] = []
        for number in 1...rollbacks {
            try await field.deploy("v\(number)")
            _ = try await loop.submit(.start(release: "v\(number)"), to: name, by: "bench")
            try await loop.wait(name) { $0.isBack(from: "v\(number)") }
            guard let last = try await probe.lastOfRelease() else {
                throw CommandError("release v\(number) got no request: there was nothing to take back")
            }
            laps.append(try watch.lap(lastRequest: last))
        }
        return laps
    }

    /// Half of all requests, and then a measurement that is bad.
    private var plan: Plan {
        let metric = Metric(
            name: "success", query: Query(provider: "prometheus", text: "success"),
            successCondition: "result[0] >= 0.95")
        let half = Weight(percent: 50) ?? .none
        return Plan(
            steps: [.setWeight(half), .pause(.milliseconds(400)), .analysis([metric])], judgement: .safe)
    }
}

private struct BadNews: MetricProvider {
    let kind = "prometheus"
    private let watch: RollbackWatch

    init(_ watch: RollbackWatch) { self.watch = watch }

    func backend(of query: Query) -> String { "bench" }

    func sample(_ query: Query, at now: Moment) async -> Sample {
        watch.breach()
        return .value(.array([.float(0.5)]), warnings: [])
    }
}

/// A router that tells when a rollback is ordered, stored and in force.
private struct Timed: TrafficRouter {
    private let router: any TrafficRouter
    private let watch: RollbackWatch

    init(_ router: any TrafficRouter, _ watch: RollbackWatch) {
        self.router = router
        self.watch = watch
    }

    var kind: String { router.kind }

    func backend(of target: TrafficTarget) -> String { router.backend(of: target) }

    func write(_ write: RouteWrite) async throws(RouteFailure) -> RouteReceipt {
        if write.isRollback { watch.mark(\.ordered) }
        let receipt = try await router.write(write)
        if write.isRollback { watch.mark(\.stored) }
        return receipt
    }

    func confirm(_ receipt: RouteReceipt) async throws(RouteFailure) -> RouteEvidence {
        let evidence = try await router.confirm(receipt)
        if receipt.write.isRollback { watch.mark(\.applied) }
        return evidence
    }

    func observe(_ rollout: RolloutName, _ target: TrafficTarget) async throws(RouteFailure) -> ObservedRoute?
    {
        try await router.observe(rollout, target)
    }

    func disturbances() -> AsyncStream<RolloutName> { router.disturbances() }
}
