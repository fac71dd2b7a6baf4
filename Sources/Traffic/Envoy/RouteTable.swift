import Rollouts

/// The routes of one virtual host, the first match first: the rules in their order, then the split.
///
/// The requests of a mirror rule are split like all others, and are copied. A mirror rule without matches stands
/// behind all others, whatever its rank: the split itself makes its copies.
struct RouteTable {
    private let target: EnvoyTarget
    private let route: Route

    init(_ target: EnvoyTarget, _ route: Route) {
        (self.target, self.route) = (target, route)
    }

    var routes: [[String: Any]] {
        let everywhere = route.rules.filter { $0.isMirror && $0.matches.isEmpty }
        let rules = route.rules.filter { !everywhere.contains($0) }
        let whole = EnvoyMatch(RequestMatch(), below: target.prefix)
        return rules.flatMap(routes) + split(whole, name: nil, copies: everywhere)
    }

    private func routes(of rule: RouteRule) -> [[String: Any]] {
        let blocks = rule.matches.isEmpty ? [RequestMatch()] : rule.matches
        return blocks.flatMap { block in
            let match = EnvoyMatch(block, below: target.prefix)
            return rule.isMirror
                ? split(match, name: rule.name, copies: [rule])
                : [entry(rule.name, match, ["cluster": target.backends.name(of: rule.place)])]
        }
    }

    private func split(_ match: EnvoyMatch, name: String?, copies: [RouteRule]) -> [[String: Any]] {
        var action = SplitAction(target.backends, route).document
        let mirrors = copies.compactMap(mirror)
        if !mirrors.isEmpty { action["request_mirror_policies"] = mirrors }
        guard let stickiness = route.stickiness else { return [entry(name, match, action)] }
        let newcomers = match.and(stickiness.newcomers)
        let issuing = entry(name, newcomers, action).merging(stickiness.issue) { $1 }
        return [issuing, entry(name, match, action)]
    }

    /// None for a mirror of nothing.
    private func mirror(_ rule: RouteRule) -> [String: Any]? {
        guard case .mirror(let share) = rule.deed, share > .none else { return nil }
        let fraction: [String: Any] = ["numerator": Int(share.millionths), "denominator": "MILLION"]
        return [
            "cluster": target.backends.name(of: rule.place),
            "runtime_fraction": ["default_value": fraction],
        ]
    }
}

private func entry(_ name: String?, _ match: EnvoyMatch, _ action: [String: Any]) -> [String: Any] {
    var entry: [String: Any] = ["match": match.document, "route": action]
    entry["name"] = name
    return entry
}

extension RouteRule {
    var isMirror: Bool { if case .mirror = deed { true } else { false } }
}
