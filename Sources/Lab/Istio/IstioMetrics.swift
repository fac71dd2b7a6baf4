/// What a client's sidecar tells of its requests, made from what a plain Envoy tells of its clusters.
///
/// An Envoy without Istio's filter knows the cluster, the code and the time. So a time bears no `response_code`, and a
/// copy of a request counts like any other, which in a mesh it doesn't.
package struct IstioMetrics: Sendable, Hashable {
    package var namespace: String
    package var workloads: [MeshWorkload]

    package init(namespace: String, workloads: [MeshWorkload]) {
        (self.namespace, self.workloads) = (namespace, workloads)
    }

    /// From Envoy's `/stats/prometheus` to a page of the same format under Istio's names.
    package func translate(_ page: String) -> String {
        let lines = page.split(separator: "\n").compactMap(PrometheusLine.init(parsing:)).compactMap(
            translate)
        let counts = lines.filter { $0.name == requests }.map(\.text).sorted()
        let times = lines.filter { $0.name != requests }.map(\.text).sorted()
        let text = ["# TYPE \(requests) counter"] + counts + ["# TYPE \(duration) histogram"] + times
        return text.joined(separator: "\n") + "\n"
    }

    private func translate(_ line: PrometheusLine) -> PrometheusLine? {
        guard let name = names[line.name],
            let workload = workloads.first(where: { $0.name == line.labels["envoy_cluster_name"] })
        else { return nil }
        var labels = labels(of: workload)
        labels["response_code"] = line.labels["envoy_response_code"]
        labels["le"] = line.labels["le"]
        return PrometheusLine(name, labels, value: line.value)
    }

    private func labels(of workload: MeshWorkload) -> [String: String] {
        let service = workload.services.first ?? workload.name
        var labels = [
            "reporter": "source", "source_workload": "load", "source_workload_namespace": namespace,
            "destination_workload": workload.name, "destination_workload_namespace": namespace,
            "destination_service": fullHost(service, in: namespace), "destination_service_name": service,
            "destination_service_namespace": namespace, "request_protocol": "http",
        ]
        labels["destination_version"] = workload.labels["version"]
        return labels
    }
}

private let requests = "istio_requests_total"
private let duration = "istio_request_duration_milliseconds"

/// Envoy's names and Istio's.
private let names = [
    "envoy_cluster_upstream_rq": requests,
    "envoy_cluster_upstream_rq_time_bucket": "\(duration)_bucket",
    "envoy_cluster_upstream_rq_time_sum": "\(duration)_sum",
    "envoy_cluster_upstream_rq_time_count": "\(duration)_count",
]
