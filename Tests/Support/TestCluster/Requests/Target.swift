import Transport

/// Of which objects a request is, and what it wants of them.
struct Target: Sendable {
    let kind: ServedKind
    let version: String
    let namespace: String?
    let name: String?
    let subresource: Subresource?

    var apiVersion: String { kind.apiVersion(version) }
    /// Every served version has one.
    var schema: Schema { kind.schemas[version] ?? .openDefault }

    func key(_ name: String) -> ObjectKey {
        ObjectKey(kind: kind.id, namespace: namespace ?? "", name: name)
    }
}

/// As access rules and the log name them.
package enum Verb: String, Hashable, Sendable, CaseIterable {
    case get, list, watch, create, update, patch, delete, deletecollection
}

extension Target {
    /// None where the path leads to no group and version: the answer is a plain page then.
    static func find(_ path: [String], in catalog: Catalog) throws(Refusal) -> Target? {
        var rest = path[...]
        let root = rest.popFirst()
        let group: String
        switch root {
        case "api": group = ""
        case "apis": group = rest.popFirst() ?? ""
        default: return nil
        }
        guard let version = rest.popFirst(),
            catalog.kinds.contains(where: { $0.group == group && $0.schemas[version] != nil })
        else { return nil }
        return try find(Array(rest), group: group, version: version, in: catalog)
    }

    private static func find(
        _ rest: [String], group: String, version: String, in catalog: Catalog
    ) throws(Refusal) -> Target? {
        var rest = rest[...]
        var namespace: String?
        // `namespaces/shop/services` is a list in a namespace, `namespaces/shop` and `namespaces/shop/status` are not.
        if rest.first == "namespaces", rest.count > 2, Subresource(rawValue: rest[2]) == nil {
            namespace = rest[1]
            rest = rest.dropFirst(2)
        }
        guard let plural = rest.popFirst(), let kind = catalog[KindID(group: group, plural: plural)],
            kind.schemas[version] != nil
        else {
            let isCustom = catalog.kinds.contains { $0.group == group && $0.isCustom }
            if isCustom { return nil }
            throw .noSuchResource
        }
        let name = rest.popFirst()
        let subresource = try subresource(rest.popFirst(), of: kind, name ?? "")
        return Target(
            kind: kind, version: version, namespace: namespace, name: name, subresource: subresource)
    }

    private static func subresource(
        _ text: String?, of kind: ServedKind, _ name: String
    ) throws(Refusal) -> Subresource? {
        guard let text else { return nil }
        guard let subresource = Subresource(rawValue: text), kind.subresources.contains(subresource) else {
            throw kind.isCustom ? .notFound(kind, name) : .noSuchResource
        }
        return subresource
    }

    /// The verb that a method means here.
    func verb(of request: ClusterRequest) throws(Refusal) -> Verb {
        let verb: Verb? =
            switch (request.method, name != nil) {
            case ("GET", true): .get
            case ("GET", false): request.flag("watch") ? .watch : .list
            case ("POST", false): .create
            case ("POST", true): subresource == .eviction ? .create : nil
            case ("PUT", true): .update
            case ("PATCH", true): .patch
            case ("DELETE", true): subresource == nil ? .delete : nil
            case ("DELETE", false): .deletecollection
            default: nil
            }
        let needsNamespace = kind.isNamespaced && namespace == nil
        guard let verb, !needsNamespace || verb == .list || verb == .watch else { throw .methodNotAllowed }
        if subresource == .eviction, verb != .create { throw .methodNotAllowed }
        return verb
    }
}
