import Rollouts

/// `trafficRouting.gatewayAPI` and `trafficRouting.linkerd`: which routes hold the split, and which Services are the
/// places.
///
/// `httpRoute`, `httpRoutes` and their kin are the fields of Argo Rollouts' plugin. In Argo's own documents they keep
/// its meaning: a route of a list gets header routes only where it asks for them.
struct GatewayRouting {
    enum Form { case gateway, plugin, linkerd }

    let form: Form
    let services: Services?

    var shape: Shape<TrafficRouting.Routed> {
        .object { fields in
            let routes = routes(&fields)
            let places = form == .plugin ? nil : fields.optional("services", .placeNames)
            if form == .plugin { fields.ignorePluginsOwn() }
            let members = form == .plugin ? [] : self.members(&fields)
            let backends = backends(&fields, places)
            guard let routes, let backends else { return nil }
            let router = form == .linkerd ? "linkerd" : "gatewayAPI"
            let all = [("routes", "[" + routes.map(\.text).joined(separator: ",") + "]")] + members
            let target = TrafficTarget(
                router: router, backends: backends, settings: [router: JSONText.object(all)])
            return TrafficRouting.Routed(target, limits: limits(of: routes, members))
        }
    }
}

extension GatewayRouting {
    /// Argo's `smi`: the TrafficSplit that old installations of Linkerd go by. Argo makes it; here it is there.
    func smi(of rollout: String) -> Shape<TrafficRouting.Routed> {
        .object { fields in
            let name = fields.optional("trafficSplitName", .string, nullIsAbsent: true) ?? ""
            if let root = fields.field("rootService"), !root.isNull {
                _ = root.read(.string)
                root.warn("is read and not acted on: the TrafficSplit says which Service it splits")
            }
            guard let backends = backends(&fields, nil) else { return nil }
            let split = JSONText.string(name.isEmpty ? rollout : name)
            let routes = [route("trafficSplit", [("name", split)], nil, nil)]
            let text = JSONText.object([("routes", "[" + routes.map(\.text).joined(separator: ",") + "]")])
            let target = TrafficTarget(router: "linkerd", backends: backends, settings: ["linkerd": text])
            return TrafficRouting.Routed(target, limits: limits(of: routes, []))
        }
    }
}

/// One route, as the router reads it.
private struct RouteText {
    let kind: String
    let text: String
}

extension GatewayRouting {
    private var kinds: [String] {
        switch form {
        case .gateway, .plugin: ["httpRoute", "grpcRoute", "tcpRoute", "tlsRoute"]
        case .linkerd: ["httpRoute", "grpcRoute", "tcpRoute", "tlsRoute", "trafficSplit"]
        }
    }

    /// Nil, reported, where there is none.
    private func routes(_ fields: inout Fields) -> [RouteText]? {
        let namespace = fields.optional("namespace", .nonEmptyString)
        let group = form == .linkerd ? fields.optional("group", .routeGroup) : nil
        var (routes, isWhole) = ([RouteText](), true)
        for kind in kinds {
            if fields.has(kind) {
                let name = fields.optional(kind, .nonEmptyString)
                isWhole = isWhole && (name != nil || fields.field.sketch != nil)
                routes += name.map { [route(kind, [("name", JSONText.string($0))], namespace, group)] } ?? []
            } else {
                _ = fields.field(kind)
            }
            guard let list = fields.field(kind + "s") else { continue }
            let read = list.read(.list(of: item(kind, namespace, group)))
            isWhole = isWhole && read != nil
            routes += read ?? []
        }
        guard isWhole else { return nil }
        let selects = kinds.contains { [fields] in fields.has($0 + "Selector") }
        if routes.isEmpty, !selects { fields.field.refuse("names no route; write `httpRoute: web`") }
        return routes.isEmpty ? nil : routes
    }

    private func item(_ kind: String, _ namespace: String?, _ group: String?) -> Shape<RouteText> {
        .object { fields in
            let name = fields.required("name", .nonEmptyString)
            let takesRules = fields.optional("useHeaderRoutes", .bool) ?? (form != .plugin)
            var members: [(String, String)] = takesRules ? [] : [("withoutRules", "true")]
            var own = namespace
            if form != .plugin {
                own = fields.optional("namespace", .nonEmptyString) ?? namespace
                let rules = fields.optional("rules", .list(of: .nonEmptyString)) ?? []
                if !rules.isEmpty { members.append(("rules", JSONText.list(rules))) }
                if form == .gateway, ["httpRoute", "grpcRoute"].contains(kind),
                    fields.optional("sessions", .bool) == true
                {
                    members.append(("sessions", "true"))
                    if !takesRules {
                        fields.field.refuse(
                            "`sessions` goes beyond weights; take `useHeaderRoutes: false` out")
                    }
                }
                if let base = fields.optional("base", .any) { members.append(("base", base.jsonText)) }
            }
            return name.map { route(kind, members + [("name", JSONText.string($0))], own, group) }
        }
    }

