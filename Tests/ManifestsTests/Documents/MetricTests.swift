import Analysis
import Manifests
import Rollouts
import Testing

/// A metric of a template: defaults, limits, conditions, providers.
struct MetricTests {
    /// The metric that a rollout's one analysis step gets of a template.
    private func metric(_ fields: String, of version: String = "headgate.dev/v1alpha1") throws -> Metric {
        let template = template(fields).replacing("headgate.dev/v1alpha1", with: version)
        let rollout = native(steps: "{analysis: {templates: [{templateName: t}]}}")
            .replacing("headgate.dev/v1alpha1", with: version)
        let set = load(["r.yaml": rollout, "t.yaml": template])
        #expect(set.errors == [])
        guard case .analysis(let metrics) = set.declarations.first?.plan.steps.first else { throw NoMetric() }
        return try #require(metrics.first)
    }

    private struct NoMetric: Error {}

    private let good = "successCondition: result[0] > 0.95"

    @Test func whatIsLeftOutHasArgosDefaults() throws {
        #expect(
            try metric(good)
                == Metric(
                    name: "m", query: Query(provider: "prometheus", text: "up"),
                    successCondition: "result[0] > 0.95"))
    }

    @Test func everyFieldIsRead() throws {
        let fields = """
            interval: 30s
            initialDelay: 1m
            count: "10"
            successCondition: result[0] > 0.95
            failureCondition: result[0] < 0.5
            failureLimit: 2
            inconclusiveLimit: 3
            consecutiveErrorLimit: 5
            consecutiveSuccessLimit: 4
            """
        #expect(
            try metric(fields)
                == Metric(
                    name: "m", query: Query(provider: "prometheus", text: "up"), interval: .seconds(30),
                    initialDelay: .seconds(60), count: 10, successCondition: "result[0] > 0.95",
                    failureCondition: "result[0] < 0.5", failureLimit: 2, inconclusiveLimit: 3,
                    consecutiveErrorLimit: 5, consecutiveSuccessLimit: 4))
    }

    @Test func aLimitThatIsOffIsNone() throws {
        let off = try metric("\(good)\nfailureLimit: -1\nconsecutiveSuccessLimit: 3")
        #expect(off.failureLimit == nil && off.consecutiveSuccessLimit == 3)
        #expect(try metric("\(good)\nconsecutiveSuccessLimit: 0").consecutiveSuccessLimit == nil)
    }

    @Test(arguments: [
        ("count: 3", "7:5: spec.metrics[0]: count 3 needs an interval"),
        ("count: 0", "9:12: spec.metrics[0].count: 0 is less than 1"),
        ("count: many", #"9:12: spec.metrics[0].count: expected a number, found the string "many""#),
        ("failureLimit: -2", "9:19: spec.metrics[0].failureLimit: -2 is less than -1"),
        (
            "failureLimit: -1",
            "7:5: spec.metrics[0]: failureLimit -1 switches failing off, which needs a consecutiveSuccessLimit to end by"
        ),
        ("interval: 1ns", "9:15: spec.metrics[0].interval: 0s is less than 100ms"),
        (
            "interval: 30",
            "9:15: spec.metrics[0].interval: expected a duration such as 30s, 5m or 1h30m, found the number 30"
        ),
        ("inconclusiveLimit: -1", "9:24: spec.metrics[0].inconclusiveLimit: -1 is less than 0"),
    ])
    func aNumberThatCannotBeMeantIsRefused(line: String, message: String) {
        let found = complaints(metric: "\(good)\n\(line)")
        #expect(found.count == 1)
        #expect(found.first == message)
    }

    @Test(arguments: [
        ("failureLimit: 4", "failureLimit 4 is more than count 3"),
        ("inconclusiveLimit: 4", "inconclusiveLimit 4 is more than count 3"),
        (
            "failureLimit: 2\nconsecutiveSuccessLimit: 2",
            "failureLimit 2 and consecutiveSuccessLimit 2 together are more than count 3"
        ),
        (
            "failureLimit: 3",
            "warning: spec.metrics[0]: failureLimit 3 is not less than count 3: this metric can never fail"
        ),
    ])
    func aLimitThatTheCountCannotReachIsSaid(lines: String, message: String) {
        let found = complaints(metric: "\(good)\ncount: 3\ninterval: 10s\n\(lines)")
        #expect(found.count == 1)
        #expect(found.first?.hasSuffix(message) == true, "\(found)")
    }

    @Test func ourOwnKindNeedsACondition() {
        #expect(
            complaints(metric: "interval: 10s") == [
                "7:5: spec.metrics[0]: needs a successCondition or a failureCondition: "
                    + "without one every number would be good"
            ])
    }

    @Test func argosKindNeedsNone() throws {
        #expect(try metric("interval: 10s\ncount: 1", of: "argoproj.io/v1alpha1").successCondition == nil)
        #expect(try metric("successCondition: ''", of: "argoproj.io/v1alpha1").successCondition == nil)
    }

    @Test(arguments: [
        "result[0] > 0.95", "len(result) == 0 || result[0] >= 0.95", "all(result, # < 1000)",
        "isNaN(result[0]) || result[0] < 5", "(get(result, 0) ?? 0) < 5", "max(result) < 0.05", "true",
    ])
    func aConditionThatFitsAListOfNumbersIsFine(condition: String) {
        #expect(complaints(metric: "successCondition: '\(condition)'").isEmpty)
    }

    @Test(arguments: [
        (
            "result > 0.95",
            "\"result > 0.95\" asks for one number, but the query gives a list of them: write `result[0]`, "
                + "or make one number of it with scalar(…)"
        ),
        ("result[0] >", #""result[0] >" is no condition: column"#),
        ("result[0]", "a condition must be true or false, but this one is of type float"),
        ("results[0] > 1", #""results[0] > 1" is no condition: column 1"#),
        ("result.ok", "does not fit a list of numbers, which the query gives: column"),
        ("", "is empty"),
    ])
    func aConditionThatCannotHoldIsRefused(condition: String, message: String) {
        let found = complaints(metric: "successCondition: '\(condition)'")
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix("8:23: spec.metrics[0].successCondition: ") == true)
        #expect(found.first?.contains(message) == true, "\(found)")
    }

    @Test(arguments: [
        ("false", "this is false whatever is measured"),
        ("result[0] > 5 && result[0] < 3", "column 28: no `result[0]` passes this and what stands before it"),
        ("len(result) < 0", "can never be true"), ("result[0] == 1 && result[0] == 2", "can never be true"),
        ("3 > result[0] and 2.5 <= result[0] and result[0] > 3", "column 50: no `result[0]`"),
        ("result == nil || result[0] > 1", "column 8: the result is a list and never nil"),
        ("isNil(result) || result[0] < 1", "ask whether `len(result) == 0`"),
        ("default(result, 0)[0] < 1", "its default is never used; write `get(result, 0) ?? …`"),
        ("(result[0] ?? 0) < 1", "column 12: `??` does not help where there is no such element"),
        (
            "result[0] > 1; result[0] < 9",
            "only what stands behind the last `;` counts; join the parts with `&&`"
        ),
    ])
    func aConditionThatHardlyMeansWhatItSaysIsWarnedOf(condition: String, message: String) {
        let found = complaints(metric: "successCondition: '\(condition)'")
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix("8:23: warning: spec.metrics[0].successCondition: ") == true)
        #expect(found.first?.contains(message) == true, "\(found)")
    }

    @Test(arguments: [
        "result[0] > 5 && result[0] < 9", "result[0] > 5 || result[0] < 3",
        "result[0] >= 3 && result[0] <= 3",
        "len(result) >= 0", "result[0] > 5 && result[1] < 3", "not (result[0] > 5)", "1 < result[0] < 3",
    ])
    func whatCanBeMeantIsNotWarnedOf(condition: String) {
        #expect(complaints(metric: "successCondition: '\(condition)'").isEmpty)
    }

    @Test func aFailureConditionThatNothingChangesIsWarnedOf() {
        #expect(
            complaints(metric: "failureCondition: 'true'").first?.contains("true whatever is measured")
                == true)
    }

    @Test func argosDocumentsHaveToSayWhatAnEmptyAnswerIs() {
        let text = template("successCondition: result[0] > 0.9\nfailureCondition: result[0] < 0.5")
            .replacing("headgate.dev/v1alpha1", with: "argoproj.io/v1alpha1")
        let found = complaints(text)
        #expect(found.count == 2)
        #expect(found.first?.contains("write `len(result) == 0 || …`") == true, "\(found)")
        #expect(found.last?.contains("write `len(result) > 0 && …`") == true, "\(found)")
        #expect(complaints(text.replacing("result[0] >", with: "len(result) == 0 || result[0] >")).count == 1)
    }

    @Test(arguments: [
        ("successCondition: len(result) == 0 || result[0] > 0.9", "counts as a failure here"),
        ("failureCondition: len(result) > 0 && result[0] < 0.9", "counts as good here"),
    ])
    func argosDocumentsHaveToSayWhatNaNIs(line: String, message: String) {
        let text = template(line).replacing("headgate.dev/v1alpha1", with: "argoproj.io/v1alpha1")
        let divided = text.replacing("query: up", with: #"query: 'sum(a{path="/x"}) / sum(b)'"#)
        #expect(complaints(divided).first?.contains(message) == true, "\(complaints(divided))")
        #expect(complaints(text.replacing("query: up", with: #"query: 'sum(a{path="/x"})'"#)).isEmpty)
        #expect(complaints(divided.replacing("len(", with: "isNaN(0) || len(")).isEmpty)
    }

    @Test(arguments: [
        ("sum by (pod, zone) (rate(a[1m]))", "pod, zone"), ("avg(rate(a[1m])) by (pod)", "pod"),
    ])
    func oneOfSeveralSeriesIsWarnedOf(query: String, labels: String) {
        let text = template("successCondition: result[0] > 1").replacing(
            "query: up", with: "query: '\(query)'")
        #expect(complaints(text).first?.contains("one for each \(labels), in no order") == true)
        #expect(complaints(text.replacing("result[0] > 1", with: "'all(result, # > 1)'")).isEmpty)
    }

    @Test(arguments: [
        "max(sum by (pod) (a))", "sum by (pod) (a) / 2", "histogram_quantile(0.9, sum by (le) (a))",
    ])
    func whatIsMadeOfSeveralSeriesIsNot(query: String) {
        let text = template("successCondition: result[0] > 1").replacing(
            "query: up", with: "query: '\(query)'")
        #expect(complaints(text).isEmpty)
    }

    /// The template's own arguments are known only to the rollout; the warning still points into the template.
    @Test func whatAnArgumentMakesImpossibleIsSaidAtTheTemplate() {
        let text = template(
            "successCondition: 'result[0] > {{args.least}} && result[0] < 3'", args: "[{name: least}]")
        let rollout = native(
            steps: "{analysis: {templates: [{templateName: t}], args: [{name: least, value: '5'}]}}")
        let found = load(["r.yaml": rollout, "t.yaml": text]).diagnostics.map(\.description)
        #expect(found.count == 1)
        #expect(
            found.first?.hasPrefix("t.yaml:8:23: warning: spec.metrics[0].successCondition: ") == true,
            "\(found)")
    }

    @Test func oneNumberIsFineWhereTheQueryGivesOne() {
        let text = template("successCondition: result > 0.95")
        #expect(complaints(text.replacing("query: up", with: "query: scalar(up)")).isEmpty)
        let range = "query: scalar(up), rangeQuery: {start: 'now() - duration(\"5m\")', end: now(), step: 1m}"
        #expect(complaints(text.replacing("query: up", with: range)).count == 1)
    }

    @Test(arguments: [
        ("web: {}", "`web` is not supported yet: the providers that work are prometheus and job"),
        ("job: {}", "missing `spec`"), ("datadog: {}", "`datadog` is not supported yet"),
        ("prometeus: {}", "unknown key `prometeus`; did you mean `prometheus`? known: job, prometheus"),
        ("", "needs one of: prometheus, job"),
        ("prometheus: {}", "missing `query`"),
        ("prometheus: {query: ''}", "is empty"),
        ("prometheus: {query: up, authentication: {}}", "it belongs in the server's configuration"),
        ("prometheus: {query: up, headers: [{key: Host, value: x}]}", "Host is set by the request itself"),
        ("prometheus: {query: up, headers: [{key: 'a b', value: x}]}", "is no name of a header"),
        (#"prometheus: {query: up, headers: [{key: a, value: "x\ny"}]}"#, "a header's value is one line"),
        ("prometheus: {query: up, headers: [{key: a, value: x}, {key: A, value: y}]}", "a second header"),
        ("prometheus: {query: up, headers: [{key: a}]}", "needs one of: value, valueFrom"),
        ("prometheus: {query: up, insecure: true}", "it belongs in the server's configuration"),
        ("prometheus: {query: up, address: prom}", "it begins with http:// or https://"),
        ("prometheus: {query: up, address: 'http://u:secret@prom'}", "a password has no place here"),
        ("prometheus: {query: up, timeout: 0}", "must be more than 0s"),
        ("prometheus: {query: up, rangeQuery: {start: now(), end: '5', step: 1m}}", "not a time"),
        ("prometheus: {query: up, rangeQuery: {start: now(), end: now()}}", "missing `step`"),
    ])
    func aProviderThatCannotBeAskedIsRefused(provider: String, message: String) {
        let text = template(good).replacing("{prometheus: {query: up}}", with: "{\(provider)}")
        let found = complaints(text)
        #expect(found.count == 1)
        #expect(found.first?.contains(message) == true, "\(found)")
        #expect(!found.joined().contains("secret"))
    }

    @Test func aQueryMaySayWhereHowLongAndOverWhat() throws {
        let provider =
            "{prometheus: {query: up, address: 'http://prom:9090', timeout: 5, "
            + "rangeQuery: {start: 'now() - duration(\"5m\")', end: now(), step: 1m}}}"
        let rollout = native(steps: "{analysis: {templates: [{templateName: t}]}}")
        let text = template(good).replacing("{prometheus: {query: up}}", with: provider)
        let set = load(["r.yaml": rollout, "t.yaml": text])
        guard case .analysis(let metrics) = set.declarations.first?.plan.steps.first else { throw NoMetric() }
        let range = QueryRange(start: "now() - duration(\"5m\")", end: "now()", step: .seconds(60))
        #expect(
            metrics.map(\.query) == [
                Query(
                    provider: "prometheus", address: "http://prom:9090", text: "up", range: range,
                    timeout: .seconds(5))
            ])
    }
}
