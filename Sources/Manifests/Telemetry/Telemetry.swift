import Analysis

/// What a mesh counts of the requests to one release: the names of its series, and the labels that say which of them
/// are meant.
///
/// It stands here and not beside the routers: a plan has its queries before any router is asked for anything.
struct Telemetry {
    /// Of all requests.
    let requests: Counter
    /// Of those that failed: each of these matchers picks some, and none picks what another does.
    let failures: [String]
    /// How long they took.
    let buckets: Counter
    /// Else in milliseconds.
    let isInSeconds: Bool

    struct Counter {
        let name: String
        let matchers: [String]

        func series(_ more: String...) -> String {
            "\(name){\((matchers + more).joined(separator: ","))}"
        }
    }

    private init(
        requests: String, failures: (String, [String]), buckets: String, isInSeconds: Bool = false,
        _ matchers: [String]
    ) {
        let failed = Counter(name: failures.0, matchers: matchers)
        self.requests = Counter(name: requests, matchers: matchers)
        self.failures = failures.1.map { failed.series($0) }
        self.buckets = Counter(name: buckets, matchers: matchers)
        self.isInSeconds = isInSeconds
    }
}

// MARK: - By mesh

extension Telemetry {
    /// What Envoy answers itself (overflow, no healthy host) counts in `completed` and not in `total`.
    static func envoy(_ matchers: [String]) -> Telemetry {
        Telemetry(
            requests: "envoy_cluster_upstream_rq_completed",
            failures: ("envoy_cluster_upstream_rq_xx", [#"envoy_response_code_class="5""#]),
            buckets: "envoy_cluster_upstream_rq_time_bucket", matchers)
    }

    /// A client that gave up is nobody's fault: it has code 0.
    static func istio(_ matchers: [String], release: String) -> Telemetry {
        Telemetry(
            requests: "istio_requests_total", failures: ("istio_requests_total", [#"response_code=~"5..""#]),
            buckets: "istio_request_duration_milliseconds_bucket",
            matchers + [#"response_code!="0""#, release])
    }

    /// As the release's own proxies count.
    static func linkerdPods(_ matchers: [String]) -> Telemetry {
        Telemetry(
            requests: "response_total", failures: ("response_total", [#"classification="failure""#]),
            buckets: "response_latency_ms_bucket", matchers)
    }

    /// As the callers' proxies count what came back from each Service, before a retry hides it.
    static func linkerdBackends(_ matchers: [String]) -> Telemetry {
        let statuses = "outbound_http_route_backend_response_statuses_total"
        return Telemetry(
            requests: statuses,
            failures: (statuses, [#"http_status=~"5..""#, #"http_status!~"5..",error!="""#]),
            buckets: "outbound_http_route_backend_response_duration_seconds_bucket", isInSeconds: true,
            matchers)
    }

    static func traefik(_ matchers: [String]) -> Telemetry {
        Telemetry(
            requests: "traefik_service_requests_total",
            failures: ("traefik_service_requests_total", [#"code=~"5..""#]),
            buckets: "traefik_service_request_duration_seconds_bucket", isInSeconds: true, matchers)
    }
}
