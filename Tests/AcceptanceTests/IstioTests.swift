import Kubernetes
import Lab
import Server
import TestCluster
import Testing
import Transport

@testable import headgate

/// The server moves the traffic of a real Envoy by a VirtualService in an API server, under load.
@Suite(.serialized) struct IstioTests {
    private static let scenarios: [DemoScenario] = [.istio, .istioBad]

    /// The demo tells the same stories.
    @Test func aGoodReleaseClimbsDespiteMeddlingAndABadOneIsTakenBack() async throws {
        try await withLab { rig in
            let report = try await withIstio(
                in: rig, program: try theProgram(), manifest: DemoManifest.istio, proof: "observed"
            ) { installation, stage in
                var report = DemoReport()
                for (number, scenario) in Self.scenarios.enumerated() {
                    let play = DemoPlay(
                        installation: installation, scenario: scenario, version: "v\(number + 2)",
                        perSecond: 200, show: { _, _ in }, say: { _ in }, stage: stage)
                    report.scenarios.append(try await play.run())
                }
                let evidence = try await installation.entries("routed")
                #expect(evidence.contains { $0.sentence.contains("observed") }, "\(evidence.map(\.sentence))")
                #expect(await stage.follower.trouble == nil)
                return report
            }
            #expect(report.trouble(of: Self.scenarios) == nil, "\(report.text)")
            #expect(report.scenarios.allSatisfy { $0.requests > 500 }, "\(report.text)")
            #expect(report.scenarios.last?.breachToStableMs != nil, "\(report.text)")
        }
    }

    /// Somebody else is faster, the API server is out of order, and it answers too late to be heard.
    @Test func anAPIServerInTroubleDelaysAStepAndLosesNothing() async throws {
        try await withLab { rig in
            try await withIstio(
                in: rig, program: try theProgram(), manifest: DemoManifest.istio(steps: Self.quick)
            ) { installation, stage in
                _ = try await installation.deploy("v2")
                let load = Load(try installation.url(), perSecond: 150, http: installation.http)
                let result = try await load.during {
                    try await installation.announce("v2")
                    _ = try await installation.wait(for: "the first pause") { $0.step?.number == 2 }
                    for mishap in [ClusterFault.Mishap.conflict, .inner, .answerLost] {
                        stage.cluster.inject(ClusterFault(mishap, verbs: [.patch], .virtualService))
                    }
                    let end = try await installation.wait(for: "v2 to arrive") {
                        $0.stable?.release == "v2" && $0.routing?.isApplied == true
                    }
                    #expect(end.failure == nil)
                }
                #expect(result.failedByShift == 0 && result.failedByRelease == 0, "\(result.replies)")
                #expect(try await !installation.entries("routeFailed").isEmpty, "the 500 was never met")
                #expect(stage.share(of: "checkout-b") == 1)
                #expect(stage.claimForeignIsUntouched().holds)
            }
        }
    }

    /// The verdict is reached while the API server refuses: the way back is tried until it is open.
    @Test func aRollbackIsTriedUntilTheAPIServerTakesIt() async throws {
        try await withLab { rig in
            try await withIstio(
                in: rig, program: try theProgram(),
                manifest: DemoManifest.istio(steps: ["setWeight: 50", "pause: {duration: 30s}"])
            ) { installation, stage in
                let service = try await installation.deploy("v2")
                let load = Load(try installation.url(), perSecond: 150, http: installation.http)
                let result = try await load.during {
                    try await installation.announce("v2")
                    _ = try await installation.wait(for: "the pause") {
                        $0.step?.number == 2 && $0.routing?.isApplied == true
                    }
                    stage.cluster.inject(ClusterFault(.unavailable, .virtualService, times: 5))
                    try await service.set(DemoFault(rate: 1))
                    _ = try await installation.wait(for: "v2 to be taken back") {
                        $0.failure?.release == "v2" && $0.routing?.isApplied == true
                    }
                }
                #expect(result.failedByShift == 0)
                #expect(stage.share(of: "checkout-b") == 0)
            }
        }
    }

    private static let quick = [
        "setWeight: 10", "pause: {duration: 2s}", "setWeight: 40", "pause: {duration: 2s}",
    ]
}

extension Installation {
    nonisolated func entries(_ kind: String) async throws -> [HistoryEntry] {
        let history = try await client.history(Self.rollout, after: 0, limit: 1_000)
        return history.entries.filter { $0.kind == kind }
    }
}
