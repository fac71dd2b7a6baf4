import Kubernetes
import Rollouts
import Testing
import Transport

@testable import Engine
@testable import Traffic

let webRoute = ObjectReference(RouteKind.httpRoute.kinds(in: nil)[0], "web", in: "shop")

func gatewayTarget(
    _ kind: RouteKind = .httpRoute, names: [String] = ["web-a", "web-b"], of router: String = "gatewayAPI",
    _ change: (inout GatewayTarget) -> Void = { _ in }
) throws -> TrafficTarget {
    var target = GatewayTarget(routes: [GatewayRoute(kind, "web", in: "shop")])
    change(&target)
    return TrafficTarget(
        router: router, backends: try #require(Backends(names: names)), settings: target.settings(of: router))
}

func gatewayWrite(
    _ route: Route, _ target: TrafficTarget, since: Rollouts.Sequence = 1, isRollback: Bool = false
) -> RouteWrite {
    RouteWrite(
        rollout: RolloutName("web"), target: target, route: route, since: since, journal: "north",
        occupants: [.a: "v1", .b: "v2"], isRollback: isRollback)
}

/// A HTTPRoute as an API server keeps it, with its defaults written out.
func storedRoute(_ rules: [JSON], version: String = "7") -> JSON {
    [
        "apiVersion": "gateway.networking.k8s.io/v1", "kind": "HTTPRoute",
        "metadata": ["name": "web", "namespace": "shop", "resourceVersion": .string(version)],
        "spec": [
            "parentRefs": [["group": "gateway.networking.k8s.io", "kind": "Gateway", "name": "edge"]],
            "rules": .array(rules.map { GatewayDefaults.filled($0, .httpRoute) }),
        ],
    ]
}

/// A rule that leads to some Services, by their weights.
func rule(_ weights: KeyValuePairs<String, Int>, path: String = "/", name: String? = nil) -> JSON {
    var rule: JSON = [
        "matches": [["path": ["type": "PathPrefix", "value": .string(path)]]],
        "backendRefs": .array(
            weights.map { ["name": .string($0.key), "port": 80, "weight": JSON($0.value)] }),
    ]
    rule["name"] = name.map(JSON.string)
    return rule
}

let splitRule = rule(["web-a": 100, "web-b": 0])

/// What the pure part reads of an object.
func gatewayObject(_ write: RouteWrite, on object: JSON) throws -> GatewayObject {
    let target = try GatewayTarget(write.target)
    let kind = target.routes[0].kind.kinds(in: target.routes[0].group)[0]
    return try GatewayObject(
        object, ObjectReference(kind, "web", in: "shop"), target.routes[0], target,
        write.target.backends.names, of: write.rollout)
}

/// The object with the route.
func gatewayRouted(_ write: RouteWrite, on object: JSON) throws -> JSON {
    let plan = try GatewayPlan(write, [try gatewayObject(write, on: object)], epoch: nil)
    var result = object
    for write in plan.writes {
        switch write.deed {
        case .patch(let operations): result = try result.patched(operations)
        case .apply(let body, _): result = result.merged(body)
        default: Issue.record("\(write.deed) is no write of a plan")
        }
    }
    return result
}

extension JSON {
    var rules: [JSON] { self["spec"]["rules"]?.array ?? [] }

    func refWeights(_ index: Int) -> [Int?] {
        rules[index].backendRefs.map { $0["weight"]?.integer }
    }

    /// The names that a rule leads to.
    func refNames(_ index: Int) -> [String?] { rules[index].backendRefs.map { $0["name"]?.string } }
}
