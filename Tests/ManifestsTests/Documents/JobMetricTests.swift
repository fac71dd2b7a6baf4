import Analysis
import Manifests
import Rollouts
import Testing

/// Metrics that are a Job.
struct JobMetricTests {
    private func read(
        _ version: String, job: String, args: String = "[]", more: String = ""
    ) -> (metric: Metric?, found: [String]) {
        let rollout = """
            apiVersion: \(version)
            kind: Rollout
            metadata: {name: checkout, namespace: shop}
            spec: {strategy: {canary: {steps: [{analysis: {templates: [{templateName: t}]}}]}}}
            """
        let template = """
            apiVersion: \(version)
            kind: AnalysisTemplate
            metadata: {name: t}
            spec:
              args: \(args)
              measurementRetention: [{metricName: sm.*, limit: 3}]
              metrics: [{name: smoke, \(more)provider: {job: \(job)}}]
            """
        let set = load(["r.yaml": rollout, "t.yaml": template])
        let found = set.diagnostics.map(\.description)
        guard case .analysis(let metrics) = set.declarations.first?.plan.steps.first else {
            return (nil, found)
        }
        return (metrics.first, found)
    }

    private func container(_ env: String = "") -> String {
        "{spec: {activeDeadlineSeconds: 60, template: {spec: {containers: [{name: c, image: i\(env)}]}}}}"
    }

    @Test(arguments: ["argoproj.io/v1alpha1", "headgate.dev/v1alpha1"])
    func aJobNeedsNoConditionAndRunsInTheRolloutsNamespace(version: String) {
        let (metric, found) = read(version, job: container())
        #expect(found.filter { !$0.contains("warning") } == [])
        #expect(metric?.query.provider == "job" && metric?.query.address == "shop")
        #expect(
            metric?.query.text
                == #"{"spec":{"activeDeadlineSeconds":60,"template":{"spec":{"containers":[{"image":"i","name":"c"}]}}}}"#
        )
        #expect(metric?.retention == 3 && metric?.count == nil)
    }

    /// What the Job says is for many to read, and what a Secret says is not.
    @Test func aSecretOfAContainerStaysAReference() {
        let args = "[{name: token, valueFrom: {secretKeyRef: {name: p, key: k}}}]"
        let (metric, found) = read(
            "argoproj.io/v1alpha1", job: container(#", env: [{name: T, value: "{{args.token}}"}]"#),
            args: args)
        #expect(
            metric?.query.text.contains(#""name":"T","valueFrom":{"secretKeyRef":{"key":"k","name":"p"}}"#)
                == true,
            "\(found)")
        #expect(metric?.query.secrets == nil)
        let argument = read(
            "argoproj.io/v1alpha1", job: container(#", args: ["--token={{args.token}}"]"#), args: args)
        #expect(argument.found.contains { $0.contains("names a secret where many can read it") })
    }

    @Test func whatCanNotBeMeantIsSaid() {
        let ours = "headgate.dev/v1alpha1"
        #expect(read(ours, job: "{}").found.contains { $0.contains("missing `spec`") })
        #expect(read(ours, job: "{spec: {}}").found.contains { $0.contains("missing `template`") })
        #expect(read(ours, job: "{spec: 5}").found.contains { $0.contains("expected a mapping") })
        #expect(
            read(ours, job: "{spec: {template: {}}}").found.contains {
                $0.contains("warning") && $0.contains("activeDeadlineSeconds")
            })
        let condition = "successCondition: 'true', "
        #expect(
            read(ours, job: container(), more: condition).found.contains {
                $0.contains("a job says itself whether it succeeded")
            })
        // Argo never looks at it.
        #expect(
            read("argoproj.io/v1alpha1", job: container(), more: condition).metric?.successCondition == nil)
    }
}
