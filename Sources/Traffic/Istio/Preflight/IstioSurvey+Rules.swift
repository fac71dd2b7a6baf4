import Rollouts
import Transport

// The DestinationRules of a host: which subsets there are, for the callers of each namespace.

extension IstioSurvey {
    private var lookup: RuleLookup { RuleLookup(rules: rules.value ?? [], root: rootNamespace) }

    private func home(of host: String) -> String { wholeHost(host).hostNamespace ?? namespace }

    /// Those that count for callers of the host's own namespace, and of all that have none of their own.
    func rules(for host: String) -> [JSON] {
        lookup.counting(for: wholeHost(host), in: home(of: host), from: home(of: host))
    }

    /// Namespaces whose callers go by rules of their own, as far as the split reaches them.
    private func otherClients(of host: String) -> [String] {
        lookup.otherClients(of: wholeHost(host), in: home(of: host)).filter { client in
            objects.contains { $0.object.isExported(to: client, from: namespace) }
        }
    }

    /// Every one that counts for some caller.
    func allRules(for host: String) -> [JSON] {
        let ofOthers = otherClients(of: host).flatMap {
            lookup.counting(for: wholeHost(host), in: home(of: host), from: $0)
        }
        return rules(for: host) + ofOthers
    }

    var ruleFindings: [Finding] {
        if case .unknown(let why) = rules { return [.unread("DestinationRules of \(namespace)", why)] }
        let unseen = unseenRules.map { Finding.unread("DestinationRules of other namespaces", $0) }
        guard target.split == .subsets, let host = hosts.first else { return [unseen].compactMap(\.self) }
        return [unseen].compactMap(\.self) + subsetFindings(host) + otherFindings(host)
            + hiddenFindings(host)
    }

    private func subsetFindings(_ host: String) -> [Finding] {
        let own = rules(for: host)
        return inspection.backends.filter { own.subset($0) == nil }.map { name in
            guard let rule = own.first else {
                return Finding(
                    .warning, "subsets", "DestinationRule for \(host)",
                    "none of \(namespace) is for host \(host), which should have subset \(name)",
                    why: undefined, mend: "add `{name: \(name), labels: {…}}` to its `subsets`")
            }
            return lacking(name, rule, "has no subset \(name)")
        }
    }

    /// A rule in a caller's own namespace takes the place of the host's, subsets and all.
    private func otherFindings(_ host: String) -> [Finding] {
        otherClients(of: host).flatMap { client in
            let rules = lookup.counting(for: wholeHost(host), in: home(of: host), from: client)
            return inspection.backends.filter { rules.subset($0) == nil }.compactMap { name in
                rules.first.map {
                    lacking(name, $0, "has no subset \(name), and callers of \(client) go by it alone")
                }
            }
        }
    }

    private func lacking(_ name: String, _ rule: JSON, _ what: String) -> Finding {
        Finding(
            .error, "subsets", rule.ruleTitle, what, why: undefined,
            mend: "add `{name: \(name), labels: {…}}` to its `subsets`")
    }

    private var undefined: String { "requests to a subset that nobody defines are answered with 503" }

    /// The split reaches callers that the subsets don't.
    private func hiddenFindings(_ host: String) -> [Finding] {
        let isSeen = !lookup.counting(for: wholeHost(host), in: home(of: host), from: nil).isEmpty
        guard !isSeen, let rule = rules(for: host).first,
            objects.contains(where: { $0.object.isExported(to: nil, from: namespace) })
        else { return [] }
        return [
            Finding(
                .warning, "subsets", rule.ruleTitle,
                "is not exported to other namespaces, and the VirtualService that uses its subsets is",
                why: "callers there are sent to subsets that they don't know, and get 503",
                mend: "let `exportTo` of both say the same")
        ]
    }
}

extension [JSON] {
    /// By name, among several that count together.
    func subset(_ name: String) -> JSON? {
        lazy.flatMap { $0["spec"]["subsets"]?.array ?? [] }.first { $0["name"]?.string == name }
    }
}

extension JSON {
    /// `DestinationRule shop/web`
    var ruleTitle: String {
        let metadata = self["metadata"]
        return "DestinationRule \(metadata["namespace"]?.string ?? "")/\(metadata["name"]?.string ?? "?")"
    }
}
