import Analysis
import Rollouts

/// Who counts the requests of a rollout, and how the release under test is told apart there.
struct Counting {
    private let mesh: Mesh
    private let namespace: String?

    private enum Mesh {
        /// A template by itself: any will do to look at its conditions.
        case any
        case none
        case envoy
        case consul(service: String)
        case istio(splitsHosts: Bool)
        case linkerd(isHTTP: Bool)
        case gateway(implementation: String?)
    }

    /// For a template that nobody has asked for yet.
    static let unknown = Counting(mesh: .any, namespace: nil)
    /// Where instances or names divide the traffic.
    static let nobody = Counting(mesh: .none, namespace: nil)

    private init(mesh: Mesh, namespace: String?) {
        self.mesh = mesh
        self.namespace = namespace
    }

    init(of target: TrafficTarget, in namespace: String?) {
        let settings = Settings(target.settings[target.router] ?? "{}")
        let mesh: Mesh =
            switch target.router {
            case "consul": .consul(service: settings["service"] ?? "")
            case "istio": .istio(splitsHosts: settings["split"] != "subsets")
            case "linkerd": .linkerd(isHTTP: settings.routesAre("httpRoute"))
            case "gatewayAPI": .gateway(implementation: settings["implementation"])
            default: .envoy
            }
        self.init(mesh: mesh, namespace: namespace)
    }
}

/// Why a builtin can't be asked here, and what to write instead.
struct NotCounted: Error {
    let message: String
}

extension Counting {
    /// - Parameter selector: what tells the release apart, where the manifest knows better than the mesh.
    func telemetry(_ selector: String?) throws(NotCounted) -> Telemetry {
        let backend = Placeholder.canaryBackend.token
        switch mesh {
        case .any, .envoy: return .envoy([selector ?? #"envoy_cluster_name="\#(backend)""#])
        case .none:
            throw NotCounted(
                message:
                    "nobody counts requests here, because no mesh moves them; ask what the service counts of "
                    + "itself by a `provider`, as analysis-templates/app.yaml does")
        case .consul(let service):
            return .envoy([
                "consul_destination_service=\(JSONText.string(service))",
                selector ?? #"consul_destination_service_subset="\#(backend)""#,
            ])
        case .istio(let splitsHosts):
            return try istio(selector ?? (splitsHosts ? Self.istioService : nil), #"reporter="destination""#)
        case .linkerd(let isHTTP): return try linkerd(selector, isHTTP: isHTTP)
        case .gateway(let implementation): return try gateway(implementation, selector)
        }
    }

    private static let istioService = #"destination_service_name="\#(Placeholder.canaryBackend.token)""#

    /// A subset is what a DestinationRule says, and no series bears its name.
    private func istio(_ release: String?, _ reporter: String) throws(NotCounted) -> Telemetry {
        guard let release else {
            throw NotCounted(
                message:
                    "Istio counts by the labels of pods and not by subset; say which pods are the release's, "
                    + #"such as `selector: destination_version="v2"`"#)
        }
        let place = #"destination_workload_namespace="\#(try own)""#
        return .istio([reporter, place], release: release)
    }

    private func linkerd(_ selector: String?, isHTTP: Bool) throws(NotCounted) -> Telemetry {
        if let selector {
            return .linkerdPods([#"direction="inbound""#, #"namespace="\#(try own)""#, selector])
        }
        guard isHTTP else {
            throw NotCounted(
                message:
                    "Linkerd counts answers by Service for HTTPRoutes only; say which pods are the release's, "
                    + #"such as `selector: deployment="web-canary"`"#)
        }
        return .linkerdBackends([
            #"backend_namespace="\#(try own)""#, #"backend_name="\#(Placeholder.canaryBackend.token)""#,
        ])
    }

    /// The pods behind a Gateway need no proxies of their own: so the Gateway's count, or a waypoint's.
    private func gateway(_ name: String?, _ selector: String?) throws(NotCounted) -> Telemetry {
        switch name {
        case "istio": return try istio(selector ?? Self.istioService, #"reporter=~"source|waypoint""#)
        case "linkerd": return try linkerd(selector, isHTTP: true)
        case "traefik":
            let service = "\(try own)-\(Placeholder.canaryBackend.token)-[0-9]+@kubernetes.*"
            return .traefik([selector ?? #"service=~"\#(service)""#])
        case nil:
            throw NotCounted(
                message: "who carries the routes out is not said, and each counts in its own way; write "
                    + "`implementation:` below gatewayAPI (istio, linkerd or traefik)")
        case let name?:
            throw NotCounted(
                message:
                    "what \(name) counts of each Service is not known here; known are istio, linkerd and traefik; "
                    + "write a `provider` with a query of its metrics")
        }
    }

    private var own: String {
        get throws(NotCounted) {
            if let namespace { return namespace }
            throw NotCounted(message: "requests are counted by namespace here; set `metadata.namespace`")
        }
    }
}

/// What a router is told, which is JSON and so YAML.
private struct Settings {
    private let node: YAMLNode?

    init(_ text: String) {
        node = YAMLReader().read(Array(text.utf8), file: "settings", Diagnostics()).first?.root
    }

    subscript(key: String) -> String? { node?[key]?.scalar?.text }

    func routesAre(_ kind: String) -> Bool {
        let kinds = (node?["routes"]?.sequence ?? []).compactMap { $0["kind"]?.scalar?.text }
        return !kinds.isEmpty && kinds.allSatisfy { $0 == kind }
    }
}

extension RolloutDocument {
    var counting: Counting {
        guard let strategy, let traffic = strategy.frame.traffic else { return .unknown }
        let isDivided = workload != nil && !strategy.frame.isRouted
        return isDivided ? .nobody : Counting(of: traffic, in: metadata?.namespace)
    }
}
