package import Kubernetes
package import Transport

/// What istiod does, as far as a lab needs it: VirtualServices and DestinationRules become the routes of an Envoy.
///
/// It stands for one client's sidecar, and for one Service that the client asks. What it can't translate is either
/// an error, where a request would go elsewhere than in a mesh, or told as omitted.
package struct IstioBridge: MeshBridge, Hashable {
    /// The name of the RouteConfiguration.
    package var route: String
    /// The Service that clients ask for.
    package var host: String
    package var namespace: String
    package var workloads: [MeshWorkload]

    package init(route: String, host: String, namespace: String, workloads: [MeshWorkload]) {
        self.route = route
        self.host = host
        self.namespace = namespace
        self.workloads = workloads
    }

    package struct Translation: Sendable, Hashable {
        /// The content of a route file.
        package let document: JSON
        /// What was left out, because it changes no request's way: `http[1].corsPolicy`.
        package let omitted: [String]
    }

    package func translate(
        virtualServices: [JSON], destinationRules: [JSON]
    ) throws(BridgeError) -> Translation {
        let reader = BridgeReader(bridge: self, destinationRules: destinationRules)
        let service = virtualServices.filter(isMeant).min { $0.age < $1.age }
        let entries =
            if let service { try reader.routes(of: service) } else { [try reader.entry(toService: host)] }
        let version = (virtualServices + destinationRules).compactMap(\.version).max() ?? 0
        let document = routeDocument(entries, named: route, of: host, version: version)
        return Translation(document: document, omitted: service.map(omissions) ?? [])
    }

    package var kinds: [ResourceKind] { [.virtualService, .destinationRule] }

    package func document(from objects: [ResourceKind: [JSON]]) throws(BridgeError) -> JSON {
        try translate(
            virtualServices: objects[.virtualService] ?? [], destinationRules: objects[.destinationRule] ?? []
        ).document
    }
}

extension IstioBridge {
    /// A VirtualService for sidecars and for this Service. Where there are several, istiod takes the oldest.
    private func isMeant(_ service: JSON) -> Bool {
        let spec = service["spec"]
        let gateways = spec["gateways"]?.array ?? ["mesh"]
        let hosts = (spec["hosts"]?.array ?? []).compactMap(\.string)
        let wanted = fullHost(host, in: namespace)
        return gateways.contains("mesh")
            && hosts.contains { $0 == "*" || fullHost($0, in: namespace) == wanted }
    }

    private func omissions(in service: JSON) -> [String] {
        let routes = service["spec"]["http"]?.array ?? []
        return routes.indices.flatMap { index in
            (routes[index].object ?? [:]).keys.filter(omitted.contains).sorted().map {
                "http[\(index)].\($0)"
            }
        }
    }
}

/// They change an answer or its time, and never where a request goes.
let omitted: Set = ["corsPolicy", "fault"]
