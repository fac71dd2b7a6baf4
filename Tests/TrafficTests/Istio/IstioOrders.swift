import Kubernetes
import Rollouts
import Testing
import Transport

@testable import Engine
@testable import Traffic

let webService = ObjectReference(.virtualService, "web", in: "shop")
let webRule = ObjectReference(.destinationRule, "web", in: "shop")

/// Subsets `stable` and `canary` that stand for roles, or `a` and `b` that stand for places.
func istioTarget(
    _ names: [String] = ["a", "b"], roles: Bool = false, _ change: (inout IstioTarget) -> Void = { _ in }
) throws -> TrafficTarget {
    var istio = IstioTarget(split: .subsets, virtualServices: [IstioService("web", in: "shop")])
    if roles { istio.destinationRule = IstioRule("web", in: "shop") }
    change(&istio)
    return TrafficTarget(
        router: "istio", backends: try #require(Backends(names: names)), settings: istio.settings,
        namesRoles: roles ? true : nil)
}

func istioWrite(
    _ route: Route, _ target: TrafficTarget, since: Rollouts.Sequence = 1,
    previous: Rollouts.Sequence? = nil, journal: String = "north", occupants: [Place: String] = [:],
    isRollback: Bool = false
) -> RouteWrite {
    RouteWrite(
        rollout: RolloutName("web"), target: target, route: route, since: since, previous: previous,
        journal: journal, occupants: occupants, isRollback: isRollback)
}

/// So many percent for place b, and the rest for a.
func split(
    _ percent: Int, rules: [RouteRule] = [], stickyBy cookie: String? = nil, home: Place? = nil
) throws -> Route {
    var route = Route(
        giving: [(.b, try #require(Weight(percent: percent)))], rest: .a, rules: rules,
        stickiness: cookie.map { Stickiness(cookie: $0) })
    route.home = home
    return route
}

/// A VirtualService with a route of the user's before the split, and one behind it.
func virtualService(
    _ names: [String] = ["a", "b"], weights: [Int] = [100, 0], match: JSON? = nil
) -> JSON {
    var primary: JSON = [
        "name": "primary", "timeout": "2s",
        "route": .array(
            zip(names, weights).map { name, weight in
                ["destination": ["host": "web", "subset": .string(name)], "weight": JSON(weight)]
            }),
    ]
    primary["match"] = match
    return [
        "apiVersion": "networking.istio.io/v1", "kind": "VirtualService",
        "metadata": ["name": "web", "namespace": "shop", "resourceVersion": "7"],
        "spec": [
            "hosts": ["web"],
            "http": [
                [
                    "name": "health", "match": [["uri": ["exact": "/health"]]],
                    "route": [["destination": ["host": "probe"]]],
                ],
                primary,
                ["name": "rest", "route": [["destination": ["host": "rest"]]]],
            ],
        ],
    ]
}

func destinationRule(_ labels: [String: String?]) -> JSON {
    let subsets = labels.sorted { $0.key > $1.key }.map { name, release -> JSON in
        var labels: JSON = ["app": "web"]
        labels["rollouts-pod-template-hash"] = release.map(JSON.string)
        return ["name": .string(name), "labels": labels]
    }
    return [
        "apiVersion": "networking.istio.io/v1", "kind": "DestinationRule",
        "metadata": ["name": "web", "namespace": "shop", "resourceVersion": "8"],
        "spec": ["host": "web", "subsets": .array(subsets)],
    ]
}

/// What the pure part makes of a VirtualService.
func plan(_ write: RouteWrite, on object: JSON, rule: JSON? = nil, epoch: Int? = nil) throws -> IstioPlan {
    try IstioPlan(write, sight(write, on: object, rule: rule), epoch: epoch)
}

func sight(_ write: RouteWrite, on object: JSON, rule: JSON? = nil) throws -> IstioSight {
    let target = try IstioTarget(write.target)
    try target.check(write.route)
    let destinations = IstioDestinations(target, write.target)
    let service = try IstioObject(
        object, webService, target.virtualServices[0], target, destinations, of: write.rollout)
    return IstioSight(
        services: [service], rule: rule, ruleReference: rule == nil ? nil : webRule, target: target)
}

/// The object after the writes of a plan.
func applied(_ plan: IstioPlan, on object: JSON) throws -> JSON {
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

/// The object with the route.
func routed(_ write: RouteWrite, on object: JSON) throws -> JSON {
    try applied(plan(write, on: object), on: object)
}

extension JSON {
    var http: [JSON] { self["spec"]["http"]?.array ?? [] }

    var names: [String] { http.map { $0["name"]?.string ?? "" } }

    func route(named name: String) -> JSON? { http.first { $0["name"]?.string == name } }

    func weights(of name: String = "primary") -> [Int?] {
        (route(named: name)["route"]?.array ?? []).map { $0["weight"]?.integer }
    }
}

func istioSend(_ name: String, _ matches: RequestMatch..., to place: Place = .b) -> RouteRule {
    RouteRule(name: name, matches: matches, deed: .send, place: place)
}

func istioMirror(_ name: String, _ matches: RequestMatch..., percent: Int, to place: Place = .b) throws
    -> RouteRule
{
    RouteRule(
        name: name, matches: matches, deed: .mirror(try #require(Weight(percent: percent))), place: place)
}

let betaHeader = RequestMatch(headers: [FieldMatch(name: "X-Beta", value: .exact("1"))])

func failure(_ body: () throws -> Void) -> RouteFailure? {
    do {
        try body()
        return nil
    } catch {
        return error as? RouteFailure
    }
}
