import Rollouts
import Transport

/// One of our routes before it is put among those of the user: which requests, and to which subset.
struct SubsetRule: Hashable, Sendable {
    let name: String
    /// None: every request.
    let match: ConsulMatch?
    let subset: String
}

extension ConsulRoute {
    /// Rules first, then users who stay where they are.
    var rules: [SubsetRule] {
        get throws(RouteFailure) {
            var rules: [SubsetRule] = []
            for rule in route.rules {
                let subset = backends.name(of: rule.place)
                guard rule.matches.isEmpty else {
                    for match in rule.matches {
                        rules.append(
                            SubsetRule(
                                name: rule.name, match: try ConsulMatch(match, of: rule.name), subset: subset)
                        )
                    }
                    continue
                }
                rules.append(SubsetRule(name: rule.name, match: nil, subset: subset))
            }
            return rules + stays
        }
    }

    private var stays: [SubsetRule] {
        guard let stickiness = route.stickiness else { return [] }
        return backends.places.filter { route.weight(of: $0) > .none }.map { place in
            let name = backends.name(of: place)
            let match = ConsulMatch(cookie: stickiness.cookie, value: cookieValue(of: name))
            return SubsetRule(name: "cookie \(stickiness.cookie)", match: match, subset: name)
        }
    }

    /// The service-router with our routes before each of the user's that leads to the split, and behind all of them;
    /// nothing where there is nothing to say.
    ///
    /// A service-router has no names for routes: ours are known by what they say, which the mark of its last writer
    /// tells (`former`).
    func router(on entry: ConsulEntry, former: ConsulRoute?) throws(RouteFailure) -> JSON? {
        let theirs = try theirRoutes(on: entry, former)
        let all = try routes(among: theirs)
        guard entry.document != nil || !all.isEmpty else { return nil }
        var content = entry.document == nil ? entry.name.bare : entry.content
        if content["Routes"]?.array ?? [] != all { content["Routes"] = .array(all) }
        return content
    }

    /// The user's own routes.
    func theirRoutes(
        on entry: ConsulEntry, _ former: ConsulRoute?
    ) throws(RouteFailure) -> [JSON] {
        let present = entry.document?["Routes"]?.array ?? []
        guard let former else { return present }
        let ours = try former.pieces(before: present.filter(former.isSplit) + [nil])
        return present.filter { route in !ours.contains { $0.means(route.withoutBlanks) } }
    }

    /// All of ours, and theirs.
    private func routes(among theirs: [JSON]) throws(RouteFailure) -> [JSON] {
        let parts = theirs.split(omittingEmptySubsequences: false) { !$0.hasMatch && isSplit($0) }
        guard parts.count == 1 else {
            // One that takes everything: nothing behind it is ever reached.
            var head: [JSON] = Array(parts[0])
            let catchAll = theirs[head.count]
            let rest = theirs.dropFirst(head.count + 1)
            head = try inserted(among: head)
            return head + (try pieces(before: [catchAll])) + [catchAll] + rest
        }
        return try inserted(among: theirs) + (try pieces(before: [nil]))
    }

    private func inserted(among theirs: [JSON]) throws(RouteFailure) -> [JSON] {
        var routes: [JSON] = []
        for route in theirs {
            if isSplit(route) { routes += try pieces(before: [route]) }
            routes.append(route)
        }
        return routes
    }

    /// Our routes that stand before one that leads to the split; none is the one that Consul adds at the end.
    func pieces(before splits: [JSON?]) throws(RouteFailure) -> [JSON] {
        var routes: [JSON] = []
        for split in splits {
            for rule in try rules {
                let among = split?["Match"].map(ConsulMatch.init(document:))
                guard let match = try rule.match(among: among) else { continue }
                var route: JSON = [:]
                if match.document != [:] { route["Match"] = match.document }
                route["Destination"] = split?["Destination"] ?? [:]
                route["Destination"]["ServiceSubset"] = .string(rule.subset)
                routes.append(route)
            }
        }
        return routes
    }

    /// Whether a route of the user's leads to the split: to this service, and to no subset of it.
    func isSplit(_ route: JSON) -> Bool {
        let service = route["Destination"]["Service"]?.string ?? ""
        let subset = route["Destination"]["ServiceSubset"]?.string ?? ""
        return (service.isEmpty || service == target.service) && subset.isEmpty
    }
}

extension SubsetRule {
    /// The requests of the rule among those of a route; none where no request can be both.
    fileprivate func match(among other: ConsulMatch?) throws(RouteFailure) -> ConsulMatch? {
        guard let other else { return match ?? ConsulMatch(document: [:]) }
        return try match.map { rule throws(RouteFailure) in try rule.and(other, of: name) } ?? other
    }
}

extension JSON {
    /// Whether a route of a service-router is for some requests only.
    var hasMatch: Bool { self["Match"]?["HTTP"]?.object != nil }

    /// Consul gives back what it was given, but for members that say nothing.
    fileprivate var withoutBlanks: JSON {
        guard let members = object else { return self }
        return .object(members.filter { !$0.value.isNull })
    }
}
