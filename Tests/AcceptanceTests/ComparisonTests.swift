import Lab
import Server
import Testing

@testable import headgate

/// A release that fails is caught by comparison at 5 % of the traffic, on a real Envoy and a real Prometheus.
@Suite(.serialized) struct ComparisonTests {
    private static let manifest = """
        apiVersion: headgate.dev/v1alpha1
        kind: Rollout
        metadata: {name: checkout}
        spec:
          strategy:
            canary:
              trafficRouting: {envoy: {clusters: [checkout-a, checkout-b]}}
              analysis:
                startingStep: 1
                templates: [{templateName: errors-compared}]
                args:
                - {name: canary, valueFrom: {backend: canary}}
                - {name: stable, valueFrom: {backend: stable}}
              steps: [{setWeight: 5}, {pause: {duration: 5m}}, {setWeight: 50}]
        ---
        apiVersion: headgate.dev/v1alpha1
        kind: AnalysisTemplate
        metadata: {name: errors-compared}
        spec:
          args: [{name: canary}, {name: stable}]
          metrics:
          - name: errors
            interval: 1s
            provider: {prometheus: {}}
            compare:
              kind: errors
              bad: envoy_cluster_upstream_rq_xx{envoy_response_code_class="5"}
              total: envoy_cluster_upstream_rq_completed
              arms: {label: envoy_cluster_name, canary: "{{args.canary}}", stable: "{{args.stable}}"}
              warmup: 2s
              settle: 1s
              history: 0s
              dispersion: 1
        """

    @Test func aReleaseThatFailsIsCaughtByComparisonAtFivePercent() async throws {
        try await withLab { rig in
            let installation = try await Installation.set(
                in: rig, program: try theProgram(), manifest: Self.manifest)
            try await installation.begin()
            let service = try await installation.deploy("v2")
            let load = Load(try installation.url(), perSecond: 150, http: installation.http)
            let result = try await load.during {
                try await installation.announce("v2")
                let comparing = try await installation.wait(for: "some looks") { status in
                    status.analyses.first?.metrics.first.map { $0.count >= 6 } ?? false
                }
                #expect(comparing.weight == 5 && comparing.hold == nil, "\(comparing.message)")
                #expect(comparing.analyses[0].metrics[0].lastMessage?.contains("canary errors 0/") == true)
                try await service.set(DemoFault(rate: 0.4))
                _ = try await installation.wait(for: "v2 to be taken back") {
                    $0.failure?.release == "v2" && $0.routing?.isApplied == true
                }
            }
            let failure = try #require(try await installation.client.status(Installation.rollout).failure)
            #expect(failure.step == 2, "it never got more than 5 %")
            #expect(failure.reason.contains("errors: canary errors "), "\(failure.reason)")
            #expect(failure.reason.contains(" ≥ 100 after "), "\(failure.reason)")
            let explained = try await installation.type(["explain", Installation.rollout])
            #expect(explained.contains(failure.reason), "\(explained)")
            #expect(result.failedByShift == 0)
        }
    }
}
