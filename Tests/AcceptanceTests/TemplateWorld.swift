import Analysis
import Foundation
import Lab
import Manifests
import Rollouts
import Sampling
import Subprocess
import SystemPackage
import Transport

/// How a release fared over the last ten minutes; each is a release of its own in the store.
enum Fare: String, CaseIterable {
    /// All requests are answered well and fast. No series of failures was ever born.
    case good
    /// One of twenty requests fails, and has from the start.
    case bad
    /// Nothing failed until half a minute ago; then forty requests did at once, in a series that was born by that.
    case burst
    /// One of ten requests takes seconds.
    case slow
    /// It had requests once, and has none any more: 0/0.
    case idle
    /// Nothing was ever counted of it.
    case unheard
}

/// What a mesh counts: names of its series, and the labels that say which release they are of.
struct Family {
    let name: String
    /// `{fare}` stands for the release.
    let labels: String
    let requests: String
    /// Where failures have a counter of their own; else they are among `requests`, too.
    var failures: String?
    let goodLabel: String
    let badLabel: String
    let buckets: String
    /// The unit of the buckets in seconds.
    let unit: Double
    /// What the templates are told, with `{fare}` again.
    var arguments: [String: String] = [:]
    /// Of a rollout on this mesh; none: no builtin knows it. The release under test is in `{fare}`.
    var routing: String?
    /// What tells the release apart for a builtin that needs to be told.
    var selector: String?

