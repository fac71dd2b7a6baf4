import Analysis
import Manifests
import Rollouts
import Testing

/// How the arguments of templates are filled in.
struct ArgumentTests {
    /// A rollout with one analysis step of the template `t`, whose `args` begin in line 6.
    private func rollout(_ args: String, _ version: String = "headgate.dev/v1alpha1") -> String {
        """
        apiVersion: \(version)
        kind: Rollout
        metadata: {name: checkout, labels: {team: 'shop', 'a.b/c': x}, annotations: {n: "5"}}
        spec: {strategy: {canary: {steps: [{analysis: {
          templates: [{templateName: t}],
          args: \(args)
        }}]}}}
        """
    }

    private func template(_ args: String, _ query: String, _ more: String = "") -> String {
        """
        apiVersion: headgate.dev/v1alpha1
        kind: AnalysisTemplate
        metadata: {name: t}
        spec:
          args: \(args)
          metrics:
          - name: m
            successCondition: result[0] > 0.95
            provider: {prometheus: {query: "\(query)"}}
            \(more)
        """
    }

    private func metric(_ rollout: String, _ template: String) -> Metric? {
        let set = load(["r.yaml": rollout, "t.yaml": template])
        #expect(set.errors == [])
        guard case .analysis(let metrics) = set.declarations.first?.plan.steps.first else { return nil }
        return metrics.first
    }

    private func complaints(_ rollout: String, _ template: String) -> [String] {
        load(["r.yaml": rollout, "t.yaml": template]).diagnostics.map(\.description)
    }

    @Test(arguments: [
        ("{name: x, value: a}", "a"), ("{name: x, value: 5}", "5"), ("{name: x, value: 1.50}", "1.50"),
        ("{name: x, valueFrom: {backend: canary}}", "{{canary.backend}}"),
        ("{name: x, valueFrom: {backend: stable}}", "{{stable.backend}}"),
        ("{name: x, valueFrom: {release: canary}}", "{{canary.release}}"),
        ("{name: x, valueFrom: {release: stable}}", "{{stable.release}}"),
        ("{name: x, valueFrom: {fieldRef: {fieldPath: metadata.name}}}", "checkout"),
        ("{name: x, valueFrom: {fieldRef: {fieldPath: \"metadata.labels['a.b/c']\"}}}", "x"),
        ("{name: x, valueFrom: {fieldRef: {fieldPath: metadata.annotations.n}}}", "5"),
        (
            "{name: x, valueFrom: {fieldRef: {fieldPath: 'spec.strategy.canary.steps[0].analysis.args[0].name'}}}",
            "x"
        ),
    ])
    func anArgumentIsFilledInEverywhere(argument: String, text: String) {
        let metric = metric(
            rollout("[\(argument)]"), template("[{name: x}]", "up{a='{{args.x}}',b='{{ args.x }}'}"))
        #expect(metric?.query.text == "up{a='\(text)',b='\(text)'}")
    }

    @Test(arguments: [("Latest", "{{canary.release}}"), ("Stable", "{{stable.release}}")])
    func theHashOfAPodTemplateIsARelease(written: String, token: String) {
        let argument = "[{name: x, valueFrom: {podTemplateHashValue: \(written)}}]"
        let metric = metric(rollout(argument, "argoproj.io/v1alpha1"), template("[{name: x}]", "{{args.x}}"))
        #expect(metric?.query.text == token)
    }

    @Test func numbersAndTimesMayBeArgumentsToo() {
        let more = """
            count: "{{args.count}}"
                interval: "{{args.every}}"
                failureLimit: "{{args.limit}}"
            """
        let args = "[{name: count, value: 5}, {name: every, value: 20s}, {name: limit, value: '2'}]"
        let metric = metric(rollout("[]"), template(args, "up", more))
        #expect(metric?.count == 5 && metric?.interval == .seconds(20) && metric?.failureLimit == 2)
    }

    @Test func anArgumentWithADefaultNeedNotBeGiven() {
        let template = template("[{name: x, value: a}]", "{{args.x}}")
        #expect(metric(rollout("[]"), template)?.query.text == "a")
        #expect(metric(rollout("[{name: x, value: b}]"), template)?.query.text == "b")
    }

    @Test func aTemplateMayTakeItsDefaultFromTheManifest() {
        let args = "[{name: x, valueFrom: {fieldRef: {fieldPath: metadata.labels.team}}}]"
        #expect(metric(rollout("[]"), template(args, "{{args.x}}"))?.query.text == "shop")
    }

