import Analysis
import Manifests
import Rollouts
import Testing

/// `metrics[].compare`: what it takes, and what it says no to.
@Suite struct ComparisonDocumentTests {
    private func template(_ metric: String, falseRollback: String = "1%") -> String {
        """
        apiVersion: headgate.dev/v1alpha1
        kind: AnalysisTemplate
        metadata: {name: compared}
        spec:
          args: [{name: canary, value: b}, {name: stable, value: a}]
          falseRollback: \(falseRollback)
          metrics:
          - name: errors
            provider: {prometheus: {}}
        \(metric.indented(4))
        """
    }

    private let good = """
        compare:
          kind: errors
          bad: http_requests_total{code=~"5.."}
          total: http_requests_total
          arms: {label: release, canary: "{{args.canary}}", stable: "{{args.stable}}"}
        """

    private func rollout(_ canary: String) -> String {
        native("analysis: {templates: [{templateName: compared}]},\n\(canary)")
    }

    /// The metric as a rollout gets it that watches it in the background.
    private func metric(_ text: String) throws -> Metric {
        let set = load(["r.yaml": rollout("steps: [{setWeight: 5}, {pause: {}}]"), "t.yaml": text])
        #expect(set.diagnostics.isEmpty, "\(set.diagnostics)")
        return try #require(set.declarations.first?.plan.background?.metrics.first)
    }

    private func complaints(_ text: String) -> [String] {
        load(["t.yaml": text]).diagnostics.map { "\($0)" }
    }

    @Test func whatIsNotSaidIsWhatMostPeopleNeed() throws {
        let metric = try metric(template(good))
        #expect(metric.interval == .seconds(15))
        #expect(metric.comparison == Comparison(kind: .errors, pass: Comparison.Pass(isFinal: false)))
        let counters = try #require(metric.query.counters)
        #expect(
            counters.selectors == [
                .init(.bad, #"http_requests_total{code=~"5.."}"#), .init(.requests, "http_requests_total"),
            ])
        #expect((counters.label, counters.canary, counters.stable) == ("release", "b", "a"))
        #expect(counters.settle == .seconds(20))
        #expect(metric.query.text == #"errors: http_requests_total{code=~"5.."} of http_requests_total"#)
    }

    @Test func everythingCanBeSaid() throws {
        let more = """
            margin: {relative: 50%, absolute: 0.5%}
            direction: decrease
            weight: 2
            warmup: 30s
            settle: 10s
            minExcess: 8
            dispersion: 1.5
            history: 30m
            pass: {margin: {relative: 100%}, falsePass: 1%}
            atHorizon: inconclusive
            noData: {hold: 5m, then: abort}
            """
        let text = good + "\n" + more.indented(2)
        let comparison = try metric(template(text, falseRollback: "5%")).comparison
        #expect(
            comparison
                == Comparison(
                    kind: .errors, direction: .decrease, margin: Margin(ratio: 1.5, absolute: 0.005),
                    pass: .init(margin: Margin(ratio: 2, absolute: 0.001), falsePass: 0.01, isFinal: false),
                    weight: 2, falseRollback: 0.05, warmup: .seconds(30), minExcess: 8, dispersion: 1.5,
                    history: .seconds(1_800), atHorizon: .inconclusive,
                    silence: .init(hold: .seconds(300), then: .abort)))
    }

    @Test func aStepIsEndedByAProof() throws {
        let set = load([
            "r.yaml": native("steps: [{setWeight: 5}, {analysis: {templates: [{templateName: compared}]}}]"),
            "t.yaml": template(good),
        ])
        #expect(set.diagnostics.isEmpty, "\(set.diagnostics)")
        guard case .analysis(let metrics) = set.declarations.first?.plan.steps.last else {
            Issue.record("no analysis")
            return
        }
        #expect(metrics[0].comparison?.pass?.isFinal == true)
    }

    @Test(arguments: [
        ("kind: errors", "kind: error", #"unknown name "error""#),
        ("total: http_requests_total", "histogram: x", "missing total: kind errors reads bad and total"),
        ("total: http_requests_total", "histogram: x", "histogram is of no use to kind errors"),
        ("total: http_requests_total", "total: sum(x)", #""sum(x)" is more than a selector"#),
        ("total: http_requests_total", "total: 'x{a=\"b\"}[5m]'", "goes on behind its labels"),
        ("total: http_requests_total", "total: 'x{a=\"}\"'", "has no end"),
        (#"canary: "{{args.canary}}""#, "canary: a", #"canary and stable are both "a""#),
        ("label: release", "label: re-lease", #""re-lease" is no name of a label"#),
        (
            "kind: errors", "kind: errors\n  margin: {relative: 25}",
            "expected a percentage such as 25% or 0.1%"
        ),
        ("kind: errors", "kind: errors\n  dispersion: 0.5", "0.5 is less than 1"),
        ("kind: errors", "kind: errors\n  dispersion: much", "expected auto, or a number from 1 on"),
    ])
    func whatCannotBeMeantIsRefused(part: String, instead: String, message: String) {
        let found = complaints(template(good.replacing(part, with: instead)))
        #expect(found.contains { $0.contains(message) }, "\(found)")
    }

    @Test func aComparisonHasNoConditionsAndNoQuery() {
        let conditions = complaints(template(good + "\nsuccessCondition: result[0] > 1\nfailureLimit: 2"))
        #expect(conditions.count == 2 && conditions.allSatisfy { $0.contains("has no place beside compare") })
        let query = complaints(
            template(good).replacing("prometheus: {}", with: "prometheus: {query: up}"))
        #expect(query.count == 1 && query[0].contains("query has no place beside compare"), "\(query)")
    }

    @Test func argosDocumentsKnowNoComparison() {
        let found = complaints(template(good).replacing("headgate.dev", with: "argoproj.io"))
        #expect(found.contains { $0.contains("compare") }, "\(found)")
    }

    @Test func aBakeHasNothingToCompareWith() {
        let found = load([
            "r.yaml": native(
                "steps: [{setWeight: 5}], bake: {duration: 1m, analysis: {templates: [{templateName: compared}]}}"
            ),
            "t.yaml": template(good),
        ]).diagnostics.map { "\($0)" }
        #expect(found.contains { $0.contains("has no traffic in a bake") }, "\(found)")
    }
}
