package import Transport

/// What Consul's xDS server and its proxies do, as far as a lab needs it: a discovery chain becomes the routes of an
/// Envoy. It stands for the sidecar of one caller of one service.
///
/// Old Consuls speak with old Envoys only; a chain is the same for all of them.
package struct ConsulBridge: Sendable, Hashable {
    /// The name of the RouteConfiguration.
    package var route: String
    /// The service that clients ask for.
    package var service: String
    /// Envoy's cluster of each instance, by the instance's port.
    package var clusters: [UInt16: String]

    /// The cluster for subsets without any instance. It has no endpoints: Envoy answers 503, as it does in a mesh.
    package static let nowhere = "nowhere"

    package init(route: String, service: String, clusters: [UInt16: String] = [:]) {
        self.route = route
        self.service = service
        self.clusters = clusters
    }

    /// - Parameters:
    ///   - chain: what `/v1/discovery-chain/` answers.
    ///   - instances: the ports of the healthy instances of each target of the chain.
    package func translate(_ chain: JSON, instances: [String: [UInt16]], version: UInt64) throws(BridgeError)
        -> JSON
    {
        let reader = ChainReader(chain: chain["Chain"] ?? .null, bridge: self, instances: instances)
        let entries = try reader.routes()
        let configuration: JSON = [
            "@type": "type.googleapis.com/envoy.config.route.v3.RouteConfiguration",
            "name": .string(route), "validate_clusters": true,
            "virtual_hosts": [["name": .string(service), "domains": ["*"], "routes": .array(entries)]],
        ]
        return ["version_info": "\(version)", "resources": [configuration]]
    }
}

private struct ChainReader {
    let chain: JSON
    let bridge: ConsulBridge
    let instances: [String: [UInt16]]

    private func node(_ name: String?) throws(BridgeError) -> JSON {
        guard let name, let node = chain["Nodes"][name] else {
            throw BridgeError("the chain has no node \(name ?? "at its start")")
        }
        return node
    }

    func routes() throws(BridgeError) -> [JSON] {
        let start = try node(chain["StartNode"]?.string)
        guard start["Type"] == "router" else {
            return [["match": ["prefix": "/"], "route": try deed(of: start)]]
        }
        var routes: [JSON] = []
        for route in start["Routes"]?.array ?? [] {
            let match = try match(route["Definition"]["Match"]["HTTP"] ?? [:])
            routes.append(["match": match, "route": try deed(of: try node(route["NextNode"]?.string))])
        }
        return routes
    }

    private func deed(of node: JSON) throws(BridgeError) -> JSON {
        guard node["Type"] == "splitter" else { return ["cluster": .string(try cluster(of: node))] }
        var clusters: [JSON] = []
        for split in node["Splits"]?.array ?? [] {
            // Consul leaves a weight of 0 out, and gives Envoy ten thousandths.
            let weight = Int(((split["Weight"]?.number ?? 0) * 100).rounded())
            let name = try cluster(of: try self.node(split["NextNode"]?.string))
            clusters.append(["name": .string(name), "weight": JSON(weight)])
        }
        return ["weighted_clusters": ["clusters": .array(clusters)]]
    }

    /// The first of the target and its failovers that has a healthy instance.
    private func cluster(of resolver: JSON) throws(BridgeError) -> String {
        guard let target = resolver["Resolver"]["Target"]?.string else {
            throw BridgeError("\(resolver["Name"]?.string ?? "a node") leads to no target")
        }
        let others = (resolver["Resolver"]["Failover"]["Targets"]?.array ?? []).compactMap(\.string)
        let ports = ([target] + others).lazy.compactMap { instances[$0] }.first { !$0.isEmpty } ?? []
        let names = Set(ports.compactMap { bridge.clusters[$0] })
        guard names.count <= 1 else {
            throw BridgeError("\(target) has instances of \(names.sorted()); the lab has a cluster for each")
        }
        return names.first ?? ConsulBridge.nowhere
    }

    private func match(_ http: JSON) throws(BridgeError) -> JSON {
        var match: JSON = [:]
        if let path = http["PathExact"]?.string, !path.isEmpty { match["path"] = .string(path) }
        if let path = http["PathRegex"]?.string, !path.isEmpty {
            match["safe_regex"] = ["regex": .string(path)]
        }
        if match == [:] { match["prefix"] = http["PathPrefix"].flatMap(\.nonEmpty) ?? "/" }
        var headers: [JSON] = []
        for header in http["Header"]?.array ?? [] { headers.append(try condition(header)) }
        if let methods = http["Methods"]?.array, !methods.isEmpty {
            let pattern = methods.compactMap(\.string).joined(separator: "|")
            headers.append(["name": ":method", "string_match": ["safe_regex": ["regex": .string(pattern)]]])
        }
        if !headers.isEmpty { match["headers"] = .array(headers) }
        var query: [JSON] = []
        for parameter in http["QueryParam"]?.array ?? [] { query.append(try condition(parameter)) }
        if !query.isEmpty { match["query_parameters"] = .array(query) }
        return match
    }

    private func condition(_ asked: JSON) throws(BridgeError) -> JSON {
        var condition: JSON = ["name": asked["Name"] ?? ""]
        if let text = asked["Exact"]?.nonEmpty { condition["string_match"] = ["exact": text] }
        if let text = asked["Prefix"]?.nonEmpty { condition["string_match"] = ["prefix": text] }
        if let text = asked["Suffix"]?.nonEmpty { condition["string_match"] = ["suffix": text] }
        if let text = asked["Regex"]?.nonEmpty { condition["string_match"] = ["safe_regex": ["regex": text]] }
        if asked["Present"] == true { condition["present_match"] = true }
        guard condition.object?.count == 2 else { throw BridgeError("nothing is asked of \(asked.text)") }
        if asked["Invert"] == true { condition["invert_match"] = true }
        return condition
    }
}

extension JSON {
    fileprivate var nonEmpty: JSON? { string?.isEmpty == false ? self : nil }
}
