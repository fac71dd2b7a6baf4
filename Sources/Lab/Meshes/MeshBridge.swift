package import Kubernetes
package import Transport

/// What a control plane does, as far as a lab needs it: objects become the routes of an Envoy.
package protocol MeshBridge: Sendable {
    /// What it reads.
    var kinds: [ResourceKind] { get }
    var namespace: String { get }
    var workloads: [MeshWorkload] { get set }

    /// The content of a route file. Throws where a request would go elsewhere than in a mesh.
    func document(from objects: [ResourceKind: [JSON]]) throws(BridgeError) -> JSON
}

/// Why objects can't be translated.
package struct BridgeError: Error, Sendable, Hashable, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// The cluster for destinations that no workload stands behind. It has no endpoints: Envoy answers 503, as it does in a
/// mesh.
package let nowhere = "nowhere"

/// A route file with these routes.
func routeDocument(_ entries: [JSON], named route: String, of host: String, version: Int) -> JSON {
    let configuration: JSON = [
        "@type": "type.googleapis.com/envoy.config.route.v3.RouteConfiguration",
        "name": JSON(route),
        "validate_clusters": true,
        "virtual_hosts": [["name": JSON(host), "domains": ["*"], "routes": .array(entries)]],
    ]
    return ["version_info": JSON("\(version)"), "resources": [configuration]]
}

extension JSON {
    /// Times of the same form: text sorts as time does. The name decides where both were made in one second.
    var age: String {
        "\(self["metadata"]["creationTimestamp"]?.string ?? "") \(self["metadata"]["name"]?.string ?? "")"
    }

    var version: Int? { self["metadata"]["resourceVersion"]?.string.flatMap { Int($0) } }
}
