import Lab
import Testing

@testable import headgate

/// Every strategy on a real Envoy and a real Prometheus, under load: who is to see the release sees it, nobody else
/// does, and no request is lost by a shift. The demo tells the same stories.
@Suite(.serialized) struct StrategyTests {
    private static let scenarios: [DemoScenario] = [.rules, .blueGreen, .switchBack, .abTest, .bake]

    @Test func everyStrategyKeepsItsPromises() async throws {
        try await withLab { rig in
            let installation = try await Installation.set(
                in: rig, program: try theProgram(), manifest: DemoScenario.good.manifest)
            try await installation.begin()
            var report = DemoReport()
            for (number, scenario) in Self.scenarios.enumerated() {
                let play = DemoPlay(
                    installation: installation, scenario: scenario, version: "v\(number + 2)", perSecond: 150,
                    show: { _, _ in }, say: { _ in })
                report.scenarios.append(try await play.run())
            }
            #expect(report.trouble(of: Self.scenarios) == nil, "\(report.text)")
            #expect(report.scenarios.allSatisfy { $0.requests > 500 }, "\(report.text)")
        }
    }
}
