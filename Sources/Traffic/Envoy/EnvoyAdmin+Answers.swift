import Transport

/// One configuration in Envoy, and the file content that would bring it about.
struct ShownRoute {
    let borne: BorneRoute
    private let version: JSONTree
    private let configuration: JSONTree

    fileprivate init(_ entry: JSONTree) {
        version = entry["version_info"]
        configuration = entry["route_config"]
        borne = BorneRoute(version: version, configuration: configuration)
    }

    var document: JSON? { configuration.document }

    /// None where Envoy blotted something out, as it does with secrets.
    var file: [UInt8]? {
        guard let configuration = configuration.value as? [String: Any] else { return nil }
        let bytes = JSONTree.bytes(of: ["version_info": version.string ?? "", "resources": [configuration]])
        return String(decoding: bytes, as: UTF8.self).contains("[redacted]") ? nil : bytes
    }
}

func shownRoutes(in dump: JSONTree) -> [ShownRoute] {
    // A listener that waits for its first file has an entry without a configuration.
    dump["configs"].elements.filter { $0["route_config"].value != nil }.map(ShownRoute.init)
}

func clusterNames(in dump: JSONTree) -> [String] {
    dump["configs"].elements.compactMap { $0["cluster"]["name"].string }
}

/// How often Envoy has read a route's file since it started, and how often it did not take it.
struct RouteUpdates: Hashable {
    var attempts = 0
    var refusals = 0

    init?(stats: JSONTree) {
        let counters = stats["stats"].elements
        guard !counters.isEmpty else { return nil }
        for counter in counters {
            guard let name = counter["name"].string, let count = counter["value"].number else { continue }
            if name.hasSuffix(".update_attempt") { attempts += count } else { refusals += count }
        }
    }
}
