import Kubernetes
import Transport

/// One config entry of Consul's.
struct EntryName: Hashable, Sendable {
    enum Kind: String, Hashable, Sendable, CaseIterable {
        case defaults = "service-defaults"
        case resolver = "service-resolver"
        case splitter = "service-splitter"
        case router = "service-router"
    }

    let kind: Kind
    let service: String
    let scope: ConsulScope
    /// Of the custom resource that consul-k8s makes it from; none: it is written in Consul itself.
    var namespace: String?

    var shelf: EntryShelf { EntryShelf(kind: kind, scope: scope) }

    var isResource: Bool { namespace != nil }

    var resource: ObjectReference { ObjectReference(kind.resource, service, in: namespace) }

    /// The same entry as Consul has it.
    var inConsul: EntryName { EntryName(kind: kind, service: service, scope: scope) }

    /// An entry that says nothing yet. Where it is looked up is said in it too: an old Consul passes over a partition in
    /// a query, and declines it here.
    var bare: JSON {
        var entry: JSON = ["Kind": .string(kind.rawValue), "Name": .string(service)]
        guard !isResource else { return entry }
        entry["Namespace"] = scope.namespace.map(JSON.string)
        entry["Partition"] = scope.partition.map(JSON.string)
        return entry
    }
}

extension EntryName.Kind {
    /// What consul-k8s calls it: `ServiceSplitter`.
    var resource: ResourceKind {
        let names =
            switch self {
            case .defaults: ("ServiceDefaults", "servicedefaults")
            case .resolver: ("ServiceResolver", "serviceresolvers")
            case .splitter: ("ServiceSplitter", "servicesplitters")
            case .router: ("ServiceRouter", "servicerouters")
            }
        return ResourceKind("consul.hashicorp.com", "v1alpha1", names.0, plural: names.1)
    }
}

extension EntryName.Kind {
    /// Where a custom resource has what moves traffic.
    var splitPath: [String] {
        switch self {
        case .defaults: ["spec", "protocol"]
        case .resolver: ["spec"]
        case .splitter: ["spec", "splits"]
        case .router: ["spec", "routes"]
        }
    }
}

/// All config entries of a kind, which can be asked for at once.
struct EntryShelf: Hashable, Sendable {
    let kind: EntryName.Kind
    let scope: ConsulScope
}

extension EntryName: CustomStringConvertible {
    /// `service-splitter web`, `ServiceSplitter shop/web`
    var description: String {
        guard !isResource else { return "\(resource)" }
        let place = [scope.partition, scope.namespace].compactMap(\.self).map { "\($0)/" }.joined()
        return "\(kind.rawValue) \(place)\(service)"
    }
}
