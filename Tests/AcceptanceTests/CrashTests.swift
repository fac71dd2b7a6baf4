import Analysis
import Foundation
import Journal
import Lab
import Rollouts
import Server
import Testing

@testable import headgate

/// The server is killed with -9 at many points of a rollout, on a real Envoy, under load, and started again.
///
/// Each time the rollout must end as the quiet run does, Envoy must never show a weight that no journaled event
/// wanted, and no request may be lost.
@Suite(.serialized) struct CrashTests {
    @Test func aGoodReleaseArrivesWhereverTheServerIsKilled() async throws {
        try await onInstallation(.quick) { installation, envoy in
            for number in 0..<20 {
                let release = "good-\(number)"
                try await installation.announce(release)
                try await Task.sleep(for: .milliseconds(40 * number))
                await installation.server.crash()
                try await installation.server.start()
                let end = try await installation.wait(for: "\(release) to arrive") { $0.isAtRest }
                #expect(end.stable?.release == release, "killed after \(40 * number) ms: \(end.message)")
            }
        }
    }

    @Test func aBadReleaseGoesBackWhereverTheServerIsKilled() async throws {
        try await onInstallation(.judged) { installation, envoy in
            try await installation.deploy("bad").set(DemoFault(rate: 1))
            for number in 0..<8 {
                let release = "bad-\(number)"
                try await installation.announce(release)
                try await Task.sleep(for: .milliseconds(330 * number))
                await installation.server.crash()
                try await installation.server.start()
                let end = try await installation.wait(for: "\(release) to be taken back") { $0.isAtRest }
                #expect(end.failure?.release == release, "killed after \(330 * number) ms: \(end.message)")
                #expect(end.stable?.release == "v1")
            }
        }
    }

    /// Sets one up, begins with v1, watches Envoy and loads it while the body runs, and compares what was seen
    /// with the journal.
    private func onInstallation(
        _ manifest: Manifest, _ body: (Installation, EnvoyEye) async throws -> Void
    ) async throws {
        try await withLab { rig in
            let installation = try await Installation.set(
                in: rig, program: try theProgram(), manifest: manifest.text)
            try await installation.begin()
            _ = try await installation.deploy("other")
            let eye = EnvoyEye(installation)
            let load = Load(try installation.url(), perSecond: 100, http: installation.http)
            let seen = try await load.during {
                try await eye.watching { try await body(installation, eye) }
            }
            #expect(seen.failedByShift == 0)
            await installation.server.stop()
            try await expectOnlyJournaledWeights(eye.sights, "\(installation.folder)/journal.sqlite")
        }
    }

    private func expectOnlyJournaledWeights(_ sights: Set<EnvoyEye.Sight>, _ path: String) async throws {
        let journal = try EventJournal.openReading(at: path)
        var wanted: Set<EnvoyEye.Sight> = []
        var rollout = Rollout(name: RolloutName(Installation.rollout))
        try await journal.replay { entry throws(JournalError) in
            rollout.apply(entry.event, at: entry.moment)
            guard let routing = rollout.routing else { return }
            wanted.insert(EnvoyEye.Sight(since: routing.since, a: routing.route.weight(of: .a).millionths))
        }
        #expect(sights.count > 3, "Envoy was hardly looked at: \(sights)")
        #expect(sights.subtracting(wanted).isEmpty, "no event wanted this")
        #expect(try await journal.verify().flaw == nil)
    }
}

extension RolloutStatus {
    /// Nothing in flight, and the data plane shows it.
    fileprivate var isAtRest: Bool { canary == nil && routing?.isApplied == true }
}

private enum Manifest {
    case quick, judged

    var text: String {
        switch self {
        case .quick:
            DemoManifest.rollout(
                steps: [
                    "setWeight: 5", "pause: {duration: 150ms}", "setWeight: 20", "pause: {duration: 150ms}",
                    "setWeight: 50", "pause: {duration: 150ms}",
                ], initialDelay: "0s")
        case .judged:
            DemoManifest.rollout(steps: ["setWeight: 20", "pause: {duration: 20s}"], initialDelay: "1s")
        }
    }
}
