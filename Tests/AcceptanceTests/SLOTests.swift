import Lab
import Server
import Testing

@testable import headgate

/// An error budget that a release spends, on a real Envoy and a real Prometheus.
@Suite(.serialized) struct SLOTests {
    private static let manifest = """
        apiVersion: headgate.dev/v1alpha1
        kind: Rollout
        metadata: {name: checkout}
        spec:
          slos:
          - name: availability
            interval: 1s
            inline:
              objective: 99.9%
              window: 30d
              bad: envoy_cluster_upstream_rq_xx{envoy_cluster_name=~"checkout-.",envoy_response_code_class="5"}
              total: envoy_cluster_upstream_rq_completed{envoy_cluster_name=~"checkout-."}
          strategy:
            canary:
              trafficRouting: {envoy: {clusters: [checkout-a, checkout-b]}}
              steps: [{setWeight: 5}, {pause: {duration: 5m}}, {setWeight: 50}]
        """

    @Test func aReleaseThatBurnsTheBudgetIsTakenBackAndTheNextOneWaits() async throws {
        try await withLab { rig in
            let installation = try await Installation.set(
                in: rig, program: try theProgram(), manifest: Self.manifest)
            try await installation.begin()
            let service = try await installation.deploy("v2")
            let load = Load(try installation.url(), perSecond: 150, http: installation.http)
            _ = try await load.during {
                try await installation.announce("v2")
                let watched = try await installation.wait(for: "the budget to be whole") { status in
                    status.weight == 5 && status.hold == nil && (status.objective?.successful ?? 0) >= 3
                }
                #expect(watched.objective?.lastMessage?.hasPrefix("100 % of the error budget left") == true)
                try await service.set(DemoFault(rate: 1))
                let failed = try await installation.wait(for: "v2 to be taken back") {
                    $0.failure?.release == "v2" && $0.routing?.isApplied == true
                }
                let reason = failed.failure?.reason ?? ""
                #expect(reason.contains("availability: the error budget burns "), "\(reason)")
                #expect(reason.contains("over 1h and ") && reason.contains("(page at 14.4×)"), "\(reason)")
                let explained = try await installation.type(["explain", Installation.rollout])
                #expect(explained.contains(reason), "\(explained)")

                _ = try await installation.deploy("v3")
                try await installation.announce("v3")
                let held = try await installation.wait(for: "v3 to be held") { status in
                    status.canary?.release == "v3" && status.objective?.lastMessage != nil
                }
                #expect(held.hold?.kind == .slo && held.weight == 0, "\(held.message)")
                #expect(held.message.contains("of the error budget"), "\(held.message)")
                _ = try await installation.type(["promote", Installation.rollout, "--full"])
                _ = try await installation.wait(for: "v3 to have all traffic") { $0.stable?.release == "v3" }
            }
        }
    }
}

extension RolloutStatus {
    fileprivate var objective: MetricStatus? {
        analyses.first { $0.kind == .slos }?.metrics.first
    }
}
