import Transport

/// A service's discovery chain: what the entries of all kinds come to, as Consul gives it to the proxies.
struct CompiledChain: Hashable, Sendable {
    let proto: String
    /// The shares of the subsets in hundredths of a percent; none where nothing is split.
    let splits: [String: Int]?
    /// What each subset's instances are chosen by.
    let filters: [String: String]
    /// Where requests of a subset without instances go.
    let refuges: [String: String]
    /// The routes before the split, as the service-router has them.
    let routes: [JSON]

    init(_ chain: JSON, of service: String) {
        let nodes = chain["Nodes"]?.object ?? [:]
        let targets = chain["Targets"]?.object ?? [:]
        let target = { (node: JSON?) in node?["Resolver"]["Target"]?.string.flatMap { targets[$0] } }
        let subset = { (node: JSON?) in target(node).flatMap { $0["ServiceSubset"]?.string } }
        proto = chain["Protocol"]?.string ?? ""
        let splitter = nodes.values.first {
            $0["Type"] == "splitter" && Self.isOf(service, $0["Name"]?.string)
        }
        splits = splitter.map { splitter in
            // A weight of 0 is left out by Consul.
            (splitter["Splits"]?.array ?? []).reduce(into: [:]) { splits, split in
                let node = split["NextNode"]?.string.flatMap { nodes[$0] }
                splits[subset(node) ?? "", default: 0] += Hundredths.units(of: split["Weight"])
            }
        }
        filters = targets.values.reduce(into: [:]) { filters, target in
            guard let subset = target["ServiceSubset"]?.string else { return }
            filters[subset] = target["Subset"]["Filter"]?.string ?? ""
        }
        refuges = nodes.values.reduce(into: [:]) { refuges, node in
            guard let from = subset(node), let first = node["Resolver"]["Failover"]["Targets"][0]?.string
            else { return }
            refuges[from] = targets[first]?["ServiceSubset"]?.string
        }
        let router = nodes.values.first { $0["Type"] == "router" && Self.isOf(service, $0["Name"]?.string) }
        routes = (router?["Routes"]?.array ?? []).compactMap { $0["Definition"] }
    }

    /// `web.default`; with partitions `web.default.default`.
    private static func isOf(_ service: String, _ name: String?) -> Bool {
        name == service || name?.hasPrefix(service + ".") == true
    }
}

extension CompiledChain {
    /// What is not as it is wanted; none where everything is.
    func flaw(_ shares: SubsetShares, rules: [JSON], filters wanted: [String: String]) -> String? {
        guard let splits else { return "it has no split" }
        let units = shares.units.filter { $0.value > 0 }
        guard splits.filter({ $0.value > 0 }) == units else {
            return "it splits by \(percents(splits)) instead of \(percents(units))"
        }
        if let (subset, filter) = wanted.first(where: { units[$0.key] != nil && filters[$0.key] != $0.value })
        {
            return "it chooses \(subset) by \(filters[subset] ?? "nothing") instead of \(filter)"
        }
        let missing = rules.first { rule in !routes.contains { $0.isSameRoute(as: rule) } }
        return missing.map { "it lacks the route \($0.text)" }
    }

    /// `web-a 80%, web-b 20%`
    func percents(_ units: [String: Int]) -> String {
        units.sorted { $0.key < $1.key }.map { "\($0.key) \(Hundredths.text($0.value))" }
            .joined(separator: ", ")
    }
}

extension JSON {
    /// The same requests to the same subset; Consul fills in what was left out.
    fileprivate func isSameRoute(as other: JSON) -> Bool {
        let (own, theirs) = (self["Match"] ?? .null, other["Match"] ?? .null)
        return own.means(theirs)
            && self["Destination"]["ServiceSubset"] == other["Destination"]["ServiceSubset"]
    }
}