    static let all = [
        Family(
            name: "", labels: #"envoy_cluster_name="{fare}""#,
            requests: "envoy_cluster_upstream_rq_completed",
            failures: "envoy_cluster_upstream_rq_xx", goodLabel: "",
            badLabel: #"envoy_response_code_class="5""#, buckets: "envoy_cluster_upstream_rq_time_bucket",
            unit: 0.001, arguments: ["cluster": "{fare}"], routing: "{envoy: {clusters: [a, b]}}"),
        Family(
            name: "istio-",
            labels:
                #"reporter="destination",destination_workload_namespace="shop",destination_version="{fare}""#,
            requests: "istio_requests_total", goodLabel: #"response_code="200""#,
            badLabel: #"response_code="503""#, buckets: "istio_request_duration_milliseconds_bucket",
            unit: 0.001, arguments: ["namespace": "shop", "selector": #"destination_version="{fare}""#],
            routing: "{istio: {virtualService: {name: web}, subsets: [a, b]}}",
            selector: #"destination_version="{fare}""#),
        Family(
            name: "linkerd-", labels: #"direction="inbound",namespace="shop",deployment="{fare}""#,
            requests: "response_total", goodLabel: #"classification="success""#,
            badLabel: #"classification="failure""#, buckets: "response_latency_ms_bucket", unit: 0.001,
            arguments: ["namespace": "shop", "selector": #"deployment="{fare}""#],
            routing: "{linkerd: {httpRoute: web, services: [a, b]}}", selector: #"deployment="{fare}""#),
        Family(
            name: "consul-",
            labels: #"consul_destination_service="web",consul_destination_service_subset="{fare}""#,
            requests: "envoy_cluster_upstream_rq_completed", failures: "envoy_cluster_upstream_rq_xx",
            goodLabel: "", badLabel: #"envoy_response_code_class="5""#,
            buckets: "envoy_cluster_upstream_rq_time_bucket", unit: 0.001,
            arguments: ["service": "web", "subset": "{fare}"],
            routing: "{consul: {service: web, filters: [a == a, b == b]}}"),
        Family(
            name: "traefik-", labels: #"service="shop-{fare}-80@kubernetes""#,
            requests: "traefik_service_requests_total", goodLabel: #"code="200""#, badLabel: #"code="500""#,
            buckets: "traefik_service_request_duration_seconds_bucket", unit: 1,
            arguments: ["service": "shop-{fare}-80@kubernetes.*"],
            routing: "{gatewayAPI: {httpRoute: web, services: [a, b], implementation: traefik}}"),
        Family(
            name: "nginx-", labels: #"exported_namespace="shop",exported_service="{fare}""#,
            requests: "nginx_ingress_controller_requests", goodLabel: #"status="200""#,
            badLabel: #"status="502""#, buckets: "nginx_ingress_controller_request_duration_seconds_bucket",
            unit: 1, arguments: ["namespace": "shop", "service": "{fare}"]),
        Family(
            name: "app-", labels: #"version="{fare}""#, requests: "http_requests_total",
            goodLabel: #"code="200""#, badLabel: #"code="500""#,
            buckets: "http_request_duration_seconds_bucket", unit: 1,
            arguments: ["selector": #"version="{fare}""#]),
        Self.linkerdBackends,
    ]

    /// The callers' side of Linkerd, for which there is a builtin and no template.
    private static let linkerdBackends = Family(
        name: "linkerd by Service ", labels: #"backend_namespace="shop",backend_name="{fare}""#,
        requests: "outbound_http_route_backend_response_statuses_total",
        goodLabel: #"http_status="200",error="""#, badLabel: #"http_status="",error="RESET""#,
        buckets: "outbound_http_route_backend_response_duration_seconds_bucket", unit: 1,
        routing: "{linkerd: {httpRoute: web, services: [a, b]}}")
}

/// A real Prometheus whose last ten minutes were filled in, a sample every ten seconds and ten requests in each.
struct TemplateWorld {
    private let provider: PrometheusProvider

    static func run(_ body: (TemplateWorld) async throws -> Void) async throws {
        try await withLab { rig in
            let port = try FreePort.take()
            let text = "\(rig.folder)/history.txt"
            try history(upTo: Date()).write(toFile: text, atomically: true, encoding: .utf8)
            let fill = try await Subprocess.run(
                .name("promtool"),
                arguments: [
                    "tsdb", "create-blocks-from", "openmetrics", text,
                    "\(rig.folder)/prometheus-\(port).data",
                ],
                output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
            guard fill.terminationStatus.isSuccess else {
                throw ChartError(description: "promtool: \(fill.standardError)")
            }
            let prometheus = try await rig.startPrometheus(port: port, scraping: [])
            try await body(
                TemplateWorld(
                    provider: PrometheusProvider(
                        PrometheusSettings(address: prometheus.url), sender: rig.http)))
        }
    }

    /// What the only metric of a template makes of a release, as an analysis step of a rollout asks it.
    func measurement(_ template: String, of family: Family, _ fare: Fare) async throws -> Analysis.Measurement
    {
        await measurement(try Self.metric(template, family, fare))
    }

    /// What a builtin makes of a release, on the mesh of that family.
    func measurement(builtin: String, of family: Family, _ fare: Fare) async throws -> Analysis.Measurement {
        let template = "mesh-\(builtin)"
        let selector =
            family.selector.map { "selector: '\($0.replacing("{fare}", with: fare.rawValue))'" } ?? ""
        let metric = try Self.metric(template, [], routing: family.routing) { text in
            text.replacing("builtin: \(builtin)\n", with: "builtin: \(builtin)\n    \(selector)\n")
        }
        return await measurement(metric.filled { _ in fare.rawValue })
    }

    private func measurement(_ metric: Metric) async -> Analysis.Measurement {
        let now = Moment(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000))
        let sample = await provider.sample(metric.query, at: now)
        return metric.measurement(of: sample, by: .safe, from: now, to: now)
    }

    private static func metric(_ template: String, _ family: Family, _ fare: Fare) throws -> Metric {
        let arguments = family.arguments.sorted { $0.key < $1.key }.map {
            "{name: \($0.key), value: '\($0.value.replacing("{fare}", with: fare.rawValue))'}"
        }
        return try metric(template, arguments)
    }

    /// The metric of a rollout's one analysis step. `edited` is what is changed of the templates.
    private static func metric(
        _ template: String, _ arguments: [String], routing: String? = nil,
        edited: (String) -> String = { $0 }
    ) throws -> Metric {
        let rollout = """
            apiVersion: headgate.dev/v1alpha1
            kind: Rollout
            metadata: {name: web, namespace: shop}
            spec:
              strategy:
                canary:
                  trafficRouting: \(routing ?? "{envoy: {}}")
                  steps:
                  - setWeight: 5
                  - analysis:
                      templates: [{templateName: \(template)}]
                      args: [\(arguments.joined(separator: ", "))]
            """
        let folder = Deployed.path("analysis-templates")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder).sorted().map { file in
            ManifestFile(
                path: file, bytes: Array(edited(try Deployed.text("analysis-templates/\(file)")).utf8))
        }
        let set = ManifestSet.load(files + [ManifestFile(path: "web.yaml", bytes: Array(rollout.utf8))])
        for case .analysis(let metrics) in set.declarations.first?.plan.steps ?? [] {
            if let metric = metrics.first { return metric }
        }
        throw ChartError(description: "\(template): \(set.diagnostics)\n\(rollout)")
    }
}

// MARK: - The history

private let interval = 10.0
private let samples = 66

/// Ten minutes up to now, and one minute more: the questions come a little later.
private func history(upTo now: Date) -> String {
    let start = now.timeIntervalSince1970.rounded(.down) - 600
    // Families may share the names of their series, and each name stands once in the text.
    var lines: [String: [String]] = [:]
    for family in Family.all {
        for fare in Fare.allCases where fare != .unheard {
            for series in family.series(of: fare) {
                lines[series.name, default: []] += series.lines(from: start)
            }
        }
    }
    let metrics = lines.sorted { $0.key < $1.key }.map { name, lines in
        "# TYPE \(name) unknown\n" + lines.joined(separator: "\n") + "\n"
    }
    return metrics.joined() + "# EOF\n"
}

private struct Series {
    let name: String
    let labels: String
    /// By the number of the sample; none before the series was born.
    let value: (Int) -> Double?

    func lines(from start: Double) -> [String] {
        (0..<samples).compactMap { number in
            value(number).map { "\(name){\(labels)} \($0) \(start + Double(number) * interval)" }
        }
    }
}

extension Family {
    fileprivate func series(of fare: Fare) -> [Series] {
        let own = labels.replacing("{fare}", with: fare.rawValue)
        let isIdle = fare == .idle
        let served = { (number: Int) in isIdle ? 500 : Double(number) * 10 }
        let good = Series(name: requests, labels: joined(own, goodLabel), value: served)
        let failed: ((Int) -> Double?)? =
            switch fare {
            case .bad: { Double($0) / 2 }
            case .burst: { $0 >= 57 ? 40 : nil }
            default: nil
            }
        let bad = failed.map { Series(name: failures ?? requests, labels: joined(own, badLabel), value: $0) }
        let slowness = fare == .slow ? 0.9 : 1
        let times = [(0.1, slowness), (1, slowness), (10, 1), (.infinity, 1)].map { edge, share in
            let bound = edge == .infinity ? "+Inf" : "\(edge / unit)"
            return Series(name: buckets, labels: joined(own, #"le="\#(bound)""#)) { served($0) * share }
        }
        return [good, bad].compactMap(\.self) + times
    }

    private func joined(_ labels: String, _ more: String) -> String {
        more.isEmpty ? labels : "\(labels),\(more)"
    }
}
