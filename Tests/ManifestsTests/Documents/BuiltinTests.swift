import Analysis
import Foundation
import Manifests
import Rollouts
import Testing

/// `builtin`: a metric without a query, in the words of whatever mesh the rollout has.
struct BuiltinTests {
    /// A rollout on a mesh, whose one analysis step has this template.
    private func rollout(
        _ routing: String, _ template: String, _ args: String = "", namespace: String = ", namespace: shop"
    ) -> String {
        """
        apiVersion: headgate.dev/v1alpha1
        kind: Rollout
        metadata: {name: web\(namespace)}
        spec:
          strategy:
            canary:
              \(routing)
              steps: [{analysis: {templates: [{templateName: \(template)}], args: [\(args)]}}]
        """
    }

    private func builtins(_ metric: String) -> String {
        """
        apiVersion: headgate.dev/v1alpha1
        kind: AnalysisTemplate
        metadata: {name: t}
        spec: {metrics: [{name: m, \(metric)}]}
        """
    }

    private func metric(of set: ManifestSet) throws -> Metric {
        #expect(set.errors == [])
        guard case .analysis(let metrics) = set.declarations.first?.plan.steps.first else { throw NoMetric() }
        return try #require(metrics.first)
    }

    private struct NoMetric: Error {}

    private func metric(_ text: String, on routing: String = "") throws -> Metric {
        try metric(of: load(["r.yaml": rollout(routing, "t"), "t.yaml": builtins(text)]))
    }

    // MARK: - One source of truth

