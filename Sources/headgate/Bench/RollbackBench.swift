import Analysis
import Engine
import Foundation
import Journal
import Lab
import Logging
import Rollouts
import Synchronization
import Traffic

/// How long a rollback takes: from the moment a metrics store's bad answer arrives to the moment Envoy shows the
/// stable release alone. The journal, the engine, the router and Envoy are the real ones; only the answer is given.
struct RollbackBench {
    let rollbacks: Int

    func run() async throws -> BenchReport.Spread {
        try await withLab { rig in
            let route = "bench"
            let envoy = try await rig.start(design(rig, route))
            let stopwatch = Stopwatch()
            let router = try EnvoyRouter(
                EnvoySettings(folder: envoy.design.routesFolder, admins: [.init(envoy.adminURL)]),
                sender: rig.http)
            let ports = Ports(routers: [Timed(router, stopwatch)], providers: [BadNews(stopwatch)])
            try await withLoop(in: rig.folder, ports) { loop in try await play(loop, RolloutName(route)) }
            return BenchReport.Spread(stopwatch.laps)
        }
    }

    private func design(_ rig: Rig, _ route: String) throws -> EnvoyDesign {
        EnvoyDesign(
            adminPort: try FreePort.take(), routesFolder: "\(rig.folder)/routes",
            listeners: [
                .init(route: route, port: try FreePort.take(), firstSplit: [.init("bench-a", weight: 1)])
            ],
            clusters: [
                .init("bench-a", ports: [try FreePort.take()]),
                .init("bench-b", ports: [try FreePort.take()]),
            ])
    }

    private func play(_ loop: ControlLoop, _ name: RolloutName) async throws {
        _ = try await loop.submit(.declare(declaration(name)), to: name, by: "bench")
        _ = try await loop.submit(.start(release: "v0"), to: name, by: "bench")
        try await loop.wait(name) { $0.stable?.name == "v0" }
        for number in 1...rollbacks {
            _ = try await loop.submit(.start(release: "v\(number)"), to: name, by: "bench")
            try await loop.wait(name) { $0.isBack(from: "v\(number)") }
        }
    }

    /// Ten percent, then a measurement that is bad.
    private func declaration(_ name: RolloutName) -> Declaration {
        let metric = Metric(
            name: "success", query: Query(provider: "prometheus", text: "success"),
            successCondition: "result[0] >= 0.95")
        return Declaration(
            name: name, traffic: TrafficTarget(router: "envoy", backends: .init(a: "bench-a", b: "bench-b")),
            plan: Plan(steps: [.setWeight(.tenth), .analysis([metric])], judgement: .safe), source: "bench")
    }
}

extension Weight {
    static var tenth: Weight { Weight(percent: 10) ?? .none }
}

extension Rollout {
    func isBack(from release: String) -> Bool {
        guard case .aborted(let failure) = phase else { return false }
        return failure.release.name == release && routing?.isApplied == true
    }
}

extension ControlLoop {
    func wait(_ name: RolloutName, within limit: Duration = .seconds(20), until claim: (Rollout) -> Bool)
        async throws
    {
        let deadline = ContinuousClock.now + limit
        while ContinuousClock.now < deadline {
            if let rollout = rollout(name), claim(rollout) { return }
            try await Task.sleep(for: .milliseconds(1))
        }
        throw CommandError("the bench waited \(limit.components.seconds) s in vain for \(name)")
    }
}

/// Runs a control loop on a journal in the folder for as long as the body runs.
func withLoop<Value: Sendable>(
    in folder: String, _ ports: Ports, _ body: @Sendable (ControlLoop) async throws -> Value
) async throws -> Value {
    let journal = try EventJournal.open(at: "\(folder)/journal.sqlite")
    let loop = ControlLoop(
        journal: journal, ports: ports, clock: SteadyClock(notBefore: Moment(microseconds: 0)),
        log: Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() })
    try await loop.recover()
    async let running: Void = loop.run()
    let outcome: Result<Value, any Error>
    do { outcome = .success(try await body(loop)) } catch { outcome = .failure(error) }
    await loop.stop(within: .seconds(2))
    await running
    try journal.close()
    return try outcome.get()
}

/// Started by a bad answer, read when the data plane shows the rollback.
final class Stopwatch: Sendable {
    private let state = Mutex<(start: ContinuousClock.Instant?, laps: [Duration])>((nil, []))

    var laps: [Duration] { state.withLock { $0.laps } }

    func start() { state.withLock { $0.start = .now } }

    func stop() {
        state.withLock { state in
            guard let start = state.start else { return }
            state.laps.append(ContinuousClock.now - start)
            state.start = nil
        }
    }
}

private struct BadNews: MetricProvider {
    let kind = "prometheus"
    private let stopwatch: Stopwatch

    init(_ stopwatch: Stopwatch) { self.stopwatch = stopwatch }

    func backend(of query: Query) -> String { "bench" }

    func sample(_ query: Query, at now: Moment) async -> Sample {
        stopwatch.start()
        return .value(.array([.float(0.5)]), warnings: [])
    }
}

/// A router that tells when a route is confirmed.
private struct Timed: TrafficRouter {
    let kind = "envoy"
    private let router: EnvoyRouter
    private let stopwatch: Stopwatch

    init(_ router: EnvoyRouter, _ stopwatch: Stopwatch) {
        self.router = router
        self.stopwatch = stopwatch
    }

    func backend(of target: TrafficTarget) -> String { router.backend(of: target) }

    func write(_ write: RouteWrite) async throws(RouteFailure) -> RouteReceipt {
        try await router.write(write)
    }

    func confirm(_ receipt: RouteReceipt) async throws(RouteFailure) -> RouteEvidence {
        let evidence = try await router.confirm(receipt)
        if receipt.write.route == .all(to: .a) { stopwatch.stop() }
        return evidence
    }

    func observe(_ rollout: RolloutName, _ target: TrafficTarget) async throws(RouteFailure) -> ObservedRoute?
    {
        try await router.observe(rollout, target)
    }

    func disturbances() -> AsyncStream<RolloutName> { router.disturbances() }
}
