import Rollouts

/// Argo's two services: the names under which a mesh knows the stable release and the canary.
struct Services {
    let stable: String?
    let canary: String?

    /// The keys are those of the strategy: `stableService` and `canaryService`, or `activeService` and
    /// `previewService`.
    init(_ fields: inout Fields, stable stableKey: String, canary canaryKey: String) {
        let canary = Self.name(&fields, canaryKey)
        stable = Self.name(&fields, stableKey)
        self.canary = canary == stable ? nil : canary
        if let stable, stable == canary {
            fields.field.refuse("\(canaryKey) and \(stableKey) are both \(quoted(stable)); they must differ")
        }
    }

    var names: [String] { [stable, canary].compactMap(\.self) }

    var isNamed: Bool { stable != nil || canary != nil }

    private static func name(_ fields: inout Fields, _ key: String) -> String? {
        let name = fields.optional(key, .string, nullIsAbsent: true)
        return name?.isEmpty == true ? nil : name
    }
}

/// `trafficRouting`: which router moves the traffic, and what it calls the two places.
struct TrafficRouting {
    let name: String
    let services: Services?

    /// What holds where the manifest says nothing.
    var target: TrafficTarget {
        TrafficTarget(router: "envoy", backends: backends)
    }

    private var backends: Backends {
        Backends(a: services?.stable ?? "\(name)-a", b: services?.canary ?? "\(name)-b")
    }

    /// What `trafficRouting` says.
    struct Routed {
        let target: TrafficTarget
        /// The names of rules that rank before others; none where it does not say.
        var ruleOrder: [String]?
        /// What the router can't do.
        var limits: RouterLimits

        init(_ target: TrafficTarget, ruleOrder: [String]? = nil, limits: RouterLimits = RouterLimits()) {
            self.target = target
            self.ruleOrder = ruleOrder
            self.limits = limits
        }
    }

    /// Of Argo's routers, those that work here.
    func shape(_ dialect: Dialect) -> Shape<Routed> {
        .object { fields in
            let order = fields.optional("managedRoutes", in: dialect, .managedRoutes)
            let shapes = shapes(dialect, order)
            let named = shapes.compactMap { key, shape in
                fields.field(key, in: dialect).map { (key: key, field: $0, shape: shape) }
            }
            fields.refuseUnsupported(unsupported)
            if dialect == .headgate {
                fields.refuseUnsupported(["smi": "write `linkerd: {trafficSplit: web}`"])
            }
            if dialect == .argo { fields.refuseUnsupported(["gatewayAPI": byPlugin, "linkerd": byPlugin]) }
            fields.field.note(.rule(.atMostOne(shapes.map(\.key))))
            if named.count > 1, fields.field.sketch == nil {
                let others = named.dropFirst().map(\.key).joined(separator: " and ")
                named[0].field.refuse(
                    "a rollout's traffic is moved by one router, and \(others) is named beside it")
            }
            let read = named.map { $0.field.read($0.shape) }
            if dialect == .headgate {
                fields.refuseEmpty("needs one of: \(shapes.map(\.key).joined(separator: ", "))")
            }
            guard let first = read.first else { return Routed(target, ruleOrder: order) }
            var routed = first
            routed?.ruleOrder = order
            return routed
        }
    }

    /// Argo knows no Envoy, and has Linkerd by SMI or by the Gateway API's plugin only.
    private func shapes(
        _ dialect: Dialect, _ order: [String]?
    ) -> KeyValuePairs<String, Shape<Routed>> {
        let istio = IstioRouting(services: services, managedRoutes: order ?? []).shape.map { Routed($0) }
        guard dialect == .headgate else {
            let smi = GatewayRouting(form: .linkerd, services: services).smi(of: name)
            return ["istio": istio, "smi": smi, "plugins": plugins]
        }
        return [
            "envoy": envoy.map { Routed($0) }, "istio": istio,
            "gatewayAPI": GatewayRouting(form: .gateway, services: services).shape,
            "linkerd": GatewayRouting(form: .linkerd, services: services).shape, "consul": consul,
            "plugins": plugins,
        ]
    }