    /// The templates in `analysis-templates`, of one mesh each, and the builtin on that mesh.
    @Test(arguments: ["success-rate", "latency", "request-rate"])
    func aBuiltinAsksWhatTheTemplateOfThatMeshAsks(name: String) throws {
        let istio = "trafficRouting: {istio: {virtualService: {name: web}, subsets: [web-a, web-b]}}"
        let linkerd = "trafficRouting: {linkerd: {httpRoute: web, services: [web-a, web-b]}}"
        let traefik =
            "trafficRouting: {gatewayAPI: {httpRoute: web, services: [web-a, web-b], implementation: traefik}}"
        let version = #"destination_version="v2""#
        let deployment = #"deployment="web-canary""#
        let backend = "valueFrom: {backend: canary}"
        let meshes: [(prefix: String, routing: String, selector: String?, args: String)] = [
            ("", "", nil, "{name: cluster, \(backend)}"),
            (
                "consul-", "trafficRouting: {consul: {service: web, filters: [a == a, b == b]}}", nil,
                "{name: service, value: web}, {name: subset, \(backend)}"
            ),
            (
                "istio-", istio, version,
                "{name: namespace, value: shop}, {name: selector, value: '\(version)'}"
            ),
            (
                "linkerd-", linkerd, deployment,
                "{name: namespace, value: shop}, {name: selector, value: '\(deployment)'}"
            ),
            ("traefik-", traefik, #"service=~"shop-web.*""#, "{name: service, value: shop-web.*}"),
        ]
        for mesh in meshes {
            let limit =
                name == "latency" ? "atMost: 500ms" : name == "success-rate" ? "atLeast: 99%" : "atLeast: 1"
            let selector = mesh.selector.map { ", selector: '\($0)'" } ?? ""
            let own = try metric("builtin: \(name)\(selector), \(limit)", on: mesh.routing)
            let set = ManifestSet.load(
                try examples()
                    + [
                        ManifestFile(
                            path: "r.yaml",
                            bytes: Array(rollout(mesh.routing, mesh.prefix + name, mesh.args).utf8))
                    ])
            let template = try metric(of: set)
            let text = template.query.text.trimmingCharacters(in: .whitespacesAndNewlines)
            #expect(own.query.text == text, "\(mesh.prefix)\(name)")
            #expect(own.query.provider == template.query.provider)
            #expect(own.successCondition == template.successCondition)
            #expect(own.failureCondition == template.failureCondition)
        }
    }

    private func examples() throws -> [ManifestFile] {
        let folder = repository + "/analysis-templates"
        return try FileManager.default.contentsOfDirectory(atPath: folder).sorted().map { name in
            let text = try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
            return ManifestFile(path: name, bytes: Array(text.utf8))
        }
    }

    // MARK: - Which series

    @Test(arguments: [
        ("", #"{envoy_cluster_name="{{canary.backend}}"}"#),
        (
            "trafficRouting: {consul: {service: api, filters: [a == a, b == b]}}",
            #"{consul_destination_service="api",consul_destination_service_subset="{{canary.backend}}"}"#
        ),
        (
            "trafficRouting: {istio: {virtualService: {name: web}, hosts: [web-a, web-b]}}",
            #"{reporter="destination",destination_workload_namespace="shop",response_code!="0","#
                + #"destination_service_name="{{canary.backend}}"}"#
        ),
        (
            "trafficRouting: {linkerd: {httpRoute: web, services: [web-a, web-b]}}",
            #"outbound_http_route_backend_response_statuses_total{backend_namespace="shop","#
                + #"backend_name="{{canary.backend}}"}"#
        ),
        (
            "trafficRouting: {gatewayAPI: {httpRoute: web, services: [web-a, web-b], implementation: istio}}",
            #"{reporter=~"source|waypoint",destination_workload_namespace="shop",response_code!="0","#
                + #"destination_service_name="{{canary.backend}}"}"#
        ),
        (
            "trafficRouting: {gatewayAPI: {httpRoute: web, services: [web-a, web-b], implementation: traefik}}",
            #"{service=~"shop-{{canary.backend}}-[0-9]+@kubernetes.*"}"#
        ),
    ])
    func theMeshSaysWhichSeriesAreTheReleases(routing: String, series: String) throws {
        let metric = try metric("builtin: request-rate, atLeast: 5", on: routing)
        #expect(metric.query.text.contains(series), "\(metric.query.text)")
        #expect(metric.isAboutCanary)
    }

    /// Linkerd counts a broken connection without a status; both kinds of failure are in, each once.
    @Test func linkerdsTwoKindsOfFailuresAreCounted() throws {
        let routing = "trafficRouting: {linkerd: {httpRoute: web, services: [web-a, web-b]}}"
        let text = try metric("builtin: success-rate, atLeast: 99%", on: routing).query.text
        #expect(text.contains(#"http_status=~"5.."} offset 1m"#))
        #expect(text.contains(#"http_status!~"5..",error!=""} offset 1m"#))
    }

    // MARK: - Limits

    @Test(
        arguments: [
            ("builtin: success-rate, atLeast: 99.5%", "result[0] >= 0.995", nil),
            ("builtin: success-rate, atLeast: 0.99", "result[0] >= 0.99", nil),
            ("builtin: latency, atMost: 1.5s", "result[0] <= 1500", nil),
            ("builtin: request-rate, atLeast: 5", "result[0] >= 5", "result[0] < 0"),
            (
                "builtin: latency, successCondition: 'result[0] < 100 || isNaN(result[0])'",
                "result[0] < 100 || isNaN(result[0])", nil
            ),
            ("builtin: success-rate, failureCondition: 'result[0] < 0.9'", nil, "result[0] < 0.9"),
        ] as [(String, String?, String?)])
    func aPlainLimitIsACondition(text: String, success: String?, failure: String?) throws {
        let metric = try metric(text)
        #expect(metric.successCondition == success)
        #expect(metric.failureCondition == failure)
    }

    @Test func windowAndQuantileAreInTheQueryAndMayBeArguments() throws {
        let fields =
            #"builtin: latency, window: "{{args.w}}", quantile: "{{args.q}}", atMost: "{{args.most}}""#
        let template = builtins(fields).replacing(
            "spec: {", with: "spec: {args: [{name: w, value: 90s}, {name: q, value: 0.5}, {name: most}], ")
        let args = "{name: most, value: 20ms}"
        let metric = try metric(of: load(["r.yaml": rollout("", "t", args), "t.yaml": template]))
        #expect(metric.query.text.hasPrefix("histogram_quantile(0.5,"))
        #expect(metric.query.text.contains("[1m30s]"))
        #expect(metric.successCondition == "result[0] <= 20")
    }

    // MARK: - What is refused

    @Test(arguments: [
        (
            "trafficRouting: {istio: {virtualService: {name: web}, subsets: [a, b]}}",
            #"such as `selector: destination_version="v2"`"#
        ),
        (
            "trafficRouting: {gatewayAPI: {httpRoute: web, services: [a, b], implementation: nginx}}",
            "what nginx counts of each Service is not known here"
        ),
        (
            "trafficRouting: {gatewayAPI: {httpRoute: web, services: [a, b]}}",
            "write `implementation:` below gatewayAPI"
        ),
        (
            "trafficRouting: {linkerd: {grpcRoute: web, services: [a, b]}}",
            "for HTTPRoutes only"
        ),
    ])
    func whatNobodyCountsIsRefusedByName(routing: String, message: String) {
        let set = load([
            "r.yaml": rollout(routing, "t"), "t.yaml": builtins("builtin: latency, atMost: 1s"),
        ])
        #expect(set.errors.count == 1)
        #expect(set.errors.first?.message.contains(message) == true, "\(set.errors)")
    }

    @Test func withoutAMeshNobodyCounts() {
        let pods = rollout("", "t").replacing(
            "spec:\n", with: "spec:\n  template: {spec: {containers: [{name: a, image: b}]}}\n")
        let set = load(
            ["r.yaml": pods, "t.yaml": builtins("builtin: latency, atMost: 1s")], runsPods: true)
        #expect(set.errors.first?.message.contains("nobody counts requests here") == true, "\(set.errors)")
    }

    @Test func istioNeedsTheNamespaceItCountsBy() {
        let routing = "trafficRouting: {istio: {virtualService: {name: web}, hosts: [a, b]}}"
        let set = load([
            "r.yaml": rollout(routing, "t", namespace: ""),
            "t.yaml": builtins("builtin: latency, atMost: 1s"),
        ])
        #expect(set.errors.first?.message.contains("set `metadata.namespace`") == true, "\(set.errors)")
    }

    @Test(arguments: [
        ("builtin: success-rate", "needs a successCondition or a failureCondition"),
        ("builtin: speed, atLeast: 1", #"unknown name "speed""#),
        ("builtin: latency, atLeast: 1", #"atLeast does not fit "latency"; write atMost"#),
        ("builtin: success-rate, atMost: 1s", #"atMost does not fit "success-rate"; write atLeast"#),
        ("builtin: success-rate, atLeast: 99", "atLeast 99 is more than every request"),
        ("builtin: success-rate, atLeast: 0", "must be more than 0"),
        ("builtin: request-rate, quantile: 0.5, atLeast: 1", "quantile does not fit"),
        ("builtin: latency, quantile: 1, atMost: 1s", "must be more than 0 and less than 1"),
        ("builtin: latency, window: 1500ms, atMost: 1s", "must be whole seconds"),
        ("builtin: latency, atMost: 1s, successCondition: 'result[0] < 1'", "only one of them can be meant"),
        ("builtin: latency, atMost: 1s, selector: '{a=\"b\"}'", "write it without braces"),
        (
            "builtin: latency, atMost: 1s, provider: {prometheus: {query: up}}",
            "has builtin and provider; only one of them can be meant"
        ),
        ("provider: {prometheus: {query: up}}, atLeast: 1", "atLeast goes with `builtin: success-rate"),
    ])
    func whatCannotBeMeantIsRefused(metric: String, message: String) {
        let found = complaints(builtins(metric))
        #expect(found.count == 1, "\(found)")
        #expect(found.first?.contains(message) == true, "\(found)")
    }
}
