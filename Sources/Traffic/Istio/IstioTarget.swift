package import Transport

/// A rollout's traffic target as Istio understands it.
///
/// It stands in `TrafficTarget.settings` under one key, `istio`, as a JSON text; see `IstioTarget+Text`. The
/// backends are the names of subsets, or of hosts. With `namesRoles` they are the stable release's name and
/// the canary's.
package struct IstioTarget: Hashable, Sendable {
    package enum Split: String, Hashable, Sendable, CaseIterable {
        /// A backend is a host: a Service.
        case hosts
        /// A backend is a subset of a host, by a DestinationRule.
        case subsets
    }

    package var split: Split
    package var ownership: Ownership
    package var virtualServices: [IstioService]
    package var destinationRule: IstioRule?
    /// Rules of these names are routes of these names; all others get a name that says whose they are.
    package var managedRoutes: [String]
    /// Whether the weights are spelled as they were found, when the rollout rests and they mean the same.
    package var restores: Bool
    /// How Prometheus tells the backends apart; none where it can't.
    package var counts: BackendCounts?

    package init(
        split: Split, ownership: Ownership = .adopt, virtualServices: [IstioService],
        destinationRule: IstioRule? = nil, managedRoutes: [String] = [], restores: Bool = false,
        counts: BackendCounts? = nil
    ) {
        self.split = split
        self.ownership = ownership
        self.virtualServices = virtualServices
        self.destinationRule = destinationRule
        self.managedRoutes = managedRoutes
        self.restores = restores
        self.counts = counts
    }
}

/// One VirtualService, and which of its routes are the split.
///
/// Without any route named, it is the one that leads to all backends.
package struct IstioService: Hashable, Sendable {
    package var name: String
    /// None: the namespace of the settings.
    package var namespace: String?
    package var routes: [String]
    package var tlsRoutes: [TLSRoute]
    package var tcpRoutes: [TCPRoute]
    /// The routes as they are without us, where these are ours: `http`, `tls` and `tcp` of a `spec`.
    package var base: JSON?

    package struct TLSRoute: Hashable, Sendable {
        package var port: Int?
        package var sniHosts: [String]

        package init(port: Int? = nil, sniHosts: [String] = []) {
            self.port = port
            self.sniHosts = sniHosts
        }
    }

    package struct TCPRoute: Hashable, Sendable {
        package var port: Int

        package init(port: Int) { self.port = port }
    }

    package init(
        _ name: String, in namespace: String? = nil, routes: [String] = [], tlsRoutes: [TLSRoute] = [],
        tcpRoutes: [TCPRoute] = [], base: JSON? = nil
    ) {
        self.name = name
        self.namespace = namespace
        self.routes = routes
        self.tlsRoutes = tlsRoutes
        self.tcpRoutes = tcpRoutes
        self.base = base
    }
}

/// The DestinationRule that says which pods a subset has.
package struct IstioRule: Hashable, Sendable {
    package var name: String
    /// None: the namespace of the settings.
    package var namespace: String?
    /// The label whose value is a release's name.
    package var label: String

    package static let label = "rollouts-pod-template-hash"

    package init(_ name: String, in namespace: String? = nil, label: String = Self.label) {
        self.name = name
        self.namespace = namespace
        self.label = label
    }
}
