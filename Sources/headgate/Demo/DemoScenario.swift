import ArgumentParser
import Foundation
import Lab
import Server

/// One story of the demo.
enum DemoScenario: String, CaseIterable, ExpressibleByArgument {
    case good, bad, manual

    var title: String {
        switch self {
        case .good: "a good release is announced by CI and climbs to all traffic"
        case .bad: "a release that starts to fail half-way is taken back by itself"
        case .manual: "a release waits at a pause until a person promotes it"
        }
    }

    fileprivate var manifest: String { self == .manual ? DemoManifest.asking : DemoManifest.climbing }
}

/// Plays a scenario on an installation, under a steady load, and says what was seen.
struct DemoPlay {
    let installation: Installation
    let scenario: DemoScenario
    let version: String
    let perSecond: Int
    let show: (RolloutStatus, LoadResult) -> Void
    let say: (String) -> Void

    func run() async throws -> DemoReport.Scenario {
        let load = Load(try installation.url(), perSecond: perSecond, http: installation.http)
        let began = ContinuousClock.now
        let before = try await installation.client.status(Installation.rollout).sequence
        var breachAt: Date?
        let result = try await load.during {
            breachAt = try await play(load)
            // A moment more, so that a request lost by the last shift would be seen.
            try await Task.sleep(for: .milliseconds(500))
        }
        let history = try await installation.client.history(Installation.rollout, after: before, limit: 1_000)
        return report(result, history.entries, breachAt, ContinuousClock.now - began)
    }

    private func play(_ load: Load) async throws -> Date? {
        try installation.commit(scenario.manifest)
        say("CI deploys \(version) to the place without traffic and announces it by a signed webhook")
        let service = try await installation.deploy(version)
        try await reread()
        try await installation.announce(version)
        switch scenario {
        case .good: try await arrive(load)
        case .manual: try await promote(load)
        case .bad: return try await breakDown(service, load)
        }
        return nil
    }

    /// The watcher takes a changed file once it has kept still for a second.
    private func reread() async throws {
        _ = try await installation.wait(for: "the manifest to be taken") { status in
            scenario != .manual || status.steps.contains { $0.contains("promote") }
        }
    }

    private func arrive(_ load: Load) async throws {
        _ = try await installation.wait(for: "\(version) to arrive", each: { show($0, load.result) }) {
            $0.stable?.release == version && $0.routing?.isApplied == true
        }
    }

    private func promote(_ load: Load) async throws {
        _ = try await installation.wait(for: "the pause", each: { show($0, load.result) }) {
            $0.step?.number == 2
        }
        try await Task.sleep(for: .seconds(3))
        say("a person types: headgate promote checkout")
        let answer = try await installation.type(["promote", Installation.rollout])
        say(answer.trimmingCharacters(in: .whitespacesAndNewlines))
        try await arrive(load)
    }

    private func breakDown(_ service: DemoProcess, _ load: Load) async throws -> Date {
        _ = try await installation.wait(for: "the second weight", each: { show($0, load.result) }) {
            ($0.step?.number ?? 0) >= 4
        }
        try await service.set(DemoFault(rate: 0.4))
        let breachAt = Date()
        say("\(version) starts to fail 40 % of its requests")
        _ = try await installation.wait(for: "\(version) to be taken back", each: { show($0, load.result) }) {
            $0.failure?.release == version && $0.routing?.isApplied == true
        }
        return breachAt
    }

    private func report(
        _ result: LoadResult, _ history: [HistoryEntry], _ breachAt: Date?, _ time: Duration
    ) -> DemoReport.Scenario {
        let abort = history.last { $0.kind == "aborted" }
        let applied = abort.flatMap { abort in
            history.first { $0.kind == "routed" && $0.sequence > abort.sequence }
        }
        let stableAt = applied.map { Double($0.microseconds) / 1_000 }
        let seconds = time / .seconds(1)
        return DemoReport.Scenario(
            name: scenario.rawValue, outcome: abort == nil ? .promoted : .rolledBack,
            requests: result.requests,
            requestsPerSecond: Int(Double(result.requests) / seconds),
            failedByRelease: result.failedByRelease,
            failedByShift: result.failedByShift,
            breachToStableMs: breachAt.flatMap { at in stableAt.map { $0 - at.timeIntervalSince1970 * 1_000 }
            },
            verdictToAppliedMs: abort.flatMap { abort in
                stableAt.map { $0 - Double(abort.microseconds) / 1_000 }
            },
            seconds: (seconds * 10).rounded() / 10)
    }
}
