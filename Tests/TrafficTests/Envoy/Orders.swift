import Rollouts
import Testing

@testable import Engine
@testable import Traffic

/// An order to route the rollout `web`, written shortly.
func order(
    _ percentOnB: Int, since: Sequence = 1, previous: Sequence? = nil, journal: String = "north",
    rollout: String = "web",
    b: String = "web-b", settings: [String: String] = [:]
) -> RouteWrite {
    RouteWrite(
        rollout: RolloutName(rollout),
        target: TrafficTarget(
            router: "envoy", backends: .init(a: "web-a", b: b),
            settings: ["route": "web"].merging(settings) { $1 }),
        route: Route(Weight(percent: percentOnB) ?? .none, to: .b, rest: .a), since: since,
        previous: previous,
        journal: journal)
}

/// An order to route the rollout `web` between the clusters `web-a`, `web-b` and so on.
func order(
    _ route: Route, places: Int = 2, since: Sequence = 1, settings: [String: String] = [:]
) throws -> RouteWrite {
    let names = Place.allCases.prefix(places).map { "web-\($0.rawValue)" }
    return RouteWrite(
        rollout: RolloutName("web"),
        target: TrafficTarget(
            router: "envoy", backends: try #require(Backends(names: names)),
            settings: ["route": "web"].merging(settings) { $1 }),
        route: route, since: since, journal: "north")
}

/// Percent for each place, the rest for `a`.
func route(
    _ percents: KeyValuePairs<Place, Int>, rules: [RouteRule] = [], stickyBy cookie: String? = nil
) throws -> Route {
    let given = try percents.map { (place: $0, weight: try #require(Weight(percent: $1))) }
    return Route(giving: given, rest: .a, rules: rules, stickiness: cookie.map { Stickiness(cookie: $0) })
}

func send(_ name: String, _ matches: RequestMatch..., to place: Place = .b) -> RouteRule {
    RouteRule(name: name, matches: matches, deed: .send, place: place)
}

func mirror(_ name: String, _ matches: RequestMatch..., percent: Int, to place: Place = .b) throws
    -> RouteRule
{
    let share = try #require(Weight(percent: percent))
    return RouteRule(name: name, matches: matches, deed: .mirror(share), place: place)
}

func document(_ write: RouteWrite) throws -> RouteDocument {
    RouteDocument(write, try EnvoyTarget(write.rollout, write.target))
}
