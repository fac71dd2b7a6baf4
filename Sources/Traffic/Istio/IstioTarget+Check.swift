import Rollouts
import Transport

extension IstioTarget {
    /// Whether the names and the objects fit together.
    func check(_ target: TrafficTarget) throws(RouteFailure) {
        let names = target.backends.names
        guard !names.contains(""), Set(names).count == names.count else {
            throw refused("backends \(names.joined(separator: ", ")) must be \(names.count) different names")
        }
        guard !virtualServices.isEmpty else { throw refused("needs at least one virtual service") }
        let isPointed = target.namesRoles == true
        guard !isPointed || names.count == 2 else {
            throw refused("roles are two, stable and canary, and there are \(names.count) backends")
        }
        guard !isPointed || split == .hosts || destinationRule != nil else {
            throw refused(
                "subsets that stand for roles are re-pointed; name the `destinationRule` that has them")
        }
        if let counts, counts.values.count != names.count {
            throw refused("counts.values has \(counts.values.count) values for \(names.count) backends")
        }
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
        if let cookie = route.stickiness?.cookie, !isToken(cookie) {
            throw refused("\"\(cookie)\" can't be a cookie's name; use letters, digits, _ and -")
        }
        for rule in route.rules {
            // Found here, so that nothing is written for a route of which a part can't be.
            for match in rule.matches { _ = try IstioMatch(match, of: rule.name) }
        }
    }
}

func isToken(_ text: String) -> Bool {
    !text.isEmpty
        && text.utf8.allSatisfy { (0x21...0x7e).contains($0) && !"()<>@,;:\\\"/[]?={}".utf8.contains($0) }
}
