import Analysis
import Engine
import Foundation
import Journal
import Logging
import Rollouts
import Synchronization

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
        let trouble = rollout(name)?.routing?.trouble.map { ": \($0)" } ?? ""
        throw CommandError("the bench waited \(limit.components.seconds) s in vain for \(name)\(trouble)")
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
