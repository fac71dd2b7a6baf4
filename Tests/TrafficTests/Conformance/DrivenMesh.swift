import Analysis
import Engine
import Journal
import Logging
import Rollouts
import Testing

@testable import Traffic

/// A rollout that a real loop drives in some mesh.
struct Driven: Sendable {
    let loop: ControlLoop

    static let name = RolloutName("web")

    var rollout: Rollout? { get async { await loop.rollout(Self.name) } }

    func order(_ command: Command) async throws {
        _ = try await loop.submit(command, to: Self.name, by: "alice")
    }

    /// What never comes is told with what there is instead.
    func until(_ what: String, _ claim: (Rollout) async throws -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(20)
        while ContinuousClock.now < deadline {
            if let rollout = await rollout, try await claim(rollout) { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        let routing = await rollout?.routing
        Issue.record("waited in vain until \(what): \(routing?.trouble ?? "\(String(describing: routing))")")
    }

    /// Somebody meddles, and it is left so.
    func strays(in mesh: some RoutedMesh) async throws {
        try await mesh.meddle()
        try await until("it is noticed") { $0.routing?.stray != nil }
        // Long enough for a write, if there were to be one.
        try await Task.sleep(for: .milliseconds(300))
        #expect(try await !mesh.gives(20), "it is left as it is")
        #expect(await rollout?.routing?.isApplied == false, "and does not count")
    }
}

extension RoutedMesh {
    /// With v1 stable, and v2 resting at 20 %.
    func driven(_ drift: DriftPolicy, _ body: (Driven) async throws -> Void) async throws {
        let journal = try EventJournal.open(at: "\(try temporaryFolder())/journal.sqlite")
        let limits = EngineLimits(driftPause: .milliseconds(20), driftRetry: .milliseconds(100))
        let loop = ControlLoop(
            journal: NorthernJournal(journal: journal), ports: Ports(routers: [router], providers: []),
            clock: SteadyClock(notBefore: Moment(microseconds: 0)), limits: limits,
            log: Logger(label: "drift") { _ in SwiftLogNoOpLogHandler() })
        try await loop.recover()
        async let running: Void = loop.run()
        let outcome: Result<Void, any Error>
        do { outcome = .success(try await begin(Driven(loop: loop), drift, body)) } catch {
            outcome = .failure(error)
        }
        await loop.stop(within: .seconds(2))
        await running
        try journal.close()
        try outcome.get()
    }

    private func begin(
        _ driven: Driven, _ drift: DriftPolicy, _ body: (Driven) async throws -> Void
    ) async throws {
        let twenty = try #require(Weight(percent: 20))
        // Some meshes bear the number 2 from their setting up: the log has to be longer.
        for number in 1...4 {
            let plan = Plan(steps: [.setWeight(twenty), .pause(nil)], judgement: .safe)
            try await driven.order(
                .declare(
                    Declaration(
                        name: Driven.name, traffic: target, plan: plan, source: "web-\(number).yaml",
                        drift: drift)))
        }
        try await driven.order(.start(release: "v1"))
        try await driven.until("v1 is stable") { $0.stable?.name == "v1" && $0.routing?.isApplied == true }
        try await driven.order(.start(release: "v2"))
        try await driven.until("v2 rests at 20 %") {
            $0.routing?.route.weight(of: .b) == twenty && $0.routing?.isApplied == true
        }
        try await body(driven)
    }
}

/// A real journal under the name that the marks of all conformance claims bear.
private struct NorthernJournal: EngineJournal {
    let journal: EventJournal

    var identity: String { "north" }

    nonisolated(nonsending) func append(_ entries: [Entry]) async throws(JournalError) {
        try await journal.append(entries)
    }

    nonisolated(nonsending) func append(
        _ entries: [Entry], delivery: Delivery
    ) async throws(JournalError) -> DeliveryOutcome {
        try await journal.append(entries, delivery: delivery)
    }

    nonisolated(nonsending) func replay(
        _ body: (Entry) throws(JournalError) -> Void
    ) async throws(JournalError) {
        try await journal.replay(body)
    }
}
