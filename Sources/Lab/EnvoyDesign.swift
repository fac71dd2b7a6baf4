package import Foundation

/// What one Envoy of the lab is to be: for each rollout a listener whose route comes from a file, and the
/// clusters that routes may name.
package struct EnvoyDesign: Sendable, Hashable {
    /// A door for clients, on loopback.
    package struct Listener: Sendable, Hashable {
        /// The name of the route and of its file, and the prefix of the listener's statistics.
        package var route: String
        package var port: UInt16
        /// The split that is served when there is no route file yet. Empty answers 404 until there is one.
        package var firstSplit: [WeightedCluster]

        package init(route: String, port: UInt16, firstSplit: [WeightedCluster] = []) {
            self.route = route
            self.port = port
            self.firstSplit = firstSplit
        }
    }

    package struct WeightedCluster: Sendable, Hashable {
        package var name: String
        package var weight: UInt32

        package init(_ name: String, weight: UInt32) {
            self.name = name
            self.weight = weight
        }
    }

    /// A release's instances, on loopback; asked in turn.
    package struct Cluster: Sendable, Hashable {
        package var name: String
        package var ports: [UInt16]

        package init(_ name: String, ports: [UInt16]) {
            self.name = name
            self.ports = ports
        }
    }

    package var adminPort: UInt16
    /// Holds one file per listener, `<route>.json`.
    package var routesFolder: String
    /// Whether Envoy watches the folder, as it must where the file is a link that Kubernetes swaps; else it
    /// watches the file alone. Both ways it reacts to a file moved into place, never to one rewritten.
    package var watchesFolder: Bool
    package var listeners: [Listener]
    package var clusters: [Cluster]

    package init(
        adminPort: UInt16, routesFolder: String, watchesFolder: Bool = false, listeners: [Listener],
        clusters: [Cluster]
    ) {
        self.adminPort = adminPort
        self.routesFolder = routesFolder
        self.watchesFolder = watchesFolder
        self.listeners = listeners
        self.clusters = clusters
    }
}

extension EnvoyDesign {
    func routeFile(of listener: Listener) -> String { "\(routesFolder)/\(listener.route).json" }

    /// Envoy's bootstrap, as JSON.
    package func bootstrap() throws -> Data {
        try json([
            "node": ["id": "lab", "cluster": "lab"],
            "admin": ["address": loopback(adminPort)],
            "static_resources": [
                "listeners": listeners.map(document), "clusters": clusters.map(document),
            ],
        ])
    }

    /// A file that Envoy takes and that a router may replace: Envoy refuses to start without one.
    func firstRoute(of listener: Listener) throws -> Data {
        try json([
            "version_info": "lab",
            "resources": listener.firstSplit.isEmpty
                ? [] : [routeDocument(listener.route, listener.firstSplit)],
        ])
    }
}

private func json(_ document: [String: Any]) throws -> Data {
    try JSONSerialization.data(
        withJSONObject: document, options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
}

private func loopback(_ port: UInt16) -> [String: Any] {
    ["socket_address": ["address": "127.0.0.1", "port_value": Int(port)]]
}

private func routeDocument(_ route: String, _ split: [EnvoyDesign.WeightedCluster]) -> [String: Any] {
    let clusters: [[String: Any]] = split.map { ["name": $0.name, "weight": Int($0.weight)] }
    let rule: [String: Any] = [
        "match": ["prefix": "/"], "route": ["weighted_clusters": ["clusters": clusters]],
    ]
    return [
        "@type": "type.googleapis.com/envoy.config.route.v3.RouteConfiguration",
        "name": route,
        "validate_clusters": true,
        "virtual_hosts": [["name": route, "domains": ["*"], "routes": [rule]]],
    ]
}

extension EnvoyDesign {
    private func document(_ listener: Listener) -> [String: Any] {
        let filters = [["name": "http", "typed_config": connectionManager(of: listener)]]
        return [
            "name": listener.route,
            "address": loopback(listener.port),
            "tcp_backlog_size": 1024,
            "filter_chains": [["filters": filters]],
        ]
    }

    /// Envoy gives each request an id, as it does by itself: users that stay in their share are drawn from it.
    private func connectionManager(of listener: Listener) -> [String: Any] {
        let package = "type.googleapis.com/envoy.extensions.filters"
        return [
            "@type": "\(package).network.http_connection_manager.v3.HttpConnectionManager",
            "stat_prefix": listener.route,
            "rds": ["route_config_name": listener.route, "config_source": source(of: listener)],
            "http_filters": [
                ["name": "router", "typed_config": ["@type": "\(package).http.router.v3.Router"]]
            ],
        ]
    }

    private func source(of listener: Listener) -> [String: Any] {
        var source: [String: Any] = ["path": routeFile(of: listener)]
        if watchesFolder { source["watched_directory"] = ["path": routesFolder] }
        return ["resource_api_version": "V3", "path_config_source": source]
    }

    /// No retries: they would hide failures from those who count them. An idle connection is given up by
    /// Envoy, and never by the service: a request that met a service hanging up would be lost. A service that
    /// is gone refuses at once; a short limit to connecting would only make a busy machine look like a failure.
    private func document(_ cluster: Cluster) -> [String: Any] {
        let type = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions"
        let options: [String: Any] = [
            "@type": "type.googleapis.com/\(type)",
            "common_http_protocol_options": ["idle_timeout": "10s"],
            "explicit_http_config": ["http_protocol_options": [String: Any]()],
        ]
        let endpoints = cluster.ports.map { ["endpoint": ["address": loopback($0)]] }
        return [
            "name": cluster.name,
            "type": "STATIC",
            "connect_timeout": "10s",
            "load_assignment": [
                "cluster_name": cluster.name, "endpoints": [["lb_endpoints": endpoints]],
            ] as [String: Any],
            "typed_extension_protocol_options": [type: options],
        ]
    }
}
