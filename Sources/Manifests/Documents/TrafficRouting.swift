import Rollouts

/// Argo's two services: the names under which a mesh knows the stable release and the canary.
struct Services {
    let stable: String?
    let canary: String?

    init(_ fields: inout Fields) {
        stable = fields.optional("stableService", .string, nullIsAbsent: true).flatMap {
            $0.isEmpty ? nil : $0
        }
        canary = fields.optional("canaryService", .string, nullIsAbsent: true).flatMap {
            $0.isEmpty ? nil : $0
        }
        if let stable, stable == canary {
            fields.field.refuse(
                "canaryService and stableService are both \(quoted(stable)); they must differ")
        }
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

    private var backends: TrafficTarget.Backends {
        TrafficTarget.Backends(a: services?.stable ?? "\(name)-a", b: services?.canary ?? "\(name)-b")
    }

    /// Argo knows no Envoy, so that its documents only ever name routers that are still to come.
    func shape(_ dialect: Dialect) -> Shape<TrafficTarget> {
        .object { fields in
            let hasUnsupported = unsupported.contains { fields.has($0.key) }
            let envoy = dialect == .headgate ? fields.field("envoy") : nil
            fields.refuseUnsupported(unsupported)
            if let envoy { return envoy.read(self.envoy) }
            if dialect == .headgate, !hasUnsupported, fields.field.node.mapping?.isEmpty == true {
                fields.field.refuse("needs one of: envoy")
            }
            return target
        }
    }

    private var envoy: Shape<TrafficTarget> {
        .object { fields in
            let clusters = fields.optional("clusters", .clusters)
            var target = TrafficTarget(router: "envoy", backends: clusters ?? backends)
            target.settings["route"] = fields.optional("route", .routeName)
            target.settings["domains"] = fields.optional("domains", .domains)
            target.settings["prefix"] = fields.optional("prefix", .pathPrefix)
            return target
        }
    }
}

private let unsupported: KeyValuePairs<String, String> = [
    "alb": only, "ambassador": only, "apisix": only, "appMesh": only, "consul": only, "gatewayAPI": only,
    "istio": only, "linkerd": only, "managedRoutes": "traffic is split by weight only",
    "maxTrafficWeight": "weights are percents", "nginx": only, "plugins": only, "smi": only, "traefik": only,
]

private let only = "the router that works is envoy"

extension Shape where Output == TrafficTarget.Backends {
    /// The two places in their order.
    fileprivate static var clusters: Shape {
        Shape { field in
            guard let names = field.read(.list(of: .nonEmptyString)) else { return nil }
            guard names.count == 2 else {
                field.refuse("needs two clusters, one for each place; found \(names.count)")
                return nil
            }
            guard names[0] != names[1] else {
                field.refuse("both clusters are \(quoted(names[0])); they must differ")
                return nil
            }
            return TrafficTarget.Backends(a: names[0], b: names[1])
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
        }
    }

    fileprivate static var domains: Shape {
        Shape { field in
            let flaw = { (domain: String) in domain.contains(where: { $0 == "," || $0.isWhitespace }) }
            let domain = nonEmptyString.refusing { flaw($0) ? "\(quoted($0)) is no domain" : nil }
            guard let domains = field.read(.list(of: domain)) else { return nil }
            if domains.isEmpty { field.refuse("needs at least one domain, such as \"*\"") }
            return domains.joined(separator: ",")
        }
    }

    fileprivate static var pathPrefix: Shape {
        string.refusing { $0.hasPrefix("/") ? nil : "\(quoted($0)) must start with /" }
    }
}
