import Kubernetes
import Transport

extension CountedSeries {
    /// What the callers' proxies sent to each backend of a route.
    static func linkerd(_ route: ObjectReference, in namespace: String) -> CountedSeries {
        let family = route.kind.kind == RouteKind.grpcRoute.name ? "grpc" : "http"
        return CountedSeries(
            metric: "outbound_\(family)_route_backend_requests_total",
            matchers: [
                "route_name=\(JSON(route.name).text)", "backend_namespace=\(JSON(namespace).text)",
            ])
    }
}
