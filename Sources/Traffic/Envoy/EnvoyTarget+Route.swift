import Rollouts

extension EnvoyTarget {
    /// Throws `rejected` for a route that this target can't bear, with what to change.
    func check(_ route: Route) throws(RouteFailure) {
        for place in Place.allCases where route.reaches(place) {
            try check(place, "the route")
        }
        for rule in route.rules {
            for match in rule.matches { try check(match.path, of: rule) }
        }
        if let stickiness = route.stickiness { try check(cookie: stickiness.cookie) }
    }

    private func check(_ place: Place, _ what: String) throws(RouteFailure) {
        guard backends.places.contains(place) else {
            throw wrong(
                "\(what) leads to place \(place.rawValue), and there are only the clusters "
                    + "\(backends.names.joined(separator: ", ")); declare one more")
        }
    }

    private func check(_ path: TextMatch?, of rule: RouteRule) throws(RouteFailure) {
        let (text, isBelow) =
            switch path {
            case .exact(let path): (path, path.hasPrefix(prefix))
            case .prefix(let path): (path, path.hasPrefix(prefix) || prefix.hasPrefix(path))
            case .regex, nil: ("", true)
            }
        guard isBelow else {
            throw wrong(
                "rule \(rule.name) is for the path \(text), which is not below the target's prefix \(prefix); "
                    + "no request would match")
        }
    }

    private func check(cookie: String) throws(RouteFailure) {
        let isToken = cookie.utf8.allSatisfy { byte in
            (0x21...0x7e).contains(byte) && !"()<>@,;:\\\"/[]?={}".utf8.contains(byte)
        }
        guard isToken, !cookie.isEmpty else {
            throw wrong("\"\(cookie)\" can't be a cookie's name; use letters, digits, _ and -")
        }
    }
}
