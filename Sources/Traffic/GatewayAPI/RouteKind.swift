import Kubernetes

/// The kinds of objects that hold a split by Services.
package enum RouteKind: String, Hashable, Sendable, CaseIterable {
    case httpRoute, grpcRoute, tcpRoute, tlsRoute
    /// SMI's, which old installations of Linkerd have.
    case trafficSplit

    /// `HTTPRoute`
    package var name: String {
        switch self {
        case .httpRoute: "HTTPRoute"
        case .grpcRoute: "GRPCRoute"
        case .tcpRoute: "TCPRoute"
        case .tlsRoute: "TLSRoute"
        case .trafficSplit: "TrafficSplit"
        }
    }

    /// Whether it looks into requests, so that there are rules and cookies.
    var readsRequests: Bool { self == .httpRoute || self == .grpcRoute }

    /// All versions that may be served, the newest first.
    func kinds(in group: RouteGroup?) -> [ResourceKind] {
        let versions: [Served] =
            switch self {
            case .trafficSplit: [("split.smi-spec.io", "v1alpha2"), ("split.smi-spec.io", "v1alpha1")]
            case .tlsRoute: gateway(["v1", "v1alpha3", "v1alpha2"])
            case .httpRoute where group == .linkerd: linkerd
            case .httpRoute where group == nil: gateway(["v1", "v1beta1"]) + linkerd
            case .httpRoute: gateway(["v1", "v1beta1"])
            case .grpcRoute, .tcpRoute: gateway(["v1", "v1alpha2"])
            }
        return versions.map { ResourceKind($0.group, $0.version, name, plural: name.lowercased() + "s") }
    }

    private typealias Served = (group: String, version: String)

    private func gateway(_ versions: [String]) -> [Served] {
        versions.map { (RouteGroup.gateway.rawValue, $0) }
    }

    /// Earlier versions than these have no weights.
    private var linkerd: [Served] {
        ["v1beta3", "v1beta2"].map { (RouteGroup.linkerd.rawValue, $0) }
    }
}

/// Whose HTTPRoute it is: Linkerd had one before the Gateway API's was ready.
package enum RouteGroup: String, Hashable, Sendable, CaseIterable {
    case gateway = "gateway.networking.k8s.io"
    case linkerd = "policy.linkerd.io"
}

extension ResourceKind {
    static let gateway = ResourceKind(RouteGroup.gateway.rawValue, "v1", "Gateway", plural: "gateways")
    static let gatewayClass = ResourceKind(
        RouteGroup.gateway.rawValue, "v1", "GatewayClass", plural: "gatewayclasses", isNamespaced: false)
}
