import Analysis
import Manifests
import Rollouts
import Testing

/// Secrets are named by documents, and are in none of what is made of them.
struct SecretTests {
    private func rollout(_ version: String, args: String = "[]") -> String {
        """
        apiVersion: \(version)
        kind: Rollout
        metadata: {name: checkout, namespace: shop}
        spec: {strategy: {canary: {steps: [{analysis: {templates: [{templateName: t}], args: \(args)}}]}}}
        """
    }

    private func template(
        _ version: String, args: String, provider: String, condition: String = "result[0] > 1"
    )
        -> String
    {
        """
        apiVersion: \(version)
        kind: AnalysisTemplate
        metadata: {name: t}
        spec:
          args: \(args)
          metrics: [{name: m, successCondition: "\(condition)", provider: {prometheus: \(provider)}}]
        """
    }

    private static let token =
        "[{name: token, valueFrom: {secretKeyRef: {name: prometheus, key: token}}}]"
    private static let bearer =
        #"{query: up, headers: [{key: Authorization, value: "Bearer {{args.token}}"}]}"#

    private func query(_ rollout: String, _ template: String) -> Query? {
        let set = load(["r.yaml": rollout, "t.yaml": template])
        #expect(set.errors == [])
        guard case .analysis(let metrics) = set.declarations.first?.plan.steps.first else { return nil }
        return metrics.first?.query
    }

    /// As Argo Rollouts has it: the AnalysisRun would be in the namespace of the Rollout, and so is the Secret.
    @Test(arguments: ["argoproj.io/v1alpha1", "headgate.dev/v1alpha1"])
    func aSecretOfATemplateIsReadInTheRolloutsNamespace(version: String) {
        let query = query(
            rollout(version), template(version, args: Self.token, provider: Self.bearer))
        #expect(
            query?.headers == [RequestHeader(name: "Authorization", value: "Bearer {{secret.args.token}}")])
        let secret = SecretReference(namespace: "shop", name: "prometheus", key: "token")
        #expect(query?.secrets == ["args.token": secret])
    }

    @Test func ourOwnKindMayNameASecretWhereItIsNeeded() {
        let provider = "{query: up, headers: [{key: X-Key, valueFrom: {secretKeyRef: {name: p, key: k}}}]}"
        let query = query(
            rollout("headgate.dev/v1alpha1"),
            template("headgate.dev/v1alpha1", args: "[]", provider: provider))
        #expect(query?.headers == [RequestHeader(name: "X-Key", value: "{{secret.headers.X-Key}}")])
        #expect(query?.secrets?["headers.X-Key"] == SecretReference(namespace: "shop", name: "p", key: "k"))
    }

    @Test func aRolloutOfOurKindMayGiveASecretForAnArgument() {
        let query = query(
            rollout("headgate.dev/v1alpha1", args: Self.token),
            template("headgate.dev/v1alpha1", args: "[{name: token}]", provider: Self.bearer))
        #expect(query?.secrets?["args.token"]?.name == "prometheus")
    }

    @Test func argosRolloutsTakeThemFromTemplatesOnly() {
        let found = load(["r.yaml": rollout("argoproj.io/v1alpha1", args: Self.token)]).diagnostics
        #expect(found.contains { $0.description.contains("put it into the `args` of the template") })
    }

    /// What a metric does not name is not read for it.
    @Test func aSecretThatNoTextNamesIsNotAskedFor() {
        let query = query(
            rollout("argoproj.io/v1alpha1"),
            template("argoproj.io/v1alpha1", args: Self.token, provider: "{query: up}"))
        #expect(query != nil && query?.secrets == nil)
    }

    @Test func aConditionIsNoPlaceForASecret() {
        let template = template(
            "argoproj.io/v1alpha1", args: Self.token, provider: "{query: up}",
            condition: "result[0] == {{args.token}}")
        let found = load(["t.yaml": template]).diagnostics.map(\.description)
        #expect(found.contains { $0.contains("a secret has no place in a condition") }, "\(found)")
    }

    /// A text can't make up a token: one that it does not declare stands for nothing.
    @Test func noTextCanNameASecretByItself() {
        let template = template(
            "headgate.dev/v1alpha1", args: "[]", provider: #"{query: "{{secret.args.token}}"}"#)
        let found = load(["t.yaml": template]).diagnostics.map(\.description)
        #expect(found.contains { $0.contains("is unknown; arguments are written") }, "\(found)")
    }

    @Test func aGateMayBearOneInItsHeaders() {
        let rollout = """
            apiVersion: headgate.dev/v1alpha1
            kind: Rollout
            metadata: {name: checkout, namespace: shop}
            spec: {strategy: {canary: {steps: [{gate: {name: qa, url: "https://qa.example", headers: [
              {key: Authorization, valueFrom: {secretKeyRef: {name: qa, key: token}}}]}}]}}}
            """
        guard case .gate(let gate) = load(["r.yaml": rollout]).declarations.first?.plan.steps.first else {
            Issue.record("no gate")
            return
        }
        #expect(gate.headers?.first?.value == "{{secret.headers.Authorization}}")
        #expect(gate.secrets?.values.map(\.namespace) == ["shop"])
    }
}
