import Lab
import Testing

@Suite struct MetricShimTests {
    private let metrics = IstioMetrics(
        namespace: "shop",
        workloads: [
            MeshWorkload("web-a", of: ["web"], labels: ["version": "v1"]), MeshWorkload("web-b", of: ["web"]),
        ])

    @Test func envoysCountersOfAClusterAreIstiosOfAWorkload() {
        let page = """
            # TYPE envoy_cluster_upstream_rq counter
            envoy_cluster_upstream_rq{envoy_response_code="200",envoy_cluster_name="web-a"} 41
            envoy_cluster_upstream_rq{envoy_response_code="503",envoy_cluster_name="web-b"} 2
            envoy_cluster_upstream_rq_time_bucket{envoy_cluster_name="web-a",le="+Inf"} 41
            envoy_cluster_upstream_rq_time_sum{envoy_cluster_name="web-a"} 70.5
            envoy_cluster_upstream_rq_time_count{envoy_cluster_name="web-a"} 41
            """
        let a =
            #"destination_service="web.shop.svc.cluster.local",destination_service_name="web","#
            + #"destination_service_namespace="shop",destination_version="v1",destination_workload="web-a","#
            + #"destination_workload_namespace="shop""#
        let b =
            #"destination_service="web.shop.svc.cluster.local",destination_service_name="web","#
            + #"destination_service_namespace="shop",destination_workload="web-b","#
            + #"destination_workload_namespace="shop""#
        let source = #"source_workload="load",source_workload_namespace="shop""#
        #expect(
            metrics.translate(page) == """
                # TYPE istio_requests_total counter
                istio_requests_total{\(a),reporter="source",request_protocol="http",response_code="200",\(source)} 41
                istio_requests_total{\(b),reporter="source",request_protocol="http",response_code="503",\(source)} 2
                # TYPE istio_request_duration_milliseconds histogram
                istio_request_duration_milliseconds_bucket{\(a),le="+Inf",reporter="source",request_protocol="http",\
                \(source)} 41
                istio_request_duration_milliseconds_count{\(a),reporter="source",request_protocol="http",\(source)} 41
                istio_request_duration_milliseconds_sum{\(a),reporter="source",request_protocol="http",\(source)} 70.5

                """)
    }

    @Test func whatIsNoWorkloadsOrNoRequestIsLeftOut() {
        let page = """
            envoy_cluster_upstream_rq{envoy_response_code="200",envoy_cluster_name="nowhere"} 3
            envoy_cluster_upstream_rq_xx{envoy_response_code_class="2",envoy_cluster_name="web-a"} 3
            envoy_cluster_upstream_rq{envoy_cluster_name="web-a" 3
            """
        #expect(
            metrics.translate(page) == """
                # TYPE istio_requests_total counter
                # TYPE istio_request_duration_milliseconds histogram

                """)
    }

    @Test func aLabelMayHoldQuotes() {
        let odd = IstioMetrics(namespace: "s", workloads: [MeshWorkload(#"a"b\"#, of: ["w"])])
        let page = #"envoy_cluster_upstream_rq{envoy_cluster_name="a\"b\\",envoy_response_code="200"} 1"#
        #expect(odd.translate(page).contains(#"destination_workload="a\"b\\""#))
    }
}
