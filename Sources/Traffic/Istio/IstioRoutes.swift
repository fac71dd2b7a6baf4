import Rollouts
import Transport

/// The HTTP routes for a wanted route, from the user's routes without anything of ours.
///
/// Before each split stand, in this order: the rules, then those who stay by cookie, then copies of
/// everything. Each is a copy of the split, so that it keeps the user's timeouts, retries and rewrites; where
/// it leads to is what differs. Two rules for mirrors never add up: the first that matches counts, and those
/// without matches come last, in one.
struct IstioRoutes {
    let wanted: NamedRoute
    let destinations: IstioDestinations
    /// Which weights to write for a split, of which this is the number among the splits of a VirtualService.
    let weights: (_ items: [JSON], _ number: Int) -> [Int?]

    func routes(_ routes: [JSON], splits: [Int]) throws(RouteFailure) -> [JSON] {
        var result: [JSON] = []
        for (index, route) in routes.enumerated() {
            guard let number = splits.firstIndex(of: index) else {
                result.append(route)
                continue
            }
            result += try entries(before: route, routeName(route, index), number)
            result.append(try split(route, number))
        }
        return result
    }

    /// A route of a kind that has neither rules nor cookies.
    func plain(_ route: JSON, _ number: Int) -> JSON {
        let items = route["route"]?.array ?? []
        return route.routed(to: zip(items, weights(items, number)).map { $0.weighing($1) })
    }
}

extension IstioRoutes {
    private func entries(
        before route: JSON, _ name: String, _ number: Int
    ) throws(RouteFailure) -> [JSON] {
        let everywhere = wanted.rules.filter { $0.rule.isMirror && $0.rule.matches.isEmpty }
        var entries: [JSON] = []
        for rule in wanted.rules where !everywhere.contains(rule) {
            entries += try self.entries(of: rule, before: route, name, number)
        }
        entries += try stays(route, nil, name, copies: mirrors(everywhere, in: route))
        let copies = mirrors(everywhere, in: route)
        if let first = everywhere.first, !copies.isEmpty {
            entries.append(try split(route, number).named(wanted.name(of: first.rule)).mirrored(copies))
        }
        return entries
    }

    private func entries(
        of rule: NamedRoute.Rule, before route: JSON, _ name: String, _ number: Int
    ) throws(RouteFailure) -> [JSON] {
        let blocks = try blocks(of: rule.rule, within: route, name)
        let matched = route.matching(blocks).named(wanted.name(of: rule.rule))
        guard rule.rule.isMirror else { return [sent(matched, to: rule.backend)] }
        let copies = mirrors([rule], in: route)
        guard !copies.isEmpty else { return [] }
        return try stays(matched, rule.rule.name, name, copies: copies)
            + [try split(matched, number).mirrored(copies)]
    }

    /// For those who have a cookie of a release that has a share: there they stay.
    private func stays(
        _ route: JSON, _ rule: String?, _ name: String, copies: [JSON]
    ) throws(RouteFailure) -> [JSON] {
        guard let stickiness = wanted.stickiness else { return [] }
        var entries: [JSON] = []
        for backend in wanted.shares.indices where wanted.shares[backend] > .none {
            let mark = IstioMatch(cookie: stickiness.cookie, value: wanted.cookieValue(of: backend))
            let blocks = try combined([mark], within: route, rule.map { "rule \($0)" } ?? "stickiness", name)
            let text = NamedRoute.prefix(wanted.rollout) + "stay-" + destinations.names[backend]
            entries.append(sent(route.matching(blocks).named(text), to: backend).mirrored(copies))
        }
        return entries
    }

    private func split(_ route: JSON, _ number: Int) throws(RouteFailure) -> JSON {
        let items = route["route"]?.array ?? []
        var weighted: [JSON] = []
        for (item, weight) in zip(items, weights(items, number)) {
            weighted.append(try issuing(item.weighing(weight)))
        }
        return route.routed(to: weighted)
    }

    private func issuing(_ item: JSON) throws(RouteFailure) -> JSON {
        guard let stickiness = wanted.stickiness, let backend = destinations.index(ofItem: item) else {
            return item
        }
        guard item["headers"]["response"]["add"]["set-cookie"] == nil else {
            throw refused(
                "the destination \(destinations.names[backend]) sets a cookie already, and Istio takes one; "
                    + "give the user's cookie out elsewhere")
        }
        return item.issuing(stickiness.setCookie(wanted.cookieValue(of: backend)))
    }

    private func sent(_ route: JSON, to backend: Int) -> JSON {
        let items = route["route"]?.array ?? []
        let item = items.first { destinations.index(ofItem: $0) == backend }
        return route.routed(to: item.map { [$0.weighing(nil)] } ?? [])
    }

    private func mirrors(_ rules: [NamedRoute.Rule], in route: JSON) -> [JSON] {
        rules.compactMap { rule in
            guard case .mirror(let share) = rule.rule.deed, share > .none,
                let item = route["route"]?.array?.first(where: {
                    destinations.index(ofItem: $0) == rule.backend
                })
            else { return nil }
            return [
                "destination": item["destination"] ?? [:], "percentage": ["value": .number(share.percent)],
            ]
        }
    }

    private func blocks(
        of rule: RouteRule, within route: JSON, _ name: String
    ) throws(RouteFailure) -> [JSON]? {
        guard !rule.matches.isEmpty else { return route["match"]?.array }
        var matches: [IstioMatch] = []
        for match in rule.matches { matches.append(try IstioMatch(match, of: rule.name)) }
        return try combined(matches, within: route, "rule \(rule.name)", name)
    }

    private func combined(
        _ blocks: [IstioMatch], within route: JSON, _ what: String, _ name: String
    ) throws(RouteFailure) -> [JSON] {
        let scope = (route["match"]?.array ?? [[:]]).map(IstioMatch.init(document:))
        var result: [JSON] = []
        for one in scope {
            for other in blocks {
                switch one.and(other) {
                case .block(let block): result.append(block.document)
                case .never: break
                case .unspeakable(let field):
                    throw refused(
                        "\(what) and the route \(name) that it stands before both ask for \(field), and "
                            + "Istio takes one condition; make one of them an exact text or a prefix")
                }
            }
        }
        guard !result.isEmpty else { throw refused("\(what) matches no request of the route \(name)") }
        return result
    }
}

// MARK: - Pieces of a route

extension JSON {
    fileprivate func named(_ name: String) -> JSON {
        var route = self
        route["name"] = .string(name)
        return route
    }

    fileprivate func matching(_ blocks: [JSON]?) -> JSON {
        var route = self
        route["match"] = blocks.map(JSON.array)
        return route
    }

    fileprivate func routed(to items: [JSON]) -> JSON {
        var route = self
        route["route"] = .array(items)
        return route
    }

    fileprivate func weighing(_ weight: Int?) -> JSON {
        var item = self
        item["weight"] = weight.map { JSON($0) }
        return item
    }

    /// Istio takes the old form of a mirror or the new one, and not both.
    fileprivate func mirrored(_ copies: [JSON]) -> JSON {
        guard !copies.isEmpty else { return self }
        var route = self
        var mirrors = route["mirrors"]?.array ?? []
        if let destination = route["mirror"] {
            var mirror: JSON = ["destination": destination]
            mirror["percentage"] = route["mirrorPercentage"]
            mirrors.append(mirror)
            route["mirror"] = nil
            route["mirrorPercentage"] = nil
        }
        route["mirrors"] = .array(mirrors + copies)
        return route
    }
}
