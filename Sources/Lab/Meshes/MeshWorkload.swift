/// A release's instances as a mesh knows them: the pods of a Deployment there, an Envoy cluster in the lab.
package struct MeshWorkload: Sendable, Hashable {
    /// Its own name, and that of its Envoy cluster.
    package var name: String
    /// The short names of the Services that select it; the one that users ask for comes first.
    package var services: [String]
    /// What a subset may choose it by.
    package var labels: [String: String]

    package init(_ name: String, of services: [String], labels: [String: String] = [:]) {
        self.name = name
        self.services = services
        self.labels = labels
    }

    func isChosen(by labels: [String: String]) -> Bool {
        labels.allSatisfy { self.labels[$0.key] == $0.value }
    }
}

/// `web` is `web.shop.svc.cluster.local` in the namespace `shop`. Istio takes what has a dot for a whole name.
func fullHost(_ host: String, in namespace: String) -> String {
    host.contains(".") ? host : "\(host).\(namespace).svc.cluster.local"
}
