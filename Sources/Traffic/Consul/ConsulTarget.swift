package import Rollouts
import Transport

// The text in `TrafficTarget.settings["consul"]`:
//
//     {"service": "web", "filters": ["Service.Meta.slot == a", "Service.Meta.slot == b"], "releaseMeta": "release",
//      "failover": true, "protocol": "http", "namespace": "shop", "partition": "eu",
//      "counts": {"label": "envoy_cluster_name", "values": ["web-a", "web-b"]}}
//
// All but `service` may be left out.

/// A rollout's traffic target as Consul understands it. The backends are the names of subsets of one service.
package struct ConsulTarget: Hashable, Sendable {
    package var service: String
    package var scope: ConsulScope
    /// Which instances each subset has, in the order of the backends; empty where the service-resolver says it
    /// already.
    package var filters: [String]
    /// The key in a service's `Meta` that holds the name of its release: subsets are pointed at releases by it.
    package var releaseMeta: String?
    /// Whether a subset without healthy instances sends its requests to the stable release's: Consul's splitter
    /// asks for nobody's health.
    package var failsOver: Bool
    /// Set where the service-defaults are to say so; none: they do already.
    package var proto: String?
    /// How Prometheus tells the backends apart; none: by the labels that Consul gives its Envoys.
    package var counts: BackendCounts?

    package init(
        service: String, scope: ConsulScope = ConsulScope(), filters: [String] = [],
        releaseMeta: String? = nil, failsOver: Bool = true, proto: String? = nil,
        counts: BackendCounts? = nil
    ) {
        self.service = service
        self.scope = scope
        self.filters = filters
        self.releaseMeta = releaseMeta
        self.failsOver = failsOver
        self.proto = proto
        self.counts = counts
    }

    /// Whether the subsets are ours to define.
    var definesSubsets: Bool { !filters.isEmpty || releaseMeta != nil }

    /// Whether anything in the service-resolver is ours.
    var resolves: Bool { definesSubsets || failsOver }

    func entry(_ kind: EntryName.Kind) -> EntryName {
        EntryName(kind: kind, service: service, scope: scope)
    }

    /// Which instances a release has, where subsets stand for releases.
    func filter(of release: String) -> String? {
        releaseMeta.map { "Service.Meta.\($0) == \(JSON(release).text)" }
    }
}

/// Where names are looked up. Both are things of Consul Enterprise.
package struct ConsulScope: Hashable, Sendable {
    package var namespace: String?
    package var partition: String?

    package init(namespace: String? = nil, partition: String? = nil) {
        self.namespace = namespace
        self.partition = partition
    }

    var isDefault: Bool { namespace == nil && partition == nil }
}

// MARK: - Reading and writing

extension ConsulTarget {
    package static let key = "consul"

    /// Throws `rejected` with what to change.
    package init(_ target: TrafficTarget) throws(RouteFailure) {
        try self.init(parsing: target.document(of: Self.key, ifMissing: "needs a service; set `service`"))
        try check(target)
    }

    init(parsing document: JSON) throws(RouteFailure) {
        var fields = try TargetFields(document, Self.key)
        guard let service = try fields.text("service") else {
            throw declined("needs a service; set `service`")
        }
        let scope = ConsulScope(
            namespace: try fields.text("namespace"), partition: try fields.text("partition"))
        self.init(service: service, scope: scope)
        filters = try fields.texts("filters")
        releaseMeta = try fields.text("releaseMeta")
        failsOver = fields.take("failover")?.bool ?? true
        proto = try fields.text("protocol")
        counts = try fields.member("counts", BackendCounts.init)
        try fields.finish()
    }

    package var settings: [String: String] { [Self.key: document.text] }

    var document: JSON {
        var document: JSON = ["service": .string(service)]
        document["namespace"] = scope.namespace.map(JSON.string)
        document["partition"] = scope.partition.map(JSON.string)
        document["filters"] = filters.isEmpty ? nil : JSON(filters)
        document["releaseMeta"] = releaseMeta.map(JSON.string)
        document["failover"] = failsOver ? nil : false
        document["protocol"] = proto.map(JSON.string)
        document["counts"] = counts?.document
        return document
    }
}

// MARK: - What can't be

extension ConsulTarget {
    private func check(_ target: TrafficTarget) throws(RouteFailure) {
        try target.checkNames(of: Self.key)
        let names = target.backends.names
        guard filters.isEmpty || filters.count == names.count else {
            throw declined("filters has \(filters.count) filters for \(names.count) subsets")
        }
        guard filters.isEmpty || releaseMeta == nil else {
            throw declined("filters and releaseMeta both say which instances a subset has; name one of them")
        }
        try counts?.check(against: target.backends, Self.key)
        let isPlain = { (byte: UInt8) in isNamePart(String(UnicodeScalar(byte))) || byte == UInt8(ascii: "_")
        }
        if let releaseMeta, !releaseMeta.utf8.allSatisfy(isPlain) {
            throw declined(
                "releaseMeta \"\(releaseMeta)\" can't stand in a filter; use letters, digits and _")
        }
    }
}

func declined(_ what: String) -> RouteFailure {
    RouteFailure(.rejected, "consul: \(what)")
}
