import Analysis
import Manifests
import Rollouts
import Testing

/// `judge: kayenta`: what it takes, and what it says no to.
@Suite struct KayentaDocumentTests {
    private func template(_ kayenta: String, metric: String = "judge: kayenta") -> String {
        """
        apiVersion: headgate.dev/v1alpha1
        kind: AnalysisTemplate
        metadata: {name: judged}
        spec:
          args: [{name: canary, value: b}]
          metrics:
          - name: judged
            provider: {prometheus: {}}
        \(metric.indented(4))
            kayenta:
        \(kayenta.indented(6))
        """
    }

    private let good = """
        threshold: {pass: 90, marginal: 75}
        queries:
        - {name: errors, canary: "e{r='{{args.canary}}'}", baseline: "e{r='a'}", direction: increase}
        - {name: times, canary: tb, baseline: ta}
        """

    private func metric(_ kayenta: String) throws -> Metric {
        let rollout = native(
            "analysis: {templates: [{templateName: judged}]}, steps: [{setWeight: 5}, {pause: {}}]")
        let set = load(["r.yaml": rollout, "t.yaml": template(kayenta)])
        #expect(set.diagnostics.isEmpty, "\(set.diagnostics)")
        return try #require(set.declarations.first?.plan.background?.metrics.first)
    }

    private func complaints(_ text: String) -> [String] { load(["t.yaml": text]).diagnostics.map { "\($0)" } }

    @Test func whatIsNotSaidIsWhatKayentaTakes() throws {
        let metric = try metric(good)
        var judge = KayentaJudge()
        let times = KayentaAnalysis.Item(name: "times", judge: judge, groups: ["metrics"])
        judge.direction = .increase
        let errors = KayentaAnalysis.Item(name: "errors", judge: judge, groups: ["metrics"])
        #expect(metric.kayenta == KayentaAnalysis(items: [errors, times], pass: 90, marginal: 75))
        #expect(
            metric.query.kayenta
                == KayentaQuestion(
                    pairs: [
                        .init(canary: "e{r='b'}", baseline: "e{r='a'}"), .init(canary: "tb", baseline: "ta"),
                    ], step: .seconds(60), lookback: .minutes(30)))
        #expect(metric.query.text == "kayenta: errors, times")
        #expect(metric.successCondition == nil && metric.failureCondition == nil)
    }

    @Test func everythingCanBeSaid() throws {
        let more = """
            groups: {errors: 60, times: 40}
            lookback: 1h
            step: 30s
            samplesMin: 50
            """
        let said =
            good.replacing(
                "direction: increase",
                with: "group: errors, critical: true, nanStrategy: replace, outliers: {strategy: remove}, "
                    + "effectSize: {measure: cles, allowedIncrease: 0.6}"
            ).replacing("baseline: ta", with: "baseline: ta, group: times") + "\n" + more
        let metric = try metric(said)
        let analysis = try #require(metric.kayenta)
        #expect(analysis.weights == ["errors": 60, "times": 40] && analysis.samplesMin == 50)
        let judge = analysis.items[0].judge
        #expect(judge.isCritical && judge.nanStrategy == .replace && judge.outlierFactor == 3)
        #expect(judge.measure == .cles && judge.allowed == .init(decrease: 0.5, increase: 0.6))
        #expect(metric.query.kayenta?.step == .seconds(30) && metric.query.kayenta?.lookback == .hours(1))
    }

    @Test(arguments: [
        ("marginal: 75", "marginal: 95", "marginal 95 is more than pass 90"),
        ("name: times", "name: errors", "two queries are named"),
        ("queries:", "lookback: 5m\nqueries:", "has not room for 12 steps of 1m"),
        ("queries:", "groups: {error: 60}\nqueries:", "unknown group"),
        ("queries:", "groups: {metrics: 60}\nqueries:", "add up to 60, not to 100"),
        ("canary: tb, ", "", "missing"),
    ])
    func whatCantBeMeantIsRefused(what: String, by other: String, because: String) {
        let complaints = complaints(template(good.replacing(what, with: other)))
        #expect(complaints.contains { $0.contains(because) }, "\(complaints)")
    }

    @Test(arguments: [
        ("interval: 1m", "go together"),
        ("judge: netflix", "kayenta"),
        ("judge: kayenta\nsuccessCondition: result[0] > 1", "successCondition has no place beside kayenta"),
        ("judge: kayenta\ncompare: {kind: errors}", "compare has no place beside kayenta"),
    ])
    func whatJudgesBySomethingElseIsRefused(metric: String, because: String) {
        let complaints = complaints(template(good, metric: metric))
        #expect(complaints.contains { $0.contains(because) }, "\(complaints)")
    }

    @Test func aQueryOfItsOwnIsRefused() {
        let text = template(good).replacing("{prometheus: {}}", with: "{prometheus: {query: up}}")
        #expect(complaints(text).contains { $0.contains("query has no place beside compare or kayenta") })
    }

    @Test func argosDocumentsKnowNoJudge() {
        let text = template(good).replacing("headgate.dev", with: "argoproj.io")
            .replacing("    judge: kayenta", with: "    successCondition: result[0] > 1\n    judge: kayenta")
        #expect(complaints(text).contains { $0.contains("kayenta") }, "\(complaints(text))")
    }
}
