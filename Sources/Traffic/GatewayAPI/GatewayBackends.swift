import Kubernetes
import Rollouts
import Transport

/// Tells which backend an item of a rule is: a Service by its name, in the route's namespace.
struct GatewayBackends: Hashable, Sendable {
    let names: [String]
    let namespace: String
    let kind: RouteKind

    func index(of item: JSON) -> Int? {
        guard kind != .trafficSplit else { return item["service"]?.string.flatMap(names.firstIndex) }
        guard item["kind"]?.string ?? "Service" == "Service", ["", "core"].contains(item.groupText),
            item["namespace"]?.string ?? namespace == namespace
        else { return nil }
        return item["name"]?.string.flatMap(names.firstIndex)
    }

    /// `shop/web-a`: where an item leads to.
    func name(of item: JSON) -> String {
        let name = (item["name"] ?? item["service"])?.string ?? "?"
        return "\(item["namespace"]?.string ?? namespace)/\(name)"
    }

    func weights(of rule: JSON) -> [Int?] { rule.backendRefs.map { $0["weight"]?.integer ?? 1 } }

    /// A TrafficSplit is one rule without conditions.
    func rules(in spec: JSON?) -> [JSON] {
        guard kind == .trafficSplit else { return spec["rules"]?.array ?? [] }
        return spec["backends"].map { [["backendRefs": $0]] } ?? []
    }

    func put(_ rules: [JSON], in spec: inout JSON) {
        if kind == .trafficSplit {
            spec["backends"] = rules.first?["backendRefs"]
        } else {
            spec["rules"] = .array(rules)
        }
    }

    var section: String { kind == .trafficSplit ? "backends" : "rules" }
}

extension JSON {
    var backendRefs: [JSON] { self["backendRefs"]?.array ?? [] }

    fileprivate var groupText: String { self["group"]?.string ?? "" }
}

/// What a rule is called where it has no name.
func ruleName(_ rule: JSON, _ index: Int) -> String { rule["name"]?.string ?? "[\(index)]" }
