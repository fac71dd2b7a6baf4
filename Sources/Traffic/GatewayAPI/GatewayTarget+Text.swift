package import Rollouts
import Transport

// The text in `TrafficTarget.settings["gatewayAPI"]`, and in `["linkerd"]`:
//
//     {"routes": [{"kind": "httpRoute", "name": "web", "namespace": "shop", "rules": ["primary"]}],
//      "ownership": "adopt", "implementation": "istio", "restores": true,
//      "counts": {"metric": "envoy_cluster_upstream_rq_total", "label": "envoy_cluster_name", "values": ["a", "b"]}}
//
// All but `routes` may be left out. `settings["namespace"]` is where objects are that name none.

extension GatewayTarget {
    /// Throws `rejected` with what to change.
    package init(_ target: TrafficTarget) throws(RouteFailure) {
        let advice = "needs a route; set `httpRoute`"
        try self.init(
            parsing: target.document(of: target.router, ifMissing: advice), of: target.router)
        if target.router == LinkerdProfile.router { implementation = GatewayProfile.linkerd.name }
        for index in routes.indices where routes[index].namespace == nil {
            routes[index].namespace = target.namespace
        }
        try check(target)
    }

    init(parsing document: JSON, of router: String) throws(RouteFailure) {
        var fields = try TargetFields(document, router)
        routes = try fields.list("routes", GatewayRoute.init)
        ownership = try fields.choice("ownership") ?? .adopt
        implementation = try fields.text("implementation")
        restores = try fields.flag("restores")
        counts = try fields.member("counts", BackendCounts.init)
        try fields.finish()
    }

    package func settings(of router: String) -> [String: String] { [router: document.text] }

    var document: JSON {
        var document: JSON = ["routes": .array(routes.map(\.document))]
        document["ownership"] = ownership == .adopt ? nil : .string(ownership.rawValue)
        document["implementation"] = implementation.map(JSON.string)
        document["restores"] = restores ? true : nil
        document["counts"] = counts?.document
        return document
    }

    /// Whether the names and the objects fit together.
    private func check(_ target: TrafficTarget) throws(RouteFailure) {
        try target.checkNames(of: target.router)
        guard !routes.isEmpty else { throw refused(target, "needs at least one route; set `httpRoute`") }
        try counts?.check(against: target.backends, target.router)
        for route in routes {
            let key = route.kind == .trafficSplit ? "backends" : "rules"
            guard (ownership == .own) == (route.base?[key]?.array?.isEmpty == false) else {
                throw refused(
                    target,
                    ownership == .own
                        ? "`ownership: own` needs the \(key) of \(route.name) in `base.\(key)`"
                        : "the rules of \(route.name) in `base` are for `ownership: own` only")
            }
        }
        guard let implementation, GatewayProfile.named(implementation) == nil else { return }
        let known = GatewayProfile.all.map(\.name).joined(separator: ", ")
        throw refused(target, "the implementation \"\(implementation)\" is not known; known: \(known)")
    }

    private func refused(_ target: TrafficTarget, _ what: String) -> RouteFailure {
        RouteFailure(.rejected, "\(target.router): \(what)")
    }
}

extension GatewayRoute {
    fileprivate init(_ document: JSON, _ path: String) throws(RouteFailure) {
        var fields = try TargetFields(document, path)
        (name, namespace) = try fields.location()
        kind = try fields.choice("kind") ?? .httpRoute
        group = try fields.choice("group")
        rules = try fields.texts("rules")
        takesRules = try !fields.flag("withoutRules")
        keepsSessions = try fields.flag("sessions")
        base = fields.take("base")
        try fields.finish()
    }

    fileprivate var document: JSON {
        var document: JSON = ["kind": .string(kind.rawValue), "name": .string(name)]
        document["namespace"] = namespace.map(JSON.string)
        document["group"] = group.map { .string($0.rawValue) }
        document["rules"] = rules.isEmpty ? nil : JSON(rules)
        document["withoutRules"] = takesRules ? nil : true
        document["sessions"] = keepsSessions ? true : nil
        document["base"] = base
        return document
    }
}
