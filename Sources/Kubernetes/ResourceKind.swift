/// A kind of object as the API serves it.
package struct ResourceKind: Hashable, Sendable {
    /// Empty for the core group.
    package let group: String
    package let version: String
    package let kind: String
    /// As it stands in paths: `virtualservices`.
    package let plural: String
    package let isNamespaced: Bool

    package init(
        _ group: String, _ version: String, _ kind: String, plural: String, isNamespaced: Bool = true
    ) {
        self.group = group
        self.version = version
        self.kind = kind
        self.plural = plural
        self.isNamespaced = isNamespaced
    }

    /// `networking.istio.io/v1`, `v1`.
    package var apiVersion: String { group.isEmpty ? version : "\(group)/\(version)" }
}

extension ResourceKind {
    package static let service = ResourceKind("", "v1", "Service", plural: "services")
    package static let pod = ResourceKind("", "v1", "Pod", plural: "pods")
    package static let secret = ResourceKind("", "v1", "Secret", plural: "secrets")
    package static let event = ResourceKind("", "v1", "Event", plural: "events")
    package static let namespace = ResourceKind(
        "", "v1", "Namespace", plural: "namespaces", isNamespaced: false)
    package static let replicaSet = ResourceKind("apps", "v1", "ReplicaSet", plural: "replicasets")
    package static let deployment = ResourceKind("apps", "v1", "Deployment", plural: "deployments")
    package static let job = ResourceKind("batch", "v1", "Job", plural: "jobs")
    package static let lease = ResourceKind("coordination.k8s.io", "v1", "Lease", plural: "leases")
    package static let endpointSlice = ResourceKind(
        "discovery.k8s.io", "v1", "EndpointSlice", plural: "endpointslices")
    package static let virtualService = ResourceKind(
        "networking.istio.io", "v1", "VirtualService", plural: "virtualservices")
    package static let destinationRule = ResourceKind(
        "networking.istio.io", "v1", "DestinationRule", plural: "destinationrules")
}

/// One object: what it is, and where.
package struct ObjectReference: Hashable, Sendable, CustomStringConvertible {
    package let kind: ResourceKind
    /// None for kinds that have no namespace.
    package let namespace: String?
    package let name: String

    package init(_ kind: ResourceKind, _ name: String, in namespace: String?) {
        self.kind = kind
        self.namespace = kind.isNamespaced ? namespace : nil
        self.name = name
    }

    /// `VirtualService shop/web`
    package var description: String {
        kind.kind + " " + (namespace.map { "\($0)/\(name)" } ?? name)
    }
}
