package import Kubernetes
package import Transport

/// What the controller of a Gateway does, or of a mesh, as far as a lab needs it: HTTPRoutes become the routes of an
/// Envoy.
///
/// It stands for one Gateway, or for the callers of one Service. Rules are put in the API's order, the narrowest first;
/// what it can't translate is an error.
package struct GatewayBridge: MeshBridge, Hashable {
    /// The name of the RouteConfiguration.
    package var route: String
    /// The Gateway's name, or the Service's that clients ask for.
    package var parent: String
    package var namespace: String
    package var workloads: [MeshWorkload]
    /// Whether a route with copies is left out as a whole, and unknown fields make it so too: Linkerd does it like that.
    package var isLinkerd: Bool

    package static let httpRoute = ResourceKind(
        "gateway.networking.k8s.io", "v1", "HTTPRoute", plural: "httproutes")

    package init(
        route: String, parent: String, namespace: String, workloads: [MeshWorkload], isLinkerd: Bool = false
    ) {
        self.route = route
        self.parent = parent
        self.namespace = namespace
        self.workloads = workloads
        self.isLinkerd = isLinkerd
    }

    package var kinds: [ResourceKind] { [Self.httpRoute] }

    package func document(from objects: [ResourceKind: [JSON]]) throws(BridgeError) -> JSON {
        let routes = (objects[Self.httpRoute] ?? []).filter(hangsHere).sorted { $0.age < $1.age }
        var entries: [RankedEntry] = []
        for route in routes {
            let name = route["metadata"]["name"]?.string ?? "?"
            for (index, rule) in (route["spec"]["rules"]?.array ?? []).enumerated() {
                entries += try self.entries(of: rule, at: "\(name).rules[\(index)]")
            }
        }
        // The narrowest first; among equals the oldest route's, and there the first. `sorted` keeps their order.
        let sorted = entries.enumerated().sorted {
            $0.element.rank == $1.element.rank
                ? $0.offset < $1.offset : $1.element.rank.lexicographicallyPrecedes($0.element.rank)
        }
        let version = routes.compactMap(\.version).max() ?? 0
        return routeDocument(sorted.map(\.element.entry), named: self.route, of: parent, version: version)
    }

    private func hangsHere(_ route: JSON) -> Bool {
        (route["spec"]["parentRefs"]?.array ?? []).contains { $0["name"]?.string == parent }
    }
}

/// An Envoy route, and how narrow it is.
private struct RankedEntry {
    let rank: [Int]
    let entry: JSON
}

// MARK: - Conditions

extension GatewayBridge {
    private func entries(of rule: JSON, at place: String) throws(BridgeError) -> [RankedEntry] {
        try rule.refuseUnknown(
            known: ["name", "matches", "filters", "backendRefs", "timeouts"], at: place)
        let deed = try deed(of: rule, at: place)
        let blocks = rule["matches"]?.array ?? [[:]]
        return try blocks.enumerated().map { index, block throws(BridgeError) in
            var entry = deed
            entry["match"] = try match(of: block, at: "\(place).matches[\(index)]")
            return RankedEntry(rank: rank(of: block), entry: entry)
        }
    }

    private func match(of block: JSON, at place: String) throws(BridgeError) -> JSON {
        try block.refuseUnknown(known: ["path", "headers", "queryParams", "method"], at: place)
        let value = block["path"]["value"]?.string ?? "/"
        var match: JSON =
            switch block["path"]["type"]?.string ?? "PathPrefix" {
            case "Exact": ["path": JSON(value)]
            case "RegularExpression": ["safe_regex": ["regex": JSON(value)]]
            default: value == "/" ? ["prefix": "/"] : ["path_separated_prefix": JSON(value)]
            }
        var headers = (block["headers"]?.array ?? []).map(condition)
        if let method = block["method"] {
            headers.append(["name": ":method", "string_match": ["exact": method]])
        }
        if !headers.isEmpty { match["headers"] = .array(headers) }
        let parameters = (block["queryParams"]?.array ?? []).map(condition)
        if !parameters.isEmpty { match["query_parameters"] = .array(parameters) }
        return match
    }

