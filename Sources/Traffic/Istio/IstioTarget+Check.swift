import Rollouts
import Transport

extension IstioTarget {
    /// Whether the names and the objects fit together.
    func check(_ target: TrafficTarget) throws(RouteFailure) {
        try target.checkNames(of: Self.key)
        guard !virtualServices.isEmpty else { throw refused("needs at least one virtual service") }
        guard target.namesRoles != true || split == .hosts || destinationRule != nil else {
            throw refused(
                "subsets that stand for roles are re-pointed; name the `destinationRule` that has them")
        }
        try counts?.check(against: target.backends, Self.key)
        for service in virtualServices { try check(service) }
    }

    private func check(_ service: IstioService) throws(RouteFailure) {
        let sections = ["http", "tls", "tcp"].filter { service.base?[$0]?.array?.isEmpty == false }
        guard (ownership == .own) == !sections.isEmpty else {
            throw refused(
                ownership == .own
                    ? "`ownership: own` needs the routes of \(service.name) in `base` (http, tls or tcp)"
                    : "the routes of \(service.name) in `base` are for `ownership: own` only")
        }
    }

    /// Throws `rejected` for a route that this target can't bear, with what to change.
    func check(_ route: Route) throws(RouteFailure) {
        try route.stickiness?.checkName(Self.key)
        for rule in route.rules {
            // Found here, so that nothing is written for a route of which a part can't be.
            for match in rule.matches { _ = try IstioMatch(match, of: rule.name) }
        }
    }
}
