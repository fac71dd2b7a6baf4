import Analysis
import Engine
import Foundation
import Intake
import Journal
import Logging
import Rollouts

/// A folder with manifests that a test writes, and a control loop that is to follow it.
struct Checkout {
    private let scratch = Scratch()
    var path: String { scratch.path + "/checkout" }
    private var journalPath: String { scratch.path + "/journal.sqlite" }

    init() throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    func write(_ name: String, _ text: String, in folder: String? = nil) throws {
        try text.write(toFile: "\(folder ?? path)/\(name)", atomically: false, encoding: .utf8)
    }

    func remove(_ name: String) throws {
        try FileManager.default.removeItem(atPath: "\(path)/\(name)")
    }

    /// Runs the loop with a watcher of the folders, here the whole checkout.
    func follow(
        _ paths: [String]? = nil, _ body: @Sendable (ControlLoop, ManifestWatcher) async throws -> Void
    ) async throws {
        let journal = try EventJournal.open(at: journalPath)
        let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let clock = SteadyClock(notBefore: try await journal.lastMoment() ?? Moment(microseconds: 0))
        let loop = ControlLoop(
            journal: journal, ports: Ports(routers: [], providers: []), clock: clock, log: log)
        try await loop.recover()
        async let running: Void = loop.run()
        let watcher = ManifestWatcher(
            paths: paths ?? [path], loop: loop, interval: .milliseconds(20), log: log)
        let outcome: Result<Void, any Error>
        do { outcome = .success(try await body(loop, watcher)) } catch { outcome = .failure(error) }
        await loop.stop(within: .zero)
        await running
        try journal.close()
        try outcome.get()
    }
}

extension ManifestWatcher {
    /// One look sees that something changed, the next that it keeps still.
    func settle() async {
        await look()
        await look()
    }
}

/// A rollout with one step of this weight.
func manifest(_ name: String, weight: Int = 20) -> String {
    """
    apiVersion: headgate.dev/v1alpha1
    kind: Rollout
    metadata: {name: \(name)}
    spec: {strategy: {canary: {trafficRouting: {envoy: {clusters: [\(name)-a, \(name)-b]}}, steps: [{setWeight: \(weight)}, {pause: {}}]}}}

    """
}

extension ControlLoop {
    /// Whether the rollout comes to be like this within some seconds.
    func until(_ name: RolloutName, _ claim: (Rollout) -> Bool) async -> Bool {
        for _ in 0..<500 {
            if let rollout = rollout(name), claim(rollout) { return true }
            // Cancelled means that the test is over.
            guard (try? await Task.sleep(for: .milliseconds(10))) != nil else { return false }
        }
        return false
    }

    /// The first weight that the rollout declares, in percent.
    func weight(of name: String) -> Double? {
        guard case .setWeight(let weight)? = rollout(RolloutName(name))?.declaration?.plan.steps.first else {
            return nil
        }
        return weight.percent
    }

    func isWithdrawn(_ name: String) -> Bool? { rollout(RolloutName(name))?.isWithdrawn }
}
