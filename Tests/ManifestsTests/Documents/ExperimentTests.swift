import Analysis
import Manifests
import Rollouts
import Testing

/// The step `experiment`, as the analysis that it comes to.
struct ExperimentTests {
    private let version = "argoproj.io/v1alpha1"

    private func load(_ experiment: String, runsPods: Bool = true) -> (metrics: [Metric], found: [String]) {
        let rollout = """
            apiVersion: \(version)
            kind: Rollout
            metadata: {name: web, namespace: shop}
            spec:
              selector: {matchLabels: {app: web}}
              template: {metadata: {labels: {app: web}}, spec: {containers: [{name: app, image: "web:1"}]}}
              strategy: {canary: {steps: [{experiment: \(experiment)}]}}
            """
        let template = """
            apiVersion: \(version)
            kind: AnalysisTemplate
            metadata: {name: errors}
            spec:
              args: [{name: hash}]
              metrics: [{name: errors, successCondition: "result[0] < 1", interval: 10s, count: 3,
                provider: {prometheus: {query: "errors{hash='{{args.hash}}'}"}}}]
            """
        let files = [("r.yaml", rollout), ("t.yaml", template)].map {
            ManifestFile(path: $0.0, bytes: Array($0.1.utf8))
        }
        let set = ManifestSet.load(files, runsPods: runsPods)
        let found = set.errors.map(\.description)
        guard case .analysis(let metrics) = set.declarations.first?.plan.steps.first else {
            return ([], found)
        }
        return (metrics, found)
    }

    private func analysis(_ more: String = "") -> String {
        """
        {name: compare, templateName: errors\(more),
         args: [{name: hash, value: "{{templates.canary.podTemplateHash}}"}]}
        """
    }

    private let templates =
        "templates: [{name: baseline, specRef: stable, replicas: 2}, {name: canary, specRef: canary}]"

    @Test func itComesToAStageATimeAndWhatLooksOn() {
        let (metrics, found) = load("{duration: 5m, \(templates), analyses: [\(analysis())]}")
        #expect(found == [])
        #expect(metrics.map(\.name) == ["experiment", "duration", "compare/errors"])
        #expect(metrics.map(\.part) == [.stage, .required, .companion])
        #expect(metrics.map(\.query.provider) == ["experiment", "experiment", "prometheus"])
        #expect(metrics.count == 3 && metrics[1].initialDelay == .seconds(300))
        #expect(metrics.last?.query.text == "errors{hash='{{canary.release}}-canary'}")
        let text = metrics.first?.query.text ?? ""
        #expect(text.contains(#""name":"baseline","release":"{{stable.release}}","replicas":2"#), "\(text)")
        #expect(text.contains(##""hash":"{{canary.release}}-baseline""##))
    }

    @Test func withoutADurationItWaitsForItsAnalyses() {
        let required = analysis(", requiredForCompletion: true")
        let (metrics, found) = load("{\(templates), analyses: [\(required)]}")
        #expect(found == [])
        #expect(metrics.map(\.part) == [.stage, .required])
    }

    @Test(arguments: [
        ("{templates: [{name: a, specRef: canary}]}", "would never end"),
        ("{duration: 5m, templates: []}", "needs at least one template"),
        ("{duration: 5m}", "missing `templates`"),
        ("{duration: 5m, templates: [{name: a, specRef: next}]}", "next"),
        (
            "{duration: 5m, templates: [{name: a, specRef: canary, weight: 5}]}",
            "`weight` is not supported yet"
        ),
        (
            "{duration: 5m, templates: [{name: a, specRef: canary, service: {}}]}",
            "`service` is not supported yet"
        ),
        (
            "{duration: 5m, templates: [{name: a, specRef: canary}, {name: a, specRef: stable}]}",
            "a second template \"a\""
        ),
        (
            "{duration: 5m, templates: [{name: a, specRef: canary}], analyses: [{name: x, templateName: gone}]}",
            "gone"
        ),
    ])
    func whatCanNotBeMeantIsRefused(experiment: String, message: String) {
        let found = load(experiment).found
        #expect(found.contains { $0.contains(message) }, "\(found)")
    }

    @Test func itNeedsPodsThatAreRunHere() {
        let found = load("{duration: 5m, \(templates)}", runsPods: false).found
        #expect(found.contains { $0.contains("an experiment runs pods") }, "\(found)")
    }
}
