import Transport

/// The DestinationRules of a mesh, and which of them count for whom.
///
/// A proxy goes by those of its own namespace; only where none there is for the host, by those of the host's namespace,
/// and then by those of the root namespace, as far as they are exported to it. Of one namespace, those with the closest
/// host count together.
struct RuleLookup: Hashable, Sendable {
    let rules: [JSON]
    let root: String

    /// - Parameters:
    ///   - host: the whole name, `web.shop.svc.cluster.local`.
    ///   - home: the host's namespace.
    ///   - client: the caller's; none: one that has no rules of its own, and to which nothing is exported by name.
    func counting(for host: String, in home: String, from client: String?) -> [JSON] {
        let own = client.map { $0 == root ? [] : closest(to: host, in: $0, seenFrom: $0) } ?? []
        if !own.isEmpty { return own }
        let ofHost = closest(to: host, in: home, seenFrom: client)
        return ofHost.isEmpty ? closest(to: host, in: root, seenFrom: client) : ofHost
    }

    /// Namespaces beside the host's and the root's that have rules of their own for it: their callers go by those.
    func otherClients(of host: String, in home: String) -> [String] {
        let namespaces = Set(rules.filter { $0.isRule(for: host) }.map(\.home))
        return namespaces.subtracting([home, root])
            .filter { !closest(to: host, in: $0, seenFrom: $0).isEmpty }.sorted()
    }

    private func closest(to host: String, in namespace: String, seenFrom client: String?) -> [JSON] {
        let seen = rules.filter {
            $0.home == namespace && $0.isRule(for: host) && $0.isExported(to: client, from: namespace)
        }
        let nearest = seen.map(\.ruleHost.count).max()
        let exact = seen.filter { !$0.ruleHost.hasPrefix("*") }
        return exact.isEmpty ? seen.filter { $0.ruleHost.count == nearest } : exact
    }
}

extension JSON {
    fileprivate var home: String { self["metadata"]["namespace"]?.string ?? "" }

    /// As a whole name. Istio takes what has a dot for one.
    fileprivate var ruleHost: String { (self["spec"]["host"]?.string ?? "").wholeHost(in: home) }

    fileprivate func isRule(for host: String) -> Bool {
        let pattern = ruleHost
        return pattern.hasPrefix("*") ? host.hasSuffix(pattern.dropFirst()) : pattern == host
    }

    /// Without a word, everybody sees it.
    func isExported(to client: String?, from home: String) -> Bool {
        let names = (self["spec"]["exportTo"]?.array ?? []).compactMap(\.string)
        return names.isEmpty || names.contains("*") || names.contains { $0 == client }
            || (names.contains(".") && client == home)
    }
}

extension String {
    /// `web` is `web.shop.svc.cluster.local` in the namespace `shop`.
    func wholeHost(in namespace: String) -> String {
        contains(".") || hasPrefix("*") ? self : "\(self).\(namespace).svc.cluster.local"
    }

    /// `shop`, of a Service's whole name; none of others.
    var hostNamespace: String? {
        let labels = split(separator: ".", omittingEmptySubsequences: false)
        return labels.count > 2 && labels[2] == "svc" ? String(labels[1]) : nil
    }
}
