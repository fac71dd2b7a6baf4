import Analysis
import Manifests
import Rollouts
import Testing

/// Templates among themselves, and rollouts that refer to them.
struct TemplateTests {
    private func rollout(_ analysis: String) -> String {
        native(steps: "{analysis: {\(analysis)}}")
    }

    private func template(_ name: String, _ spec: String, kind: String = "AnalysisTemplate") -> String {
        """
        apiVersion: headgate.dev/v1alpha1
        kind: \(kind)
        metadata: {name: \(name)}
        spec: {\(spec)}
        """
    }

    private func metrics(_ names: String...) -> String {
        let metrics = names.map {
            "{name: \($0), successCondition: 'true', provider: {prometheus: {query: up}}}"
        }
        return "metrics: [\(metrics.joined(separator: ", "))]"
    }

    private func names(_ set: ManifestSet) -> [String] {
        guard case .analysis(let metrics) = set.declarations.first?.plan.steps.first else { return [] }
        return metrics.map { $0.isDryRun ? "\($0.name) (dry)" : $0.name }
    }

    @Test func severalTemplatesAreOneListOfMetrics() {
        let set = load(
            rollout("templates: [{templateName: plain}, {templateName: wide, clusterScope: true}]"))
        #expect(names(set) == ["plain", "wide"])
    }

