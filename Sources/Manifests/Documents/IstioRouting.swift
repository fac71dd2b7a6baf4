import Rollouts

/// `trafficRouting.istio`: which VirtualServices hold the split, and what they call the places.
///
/// Argo Rollouts' fields have Argo's meaning. Beside them stand `hosts` and `subsets`, which name a place each, and
/// who owns the lists of routes.
struct IstioRouting {
    let services: Services?
    let managedRoutes: [String]

    var shape: Shape<TrafficTarget> {
        .object { fields in
            let virtualServices = fields.virtualServices()
            let rule = fields.optional("destinationRule", .destinationRule)
            let backends = fields.backends(rule, services)
            let ownership = fields.optional("ownership", .oneOf(["adopt": "adopt", "own": "own"]))
            let restores = fields.optional("restores", .bool)
            let counts = fields.optional("counts", .counts)
            guard let virtualServices, let backends else { return nil }
            let members: [(key: String, value: String?)] = [
                ("virtualServices", "[" + virtualServices.joined(separator: ",") + "]"),
                ("destinationRule", rule?.text), ("split", JSONText.string(backends.split)),
                ("ownership", ownership.map(JSONText.string)), ("restores", restores.map { "\($0)" }),
                ("counts", counts),
                ("managedRoutes", managedRoutes.isEmpty ? nil : JSONText.list(managedRoutes)),
            ]
            let text = JSONText.object(members.compactMap { key, value in value.map { (key, $0) } })
            return TrafficTarget(
                router: "istio", backends: backends.names, settings: ["istio": text],
                namesRoles: backends.areRoles ? true : nil)
        }
    }
}

/// What Istio calls the places.
private struct IstioBackends {
    let names: Backends
    let split: String
    let areRoles: Bool
}

/// `destinationRule`, as the router reads it, and the names of its subsets.
private struct DestinationRule {
    let text: String
    let stable: String?
    let canary: String?
}

extension Fields {
    /// One VirtualService, or several.
    fileprivate mutating func virtualServices() -> [String]? {
        let several = has("virtualServices")
        field.note(.exactlyOne("virtualService", "virtualServices"))
        if several, has("virtualService") {
            field.refuse("has virtualService and virtualServices; only one of them can be meant")
        }
        let one = optional("virtualService", .virtualService)
        let list = optional("virtualServices", .list(of: .virtualService))
        if several { return list }
        if !has("virtualService") { field.refuse("missing `virtualService`") }
        return one.map { [$0] }
    }

    /// Subsets that stand for roles are pointed at releases by the router. Hosts are Services, which nobody here
    /// points anywhere: so they stand for places, whatever they are called.
    fileprivate mutating func backends(_ rule: DestinationRule?, _ services: Services?) -> IstioBackends? {
        let hosts = optional("hosts", .placeNames)
        let subsets = optional("subsets", .placeNames)
        if has("destinationRule"), rule == nil { return nil }
        if let stable = rule?.stable, let canary = rule?.canary {
            if subsets != nil || hosts != nil {
                field.refuse("has the names of a stable and a canary subset, and places; name one of both")
            }
            return IstioBackends(names: Backends(a: stable, b: canary), split: "subsets", areRoles: true)
        }
        if let subsets { return IstioBackends(names: subsets, split: "subsets", areRoles: false) }
        if let hosts { return IstioBackends(names: hosts, split: "hosts", areRoles: false) }
        if has("hosts") || has("subsets") { return nil }
        guard let stable = services?.stable, let canary = services?.canary else {
            field.refuse(
                "names no places; write `subsets: [web-a, web-b]`, `hosts: [web-a, web-b]`, or a destinationRule with "
                    + "stableSubsetName and canarySubsetName")
            return nil
        }
        return IstioBackends(names: Backends(a: stable, b: canary), split: "hosts", areRoles: false)
    }
}

extension Shape where Output == String {
    /// The object as it was written, once it is known to be one.
    fileprivate static var virtualService: Shape {
        Shape { field in
            let read: Shape<String> = .object { fields in
                let name = fields.required("name", .nonEmptyString)
                _ = fields.optional("namespace", .nonEmptyString)
                _ = fields.optional("routes", .list(of: .nonEmptyString), nullIsAbsent: true)
                _ = fields.optional("tlsRoutes", .list(of: .tlsRoute), nullIsAbsent: true)
                _ = fields.optional("tcpRoutes", .list(of: .tcpRoute), nullIsAbsent: true)
                _ = fields.optional("base", .any)
                return name
            }
            return field.read(read).map { _ in field.node.jsonText }
        }
    }

    private static var tlsRoute: Shape {
        .object { fields in
            _ = fields.optional("port", .int(in: 1...65_535))
            _ = fields.optional("sniHosts", .list(of: .nonEmptyString))
            return ""
        }
    }

    private static var tcpRoute: Shape {
        .object { fields in
            _ = fields.required("port", .int(in: 1...65_535))
            return ""
        }
    }

    /// `{label: destination_workload, values: [web-a, web-b]}`
    static var counts: Shape {
        Shape { field in
            let read: Shape<String> = .object { fields in
                let label = fields.required("label", .nonEmptyString)
                _ = fields.required("values", .list(of: .nonEmptyString))
                return label
            }
            return field.read(read).map { _ in field.node.jsonText }
        }
    }
}

extension Shape where Output == DestinationRule {
    fileprivate static var destinationRule: Shape {
        .object { fields in
            let name = fields.required("name", .nonEmptyString)
            let namespace = fields.optional("namespace", .nonEmptyString)
            let label = fields.optional("label", .nonEmptyString)
            let stable = fields.optional("stableSubsetName", .nonEmptyString)
            let canary = fields.optional("canarySubsetName", .nonEmptyString)
            fields.refuseUnsupported(["additionalSubsetNames": "there are no experiments"])
            fields.field.note(
                .needs("stableSubsetName", "canarySubsetName"),
                .needs("canarySubsetName", "stableSubsetName"))
            if (stable == nil) != (canary == nil) {
                fields.field.refuse("stableSubsetName and canarySubsetName go together")
                return nil
            }
            guard let name else { return nil }
            let members = [("name", name), ("namespace", namespace), ("label", label)]
            let text = JSONText.object(
                members.compactMap { key, value in value.map { (key, JSONText.string($0)) } })
            return DestinationRule(text: text, stable: stable, canary: canary)
        }
    }
}