    private func route(
        _ kind: String, _ members: [(String, String)], _ namespace: String?, _ group: String?
    ) -> RouteText {
        var members = members + [("kind", JSONText.string(kind))]
        if let namespace { members.append(("namespace", JSONText.string(namespace))) }
        if let group, kind == "httpRoute" { members.append(("group", JSONText.string(group))) }
        return RouteText(kind: kind, text: JSONText.object(members.map { (key: $0.0, value: $0.1) }))
    }

    private func members(_ fields: inout Fields) -> [(key: String, value: String)] {
        let implementation = form == .gateway ? fields.optional("implementation", .implementation) : nil
        let ownership = fields.optional("ownership", .oneOf(["adopt": "adopt", "own": "own"]))
        let restores = fields.optional("restores", .bool)
        let counts = fields.optional("counts", .gatewayCounts)
        let all: [(key: String, value: String?)] = [
            ("implementation", implementation.map(JSONText.string)),
            ("ownership", ownership.map(JSONText.string)), ("restores", restores.map { "\($0)" }),
            ("counts", counts),
        ]
        return all.compactMap { key, value in value.map { (key, $0) } }
    }

    /// Services stand for places, unless pods are run here, and then for roles.
    private func backends(_ fields: inout Fields, _ places: Backends?) -> Backends? {
        if let places { return places }
        if form != .plugin, fields.has("services") { return nil }
        guard let stable = services?.stable, let canary = services?.canary else {
            fields.field.refuse(
                form == .plugin
                    ? "names no Services; write `stableService` and `canaryService` beside `trafficRouting`"
                    : "names no places; write `services: [web-a, web-b]`, or `stableService` and `canaryService` "
                        + "beside `trafficRouting`")
            return nil
        }
        return Backends(a: stable, b: canary)
    }

    private func limits(
        of routes: [RouteText], _ members: [(key: String, value: String)]
    ) -> RouterLimits {
        let isLinkerd =
            form == .linkerd || members.contains { $0.key == "implementation" && $0.value == "\"linkerd\"" }
        var limits = RouterLimits()
        if isLinkerd { limits.copies = "Linkerd copies no requests, and would not apply the route at all" }
        guard !routes.contains(where: { ["httpRoute", "grpcRoute"].contains($0.kind) }) else { return limits }
        limits.rules =
            "needs an HTTPRoute or a GRPCRoute: nothing else that is named here looks into requests"
        return limits
    }
}

/// What a router can't do, in words; none where it can.
struct RouterLimits {
    /// Why there are no copies of requests.
    var copies: String?
    /// Why there are neither rules nor cookies.
    var rules: String?

    fileprivate func flaw(of deed: RouteRule.Deed) -> String? {
        if case .mirror = deed { rules ?? copies } else { rules }
    }
}

extension RolloutDocument {
    /// Reports what the router that is named can't carry out.
    func check(_ limits: RouterLimits) {
        for step in strategy?.steps ?? [] {
            guard case .step(.setRule(let rule)) = step.deed else { continue }
            if let flaw = limits.flaw(of: rule.deed) { step.field.refuse(flaw) }
        }
        if let flaw = limits.rules, strategy?.frame.stickiness != nil { root.refuse("`stickiness` \(flaw)") }
    }
}

extension Fields {
    /// What the plugin keeps for itself. Routes that are found by labels can't be known before they are there.
    fileprivate mutating func ignorePluginsOwn() {
        ignore(
            "configMap", "disableInProgressLabel", "inProgressLabelKey", "inProgressLabelValue",
            "useHeaderRoutes")
        refuseUnsupported([
            "httpRouteSelector": byName, "grpcRouteSelector": byName, "tcpRouteSelector": byName,
            "tlsRouteSelector": byName,
        ])
    }
}

private let byName = "name the routes"

extension Shape where Output == String {
    fileprivate static var routeGroup: Shape {
        .oneOf([
            "gateway.networking.k8s.io": "gateway.networking.k8s.io",
            "policy.linkerd.io": "policy.linkerd.io",
        ])
    }

    /// As the router calls them.
    fileprivate static var implementation: Shape {
        .oneOf([
            "istio": "istio", "linkerd": "linkerd", "envoy-gateway": "envoy-gateway", "cilium": "cilium",
            "contour": "contour", "kgateway": "kgateway", "agentgateway": "agentgateway", "nginx": "nginx",
            "traefik": "traefik",
        ])
    }

    /// `{metric: …, label: envoy_cluster_name, values: [web-a, web-b]}`
    fileprivate static var gatewayCounts: Shape {
        Shape { field in
            let read: Shape<String> = .object { fields in
                _ = fields.optional("metric", .nonEmptyString)
                let label = fields.required("label", .nonEmptyString)
                _ = fields.required("values", .list(of: .nonEmptyString))
                return label
            }
            return field.read(read).map { _ in field.node.jsonText }
        }
    }
}