    private func condition(_ field: JSON) -> JSON {
        let value = field["value"] ?? ""
        let isPattern = field["type"] == "RegularExpression"
        return [
            "name": field["name"] ?? "",
            "string_match": isPattern ? ["safe_regex": ["regex": value]] : ["exact": value],
        ]
    }

    private func rank(of block: JSON) -> [Int] {
        let path = block["path"]["value"]?.string ?? "/"
        return [
            block["path"]["type"] == "Exact" ? 1 : 0, path.utf8.count, block["method"] == nil ? 0 : 1,
            block["headers"]?.array?.count ?? 0, block["queryParams"]?.array?.count ?? 0,
        ]
    }
}

// MARK: - What is done with a request

extension GatewayBridge {
    private func deed(of rule: JSON, at place: String) throws(BridgeError) -> JSON {
        var entry = try split(rule["backendRefs"]?.array ?? [], at: place)
        guard entry["route"] != nil else { return entry }
        entry["route"]["timeout"] = rule["timeouts"]["request"] ?? "0s"
        let filters = rule["filters"]?.array ?? []
        let mirrors = filters.compactMap { $0["requestMirror"] }
        guard mirrors.isEmpty || !isLinkerd else {
            throw BridgeError("\(place): RequestMirror filter is not supported")
        }
        if !mirrors.isEmpty { entry["route"]["request_mirror_policies"] = .array(mirrors.flatMap(policies)) }
        return entry.editingHeaders(as: try headers(of: filters, at: place))
    }

    /// The API wants 500 where a rule leads nowhere.
    private func split(_ items: [JSON], at place: String) throws(BridgeError) -> JSON {
        let weighted = items.filter { ($0["weight"]?.integer ?? 1) > 0 }
        guard !weighted.isEmpty else { return ["direct_response": ["status": 500]] }
        var clusters: [JSON] = []
        for item in weighted {
            let edits = try headers(of: item["filters"]?.array ?? [], at: place)
            for cluster in self.clusters(of: item) {
                let entry: JSON = ["name": JSON(cluster), "weight": JSON(item["weight"]?.integer ?? 1)]
                clusters.append(entry.editingHeaders(as: edits))
            }
        }
        return ["route": ["weighted_clusters": ["clusters": .array(clusters)]]]
    }

    private func policies(_ mirror: JSON) -> [JSON] {
        let millionths =
            if let percent = mirror["percent"]?.integer {
                percent * 10_000
            } else if let part = mirror["fraction"]["numerator"]?.integer {
                part * 1_000_000 / (mirror["fraction"]["denominator"]?.integer ?? 100)
            } else {
                1_000_000
            }
        return clusters(of: mirror["backendRef"] ?? [:]).map { cluster in
            let share: JSON = ["numerator": JSON(millionths), "denominator": "MILLION"]
            return ["cluster": JSON(cluster), "runtime_fraction": ["default_value": share]]
        }
    }

    private func clusters(of item: JSON) -> [String] {
        let name = item["name"]?.string ?? ""
        let chosen = workloads.filter { $0.services.contains(name) }
        return chosen.isEmpty ? [nowhere] : chosen.map(\.name)
    }

    /// As Istio writes them: `{request: {set: {name: value}}, response: …}`.
    private func headers(of filters: [JSON], at place: String) throws(BridgeError) -> JSON {
        var headers: JSON = [:]
        for filter in filters {
            let (side, edits): (String, JSON?) =
                switch filter["type"]?.string {
                case "RequestHeaderModifier": ("request", filter["requestHeaderModifier"])
                case "ResponseHeaderModifier": ("response", filter["responseHeaderModifier"])
                case "RequestMirror": ("", nil)
                default:
                    throw BridgeError("\(place): the bridge does not know the filter \(filter.text)")
                }
            for deed in ["set", "add"] {
                for header in edits[deed]?.array ?? [] {
                    guard let name = header["name"]?.string else { continue }
                    headers[side][deed][name] = header["value"]
                }
            }
            if let removed = edits["remove"] { headers[side]["remove"] = removed }
        }
        return headers
    }
}
