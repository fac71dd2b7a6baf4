import Rollouts

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
        route: Route(Weight(percent: percentOnB) ?? .none, to: .b, rest: .a), since: since, previous: previous,
        journal: journal)
}

func document(_ write: RouteWrite) throws -> RouteDocument {
    RouteDocument(write, try EnvoyTarget(write.rollout, write.target))
}