    private var consul: Shape<Routed> {
        let limits = RouterLimits(copies: "copies requests, which Consul can't; take the step out")
        return ConsulRouting(name: name, backends: backends).shape.map { Routed($0, limits: limits) }
    }

    /// Argo's routers that are programs of their own.
    private var plugins: Shape<Routed> {
        .object { fields in
            let key = "argoproj-labs/gatewayAPI"
            return fields.required(key, GatewayRouting(form: .plugin, services: services).shape)
        }
    }

    private var envoy: Shape<TrafficTarget> {
        .object { fields in
            let clusters = fields.optional("clusters", .placeNames)
            var target = TrafficTarget(router: "envoy", backends: clusters ?? backends)
            target.settings["route"] = fields.optional("route", .routeName)
            target.settings["domains"] = fields.optional("domains", .domains)
            target.settings["prefix"] = fields.optional("prefix", .pathPrefix)
            return target
        }
    }
}

private let unsupported: KeyValuePairs<String, String> = [
    "alb": only, "ambassador": only, "apisix": only, "appMesh": only,
    "maxTrafficWeight": "weights are percents", "nginx": only, "traefik": only,
]

private let byPlugin = "name its routes in `plugins`, below argoproj-labs/gatewayAPI"

private let only = "the routers that work are envoy, istio, gatewayAPI, linkerd and consul"

extension Shape where Output == [String] {
    /// `[{name: first}, {name: second}]`.
    fileprivate static var managedRoutes: Shape {
        Shape { field in
            let route = Shape<String>.object { $0.required("name", .plainName) }
            guard let items = field.read(.items(max: 50)) else { return nil }
            let names = items.compactMap { $0.read(route) }
            var seen: Set<String> = []
            for (name, item) in zip(names, items) where !seen.insert(name).inserted {
                item.refuse("a second route \(quoted(name)) in the same list")
            }
            return names.count == items.count ? names : nil
        }
    }
}

extension Shape where Output == Backends {
    /// The places in their order.
    static var placeNames: Shape {
        Shape { field in
            field.note(.items(from: 2, to: Place.allCases.count))
            guard let names = field.read(.list(of: .nonEmptyString)) else { return nil }
            guard let backends = Backends(names: names) else {
                field.refuse(
                    "needs a name for each place, two to \(Place.allCases.count); found \(names.count)")
                return nil
            }
            var seen: Set<String> = []
            guard let twice = names.first(where: { !seen.insert($0).inserted }) else { return backends }
            field.refuse("\(quoted(twice)) is there twice; each place needs its own")
            return nil
        }
    }
}

extension Shape where Output == String {
    /// The name of a RouteConfiguration, which is the name of its file too.
    fileprivate static var routeName: Shape {
        nonEmptyString.refusing { name in
            let isPlain = name.unicodeScalars.allSatisfy { scalar in
                switch scalar {
                case "a"..."z", "A"..."Z", "0"..."9", ".", "_", "-": true
                default: false
                }
            }
            guard isPlain, !name.hasPrefix("."), name.utf8.count <= 200 else {
                return "\(quoted(name)) can't be a file's name; use at most 200 letters, digits, . _ and -"
            }
            return nil
        }.noting(.length(to: 200))
    }

    fileprivate static var domains: Shape {
        Shape { field in
            let flaw = { (domain: String) in domain.contains(where: { $0 == "," || $0.isWhitespace }) }
            let domain = nonEmptyString.refusing { flaw($0) ? "\(quoted($0)) is no domain" : nil }
            field.note(.items(from: 1))
            guard let domains = field.read(.list(of: domain)) else { return nil }
            if domains.isEmpty { field.refuse("needs at least one domain, such as \"*\"") }
            return domains.joined(separator: ",")
        }
    }

    fileprivate static var pathPrefix: Shape {
        string.refusing { $0.hasPrefix("/") ? nil : "\(quoted($0)) must start with /" }
    }
}