    @Test func anArgumentThatNobodyGivesIsNamed() {
        #expect(
            complaints(rollout("[]"), template("[{name: x}]", "{{args.x}}")) == [
                "r.yaml:4:47: spec.strategy.canary.steps[0].analysis: args.x was not resolved: "
                    + "give it in args; asked for at t.yaml:5:10"
            ])
    }

    @Test func anArgumentThatNoTemplateAsksForIsAnErrorInOurKindAndAWarningInArgos() {
        let template = template("[{name: service, value: a}]", "up")
        let message = "unknown argument \"servise\"; did you mean `service`? known: service"
        #expect(
            complaints(rollout("[{name: servise, value: b}]"), template) == [
                "r.yaml:6:10: spec.strategy.canary.steps[0].analysis.args[0]: \(message)"
            ])
        #expect(
            complaints(rollout("[{name: servise, value: b}]", "argoproj.io/v1alpha1"), template)
                .filter { $0.hasPrefix("r.yaml") } == [
                    "r.yaml:6:10: warning: spec.strategy.canary.steps[0].analysis.args[0]: \(message); ignored"
                ])
    }

    @Test(arguments: [
        ("{{args.y}}", "unknown argument \"y\"; did you mean `x`? known: x"),
        ("{{x}}", "`{{x}}` is unknown; arguments are written `{{args.name}}`"),
        ("{{canary.release}}", "`{{canary.release}}` is unknown; arguments are written `{{args.name}}`"),
        ("{{args.x", "`{{` without `}}`"),
    ])
    func aTemplateNamesItsOwnArguments(query: String, message: String) {
        #expect(
            load(["t.yaml": template("[{name: x}]", query)]).diagnostics.map(\.description) == [
                "t.yaml:9:36: spec.metrics[0].provider.prometheus.query: \(message)"
            ])
    }

    @Test(arguments: [
        ("{name: x}", "needs one of: value, valueFrom"),
        ("{name: x, value: a, valueFrom: {backend: canary}}", "only one of them can be meant"),
        ("{name: x, valueFrom: {}}", "needs one of: backend, fieldRef, release, secretKeyRef"),
        ("{name: x, valueFrom: {backend: canari}}", "did you mean `canary`?"),
        ("{name: x, valueFrom: {secretKeyRef: {name: a}}}", "missing `key`"),
        ("{name: x, valueFrom: {secretKeyRef: {name: ../a, key: b}}}", "must be made of a-z"),
        ("{name: x, valueFrom: {secretKeyRef: {name: a, key: b/c}}}", "is no key of a Secret"),
        ("{name: x, valueFrom: {podTemplateHashValue: Latest}}", "unknown key `podTemplateHashValue`"),
        (
            "{name: x, valueFrom: {fieldRef: {fieldPath: metadata.labels.gone}}}",
            "leads to no value in this manifest"
        ),
        (
            "{name: x, valueFrom: {fieldRef: {fieldPath: metadata.labels}}}",
            "leads to no value in this manifest"
        ),
        ("{name: x, valueFrom: {fieldRef: {fieldPath: 'metadata.labels['}}}", "is no path"),
        ("{name: x, valueFrom: {fieldRef: {fieldPath: status.phase}}}", "status is not supported yet"),
        ("{name: x, value: '{{args.y}}'}", "`{{` in it is never filled"),
        ("{name: x, value: [a]}", "expected a string or a number, found a list"),
        ("{name: x, value: a}, {name: x, value: b}", "a second argument \"x\" in the same list"),
        ("{value: a}", "missing `name`"),
    ])
    func anArgumentThatCannotBeMeantIsRefused(argument: String, message: String) {
        let found = complaints(rollout("[\(argument)]"), template("[{name: x, value: a}]", "{{args.x}}"))
        #expect(found.contains { $0.hasPrefix("r.yaml:6:") && $0.contains(message) }, "\(found)")
    }

    /// What a template can't know of itself is said where it is asked for.
    @Test func whatAnArgumentSpoilsIsSaidAtTheRolloutThatGaveIt() {
        let template = template("[{name: n, value: 3}]", "up", "count: \"{{args.n}}\"\n    interval: 1s")
        #expect(
            complaints(rollout("[{name: n, value: lots}]"), template) == [
                "r.yaml:5:30: spec.strategy.canary.steps[0].analysis.templates[0].templateName: "
                    + "AnalysisTemplate \"t\" does not fit here: t.yaml:10:12: spec.metrics[0].count: "
                    + "expected a number, found the string \"lots\""
            ])
    }

    @Test func onlyQueriesAndConditionsTakeSomethingFromARelease() {
        let text = template("[{name: x}]", "up").replacing("name: m", with: "name: \"m-{{args.x}}\"")
        let found = complaints(rollout("[{name: x, valueFrom: {release: canary}}]"), text)
        #expect(found.count == 1 && found[0].contains("a name can't take anything from a release"))
    }

    /// A kilobyte that names another one a thousand times over would be a megabyte, and so on.
    @Test(.timeLimit(.minutes(1))) func argumentsCannotFillTheMemory() {
        let query = String(repeating: "{{args.x}}", count: 50_000)
        let text = template("[{name: x, value: \(String(repeating: "v", count: 300_000))}]", query)
        let found = complaints(rollout("[]"), text)
        #expect(found.contains { $0.contains("the arguments fill in more than 1 MiB") })
    }
}
