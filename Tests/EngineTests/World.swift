import Analysis
import Engine
import Foundation
import Journal
import Logging
import Rollouts

/// A mesh that keeps what is written to it, refuses what is below its fence, and obeys a script.
actor Mesh: TrafficRouter {
    nonisolated let kind = "envoy"
    private(set) var borne: [RolloutName: RouteWrite] = [:]
    private(set) var writes: [RouteWrite] = []
    private var failures: [RouteFailure] = []
    private var isFrozen = false
    private var blindLooks = 0
    private let changes: AsyncStream<RolloutName>
    private let change: AsyncStream<RolloutName>.Continuation

    init() {
        (changes, change) = AsyncStream.makeStream()
    }

    nonisolated func backend(of target: TrafficTarget) -> String { "mesh" }

    nonisolated func disturbances() -> AsyncStream<RolloutName> { changes }

    func write(_ write: RouteWrite) async throws(RouteFailure) -> RouteReceipt {
        if let failure = failures.popLast() { throw failure }
        while isFrozen {
            do { try await Task.sleep(for: .milliseconds(5)) } catch {
                throw RouteFailure(.unavailable, "the mesh hangs")
            }
        }
        if let bears = borne[write.rollout]?.since, borne[write.rollout] != write, !write.mayReplace(bears) {
            throw RouteFailure(.fenced, "the mesh bears #\(bears)", bears: bears)
        }
        if borne[write.rollout] != write { writes.append(write) }
        borne[write.rollout] = write
        return RouteReceipt(write: write, text: "written", token: "\(write.since)")
    }

    func confirm(_ receipt: RouteReceipt) async throws(RouteFailure) -> RouteEvidence {
        RouteEvidence(text: "the mesh shows #\(receipt.token)")
    }

    func observe(_ rollout: RolloutName, _ target: TrafficTarget) async throws(RouteFailure) -> ObservedRoute?
    {
        if blindLooks > 0 {
            blindLooks -= 1
            throw RouteFailure(.unavailable, "the mesh can't be read")
        }
        return borne[rollout].map {
            ObservedRoute(
                route: $0.route, since: $0.since, journal: $0.journal, text: "a=\($0.route.weight(of: .a))")
        }
    }

    // The script.

    func fail(_ failure: RouteFailure) { failures.append(failure) }
    func freeze(_ isFrozen: Bool) { self.isFrozen = isFrozen }
    func hideFrom(looks: Int) { blindLooks = looks }

    func disturb(_ rollout: RolloutName, _ route: Route) {
        guard let write = borne[rollout] else { return }
        borne[rollout] = RouteWrite(
            rollout: rollout, target: write.target, route: route, since: write.since, journal: write.journal)
        change.yield(rollout)
    }
}

/// A metrics store with one answer for everybody.
actor Store: MetricProvider {
    nonisolated let kind = "prometheus"
    private(set) var asked = 0
    private var answer: Sample = .value(.array([.float(1)]), warnings: [])

    nonisolated func backend(of query: Query) -> String { "store" }

    func sample(_ query: Query, at now: Moment) async -> Sample {
        asked += 1
        return answer
    }

    func answer(_ number: Double) { answer = .value(.array([.float(number)]), warnings: []) }
    func answer(_ failure: SampleFailure) { answer = .failure(failure) }
    func answer(_ sample: Sample) { answer = sample }
}

/// A control loop over a real journal on a temporary file, a scripted mesh and a scripted store.
struct World {
    let mesh = Mesh()
    let store = Store()
    let path = FileManager.default.temporaryDirectory.appending(path: "headgate-\(UUID()).sqlite").path
    let checkout = RolloutName("checkout")

    /// Starts the engine on the world's journal, runs the body, and stops it: a restart is a second call.
    @discardableResult
    func run<Value: Sendable>(
        limits: EngineLimits = EngineLimits(
            journalPatience: .milliseconds(50), journalRetry: .milliseconds(100)),
        _ body: @Sendable (ControlLoop) async throws -> Value
    ) async throws -> Value {
        let journal = try EventJournal.open(at: path, busyTimeout: .milliseconds(300))
        let clock = SteadyClock(notBefore: try await journal.lastMoment() ?? Moment(microseconds: 0))
        let ports = Ports(routers: [mesh], providers: [store])
        let loop = ControlLoop(
            journal: journal, ports: ports, clock: clock, limits: limits,
            log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try await loop.recover()
        async let running: Void = loop.run()
        let outcome: Result<Value, any Error>
        do { outcome = .success(try await body(loop)) } catch { outcome = .failure(error) }
        await loop.stop(within: .seconds(1))
        await running
        try journal.close()
        return try outcome.get()
    }

    func declaration(
        _ steps: [Step], background: [Metric] = [], name: RolloutName? = nil, judgement: Judgement = .safe
    ) -> Declaration {
        Declaration(
            name: name ?? checkout, traffic: TrafficTarget(router: "envoy", backends: .init(a: "a", b: "b")),
            plan: Plan(
                steps: steps,
                background: background.isEmpty ? nil : BackgroundAnalysis(metrics: background),
                judgement: judgement),
            source: "rollouts/checkout.yaml")
    }

    func metric(every interval: Duration = .milliseconds(20), count: Int? = nil) -> Metric {
        Metric(
            name: "success", query: Query(provider: "prometheus", text: "success"), interval: interval,
            count: count, successCondition: "result[0] >= 0.95")
    }

    /// v1 stable, v2 started.
    func launch(_ loop: ControlLoop, _ declaration: Declaration) async throws {
        _ = try await loop.submit(.declare(declaration), to: declaration.name, by: "git")
        _ = try await loop.submit(.start(release: "v1"), to: declaration.name, by: "ci")
        try await until(loop, declaration.name) { $0.stable?.name == "v1" }
        _ = try await loop.submit(.start(release: "v2"), to: declaration.name, by: "ci")
    }

    /// Waits for a state; a claim that never comes true ends the test.
    func until(
        _ loop: ControlLoop, _ name: RolloutName? = nil, _ claim: (Rollout) -> Bool
    ) async throws {
        let deadline = ContinuousClock.now + .seconds(10)
        while ContinuousClock.now < deadline {
            if let rollout = await loop.rollout(name ?? checkout), claim(rollout) { return }
            try await Task.sleep(for: .milliseconds(2))
        }
        throw Impatient(state: await loop.rollout(name ?? checkout).map { "\($0)" } ?? "no rollout")
    }
}

struct Impatient: Error {
    let state: String
}

func weight(_ percent: Int) -> Weight {
    guard let weight = Weight(percent: percent) else { preconditionFailure("no weight: \(percent)") }
    return weight
}

extension Rollout {
    var isAborted: Bool {
        if case .aborted = phase { true } else { false }
    }
}
