import Transport

extension BridgeReader {
    /// Destinations with the weight 0 are dropped where others have one, and a single one needs no split: so istiod
    /// does it, and so a release at 0 % has no statistics.
    func split(_ items: [JSON], at place: String) throws(BridgeError) -> JSON {
        for (index, item) in items.enumerated() {
            try item.refuseUnknown(
                known: ["destination", "weight", "headers"], at: "\(place).route[\(index)]")
        }
        let weighted = items.count > 1 ? items.filter { ($0["weight"]?.integer ?? 0) > 0 } : items
        guard !weighted.isEmpty else {
            throw BridgeError("\(place) leads nowhere: no destination has a weight above 0")
        }
        let targets = try weighted.map { item throws(BridgeError) in
            Target(item: item, clusters: try clusters(of: item["destination"], at: place))
        }
        if targets.count == 1, targets[0].clusters.count == 1 {
            return (["route": ["cluster": JSON(targets[0].clusters[0])]] as JSON)
                .editingHeaders(as: targets[0].item["headers"])
        }
        return ["route": ["weighted_clusters": ["clusters": .array(targets.flatMap(entries))]]]
    }

    private struct Target {
        let item: JSON
        let clusters: [String]
    }

    /// A destination with several workloads behind it is shared out among them.
    private func entries(_ target: Target) -> [JSON] {
        let weight = target.item["weight"]?.integer ?? 1
        return target.clusters.map { cluster in
            let share = weight * sharesOfAWeight / target.clusters.count
            return (["name": JSON(cluster), "weight": JSON(share)] as JSON)
                .editingHeaders(as: target.item["headers"])
        }
    }

    func mirrors(of route: JSON, at place: String) throws(BridgeError) -> [JSON] {
        var policies: [JSON] = []
        if let destination = route["mirror"] {
            policies += try mirror(to: destination, route["mirrorPercentage"], at: "\(place).mirror")
        }
        for (index, mirror) in (route["mirrors"]?.array ?? []).enumerated() {
            policies += try self.mirror(
                to: mirror["destination"], mirror["percentage"], at: "\(place).mirrors[\(index)]")
        }
        return policies
    }

    private func mirror(to destination: JSON?, _ percentage: JSON?, at place: String) throws(BridgeError)
        -> [JSON]
    {
        let clusters = try clusters(of: destination, at: place)
        let percent = percentage.map { $0["value"]?.number ?? 0 } ?? 100
        let millionths = JSON(Int((percent * 10_000).rounded()) / clusters.count)
        return clusters.map { cluster in
            let share: JSON = ["numerator": millionths, "denominator": "MILLION"]
            return ["cluster": JSON(cluster), "runtime_fraction": ["default_value": share]]
        }
    }

    /// The clusters of those workloads that the destination's Service and subset choose.
    private func clusters(of destination: JSON?, at place: String) throws(BridgeError) -> [String] {
        guard let destination, let name = destination["host"]?.string else {
            throw BridgeError("\(place): a destination without a host")
        }
        let host = fullHost(name, in: bridge.namespace)
        let labels = destination["subset"]?.string.map { subset(named: $0, of: host) } ?? [:]
        let chosen = bridge.workloads.filter { workload in
            guard let labels else { return false }
            return workload.isChosen(by: labels)
                && workload.services.contains { fullHost($0, in: bridge.namespace) == host }
        }
        return chosen.isEmpty ? [nowhere] : chosen.map(\.name)
    }

    /// None where no rule has the subset: requests to it are lost in a mesh, and here.
    private func subset(named name: String, of host: String) -> [String: String]? {
        let rules = destinationRules.filter { rule in
            rule["spec"]["host"]?.string.map { fullHost($0, in: bridge.namespace) } == host
        }
        let subsets = rules.flatMap { $0["spec"]["subsets"]?.array ?? [] }
        let subset = subsets.first { $0["name"]?.string == name }
        return subset.map { ($0["labels"]?.object ?? [:]).compactMapValues(\.string) }
    }
}

/// Can be divided by as many workloads as a lab has.
private let sharesOfAWeight = 60

extension JSON {
    /// An Envoy route, or one of its weighted clusters, with what Istio's `headers` say.
    func editingHeaders(as headers: JSON?) -> JSON {
        var entry = self
        for side in ["request", "response"] {
            let edits = headers[side]
            let added =
                edits["set"].headerValues(append: "OVERWRITE_IF_EXISTS_OR_ADD")
                + edits["add"].headerValues(append: "APPEND_IF_EXISTS_OR_ADD")
            let toAdd = "\(side)_headers_to_add"
            let toRemove = "\(side)_headers_to_remove"
            let all = (entry[toAdd]?.array ?? []) + added
            if !all.isEmpty { entry[toAdd] = .array(all) }
            let removed = (entry[toRemove]?.array ?? []) + (edits["remove"]?.array ?? [])
            if !removed.isEmpty { entry[toRemove] = .array(removed) }
        }
        return entry
    }
}

extension JSON? {
    fileprivate func headerValues(append action: JSON) -> [JSON] {
        (self?.object ?? [:]).sorted { $0.key < $1.key }.map { name, value in
            ["header": ["key": JSON(name), "value": value], "append_action": action]
        }
    }
}