    @Test(arguments: [
        (
            "templateName: plian",
            "unknown AnalysisTemplate \"plian\"; did you mean `plain`? known: filled, plain"
        ),
        (
            "templateName: wide",
            "unknown AnalysisTemplate \"wide\"; known: filled, plain; there is one of that name with clusterScope: true"
        ),
        (
            "templateName: plain, clusterScope: true",
            "unknown ClusterAnalysisTemplate \"plain\"; known: wide; there is one of that name with clusterScope: false"
        ),
    ])
    func aTemplateThatIsNotThereIsNamed(reference: String, message: String) {
        #expect(
            complaints(rollout("templates: [{\(reference)}]")) == [
                "7:44: spec.strategy.canary.steps[0].analysis.templates[0].templateName: \(message)"
            ])
    }

    @Test func oneBrokenTemplateStopsThoseWhoUseItOnly() {
        let set = load([
            "a.yaml": native("steps: [{analysis: {templates: [{templateName: bad}]}}]", name: "a"),
            "b.yaml": native("steps: [{analysis: {templates: [{templateName: good}]}}]", name: "b"),
            "c.yaml": native("steps: [{analysis: {templates: [{templateName: outer}]}}]", name: "c"),
            "bad.yaml": template("bad", "metrics: [{name: x}]"),
            "good.yaml": template("good", metrics("m")),
            "outer.yaml": template("outer", "templates: [{templateName: bad}]"),
        ])
        #expect(set.declarations.map(\.name.text) == ["b"])
        #expect(set.refused.map(\.text) == ["a", "c"])
        let said = set.errors.map(\.description)
        let dependent =
            "spec.strategy.canary.steps[0].analysis.templates[0].templateName: "
            + "AnalysisTemplate \"bad\" has errors; see bad.yaml"
        #expect(said.contains("a.yaml:6:52: \(dependent)"))
        #expect(said.contains("c.yaml:6:52: \(dependent)"))
    }

    @Test func aFileThatCannotBeReadHidesNoOther() {
        let set = load([
            "a.yaml": "a: [", "b.yaml": native(steps: "{setWeight: 5}"), "c.yaml": "kind: Rollout",
        ])
        #expect(set.declarations.map(\.source) == ["b.yaml"])
        #expect(set.errors.map(\.file) == ["a.yaml", "c.yaml"])
    }

    @Test func aDocumentOfAFileThatIsNotWholeIsNotUsed() {
        let text = native(steps: "{setWeight: 5}") + "\n---\na: 1\na: 2\n"
        let set = load(["a.yaml": text])
        #expect(set.declarations.isEmpty)
        #expect(set.refused.map(\.text) == ["checkout"])
    }

    @Test func nestedTemplatesAreTakenOnceEach() {
        let set = load([
            "r.yaml": rollout("templates: [{templateName: a}, {templateName: b}]"),
            "a.yaml": template("a", metrics("a") + ", templates: [{templateName: b}, {templateName: c}]"),
            "b.yaml": template("b", metrics("b")),
            // A circle.
            "c.yaml": template("c", metrics("c") + ", templates: [{templateName: a}]"),
        ])
        #expect(set.errors == [])
        #expect(names(set) == ["a", "b", "c"])
    }

    @Test func twoMetricsOfOneNameAreRefused() {
        let both = rollout("templates: [{templateName: plain}, {templateName: other}]")
        let set = load(["r.yaml": both, "t.yaml": templates, "o.yaml": template("other", metrics("plain"))])
        #expect(
            set.errors.map(\.description) == [
                "r.yaml:7:67: spec.strategy.canary.steps[0].analysis.templates[1].templateName: "
                    + "a metric \"plain\" is in AnalysisTemplate \"plain\" and in AnalysisTemplate \"other\""
            ])
        #expect(
            complaints(template("t", metrics("m", "m"))) == [
                "3:18: metadata.name: two metrics of this template are named \"m\""
            ])
    }

    @Test func oneArgumentHasOneDefault() {
        let set = load([
            "r.yaml": rollout("templates: [{templateName: a}, {templateName: b}]"),
            "a.yaml": template("a", "args: [{name: x, value: 1}], " + metrics("a")),
            "b.yaml": template("b", "args: [{name: x, value: 2}], " + metrics("b")),
        ])
        #expect(
            set.errors.map(\.description) == [
                "r.yaml:7:16: spec.strategy.canary.steps[0].analysis: "
                    + "args.x has different values at a.yaml:4:15 and b.yaml:4:15"
            ])
    }

    @Test(arguments: [
        ("plain", ["plain (dry)", "wide"]), ("^w", ["plain", "wide (dry)"]),
        ("lai", ["plain (dry)", "wide"]),
        ("^(plain|x)$", ["plain (dry)", "wide"]), ("[p-z]i?de$", ["plain", "wide (dry)"]),
        (#"\w{"#, nil), ("w.d.?", ["plain", "wide (dry)"]), ("(a", nil), ("*", nil), ("a)", nil), ("[a", nil),
        ("gone", nil), ("W", nil), (#"\d"#, nil), ("(?i)w", nil), ("x*de", ["plain", "wide (dry)"]),
    ])
    func aDryRunIsNamedByAPattern(pattern: String, expected: [String]?) {
        let references = "[{templateName: plain}, {templateName: wide, clusterScope: true}]"
        let set = load(rollout("templates: \(references), dryRun: [{metricName: '\(pattern)'}]"))
        guard let expected else {
            #expect(set.errors.count == 1)
            #expect(set.errors[0].path == "spec.strategy.canary.steps[0].analysis.dryRun[0].metricName")
            return
        }
        #expect(names(set) == expected)
    }

    /// Patterns like this one take a backtracking matcher longer than the universe lasts.
    @Test(.timeLimit(.minutes(1))) func noPatternTakesLong() {
        let name = String(repeating: "a", count: 200) + "b"
        let set = load([
            "r.yaml": rollout(
                "templates: [{templateName: t}], dryRun: [{metricName: '((a*)*)*((a+)+)+(a|aa)+$'}]"),
            "t.yaml": template("t", metrics(name, "c")),
        ])
        #expect(set.errors.count == 1)
    }

    @Test func ourOwnKindCountsAtLeastOneMetric() {
        let analysis = "templates: [{templateName: plain}], dryRun: [{metricName: .*}]"
        #expect(
            complaints(rollout(analysis)) == [
                "7:16: spec.strategy.canary.steps[0].analysis: all metrics are dry runs, so nothing would ever be "
                    + "judged; leave one to count"
            ])
        #expect(!load(argo("steps: [{analysis: {\(analysis)}}]")).hasErrors)
    }

    @Test func aTemplateWithoutMetricsIsRefused() {
        for spec in ["", "metrics: []"] {
            #expect(complaints(template("t", spec)) == ["4:7: spec: needs at least one metric"])
        }
    }

    @Test func anAnalysisNamesATemplate() {
        #expect(
            complaints(rollout("templates: []")) == [
                "7:16: spec.strategy.canary.steps[0].analysis: needs at least one template"
            ])
        #expect(complaints(rollout("")).first?.contains("missing `templates`") == true)
    }

    @Test func theJudgementIsTheRolloutsAndNotTheTemplates() {
        let set = load(argo("steps: [{analysis: {templates: [{templateName: plain}]}}]"))
        #expect(set.declarations.first?.plan.judgement == .argo)
    }

    /// A metric that Argo calls good without looking at it has no place in a safe rollout.
    @Test func aTemplateOfArgosKindIsReadByTheRulesOfTheRollout() {
        let lax = """
            apiVersion: argoproj.io/v1alpha1
            kind: AnalysisTemplate
            metadata: {name: lax}
            spec: {metrics: [{name: m, provider: {prometheus: {query: up}}}]}
            """
        let analysis = "steps: [{analysis: {templates: [{templateName: lax}]}}]"
        #expect(load(["t.yaml": lax, "r.yaml": argo(analysis)]).errors == [])
        let errors = load(["t.yaml": lax, "r.yaml": native(analysis)]).errors
        #expect(errors.count == 1)
        #expect(errors[0].file == "r.yaml")
        #expect(errors[0].message.contains("needs a successCondition or a failureCondition"))
    }

    @Test func aStepThatOnlyAPersonEndsIsWarnedOf() {
        let endless = templates.replacing(
            "name: plain, successCondition", with: "name: plain, interval: 5s, successCondition")
        let set = load(["r.yaml": rollout("templates: [{templateName: plain}]"), "t.yaml": endless])
        #expect(set.declarations.count == 1)
        #expect(set.diagnostics.count == 1)
        #expect(set.diagnostics[0].severity == .warning)
        #expect(set.diagnostics[0].message.hasPrefix("metric \"plain\" has an interval and no count"))
    }

    @Test(arguments: [("0", 0), ("1", 1)])
    func aBackgroundAnalysisBeginsWithAStep(written: String, step: Int) {
        let canary =
            "analysis: {templates: [{templateName: plain}], startingStep: \(written)},\n"
            + "steps: [{setWeight: 5}, {pause: {}}]"
        #expect(load(native(canary)).declarations.first?.plan.background?.startingStep == step)
    }

    @Test func aBackgroundAnalysisThatWouldNeverBeginIsRefused() {
        let canary =
            "analysis: {templates: [{templateName: plain}], startingStep: 2},\nsteps: [{setWeight: 5}, {pause: {}}]"
        #expect(
            complaints(native(canary)) == [
                "6:66: spec.strategy.canary.analysis.startingStep: there is no step 2, so this analysis would never "
                    + "begin; steps count from 0"
            ])
    }
}
