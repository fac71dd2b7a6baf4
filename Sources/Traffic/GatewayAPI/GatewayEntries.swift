import Rollouts
import Transport

/// The rules for a wanted route, from the user's rules without anything of ours.
///
/// Before each split stand, in this order: the rules, then those who stay by cookie. Each is a copy of the split, so
/// that it keeps the user's filters and timeouts; where it leads to is what differs. Copies of everything are a filter
/// of the split itself. No rule bears a name: not everybody who carries routes out takes one.
struct GatewayEntries {
    let wanted: NamedRoute
    let backends: GatewayBackends
    /// Whether rules are put into it at all.
    let takesRules: Bool
    /// Whether users stay by the API's own sessions.
    let keepsSessions: Bool
    /// Which weights to write for a split, by its number among the splits.
    let weights: (_ rule: JSON, _ number: Int) -> [Int?]

    /// What stands before a split, and the split itself.
    func entries(
        for rule: JSON, at place: Int, _ number: Int, called name: String
    ) throws(RouteFailure) -> (ours: [RuleOrder.Entry], split: JSON) {
        guard takesRules else { return ([], weighted(rule, number)) }
        var ours: [RuleOrder.Entry] = []
        for one in wanted.rules where !one.isForEverything {
            for (title, entry) in try entries(of: one, before: rule, name, number) {
                ours.append(RuleOrder.Entry(title: title, rule: entry, split: place))
            }
        }
        let copies = mirrors(wanted.rules.filter(\.isForEverything), in: rule)
        if !copies.isEmpty { try checkCopies(rule, name) }
        for (title, entry) in try stays(rule, nil, name, copies) {
            ours.append(RuleOrder.Entry(title: title, rule: entry, split: place))
        }
        return (ours, try issuing(weighted(rule, number).adding(copies)))
    }
}

extension GatewayEntries {
    private typealias Titled = (title: String, rule: JSON)

    private func entries(
        of rule: NamedRoute.Rule, before split: JSON, _ name: String, _ number: Int
    ) throws(RouteFailure) -> [Titled] {
        let title = "rule \(rule.rule.name)"
        let matched = split.asking(try blocks(of: rule.rule, within: split, name))
        guard rule.rule.isMirror else { return [(title, sent(matched, to: rule.backend))] }
        let copies = mirrors([rule], in: split)
        guard !copies.isEmpty else { return [] }
        return try stays(matched, title, name, copies)
            + [(title, try issuing(weighted(matched, number).adding(copies)))]
    }

    /// For those who have a cookie of a release that has a share: there they stay.
    private func stays(
        _ split: JSON, _ rule: String?, _ name: String, _ copies: [JSON]
    ) throws(RouteFailure) -> [Titled] {
        guard let stickiness = wanted.stickiness, !keepsSessions else { return [] }
        let title = rule ?? "the cookie \(stickiness.cookie)"
        var entries: [Titled] = []
        for backend in wanted.shares.indices where wanted.shares[backend] > .none {
            let mark = GatewayMatch(
                cookie: stickiness.cookie, value: wanted.cookieValue(of: backend), in: backends.kind)
            let blocks = try combined([mark], within: split, title, name)
            entries.append((title, sent(split.asking(blocks).adding(copies), to: backend)))
        }
        return entries
    }

    private func weighted(_ rule: JSON, _ number: Int) -> JSON {
        var rule = rule
        let weighted = zip(rule.backendRefs, weights(rule, number)).map { item, weight in
            var item = item
            item["weight"] = weight.map { JSON($0) }
            return item
        }
        rule["backendRefs"] = .array(weighted)
        return rule
    }

    private func issuing(_ rule: JSON) throws(RouteFailure) -> JSON {
        guard let stickiness = wanted.stickiness else { return rule }
        guard rule["sessionPersistence"] == nil else {
            throw RouteFailure(
                .rejected,
                "a rule that is split has sessionPersistence, and its sessions would go before the cookie "
                    + "\(stickiness.cookie); take one of the two out")
        }
        var rule = rule
        if keepsSessions {
            rule["sessionPersistence"] = stickiness.session
            return rule
        }
        var items: [JSON] = []
        for item in rule.backendRefs {
            guard let backend = backends.index(of: item) else {
                items.append(item)
                continue
            }
            guard let given = item.givingOut(stickiness.setCookie(wanted.cookieValue(of: backend))) else {
                throw RouteFailure(
                    .rejected,
                    "the backendRef \(backends.names[backend]) sets a cookie already, and a route takes one; give "
                        + "the user's cookie out elsewhere")
            }
            items.append(given)
        }
        rule["backendRefs"] = .array(items)
        return rule
    }

    private func sent(_ rule: JSON, to backend: Int) -> JSON {
        var rule = rule
        rule["backendRefs"] = .array(
            rule.backendRefs.filter { backends.index(of: $0) == backend }.map { item in
                var item = item
                item["weight"] = 1
                return item
            })
        return rule
    }

    /// Copies that the user sends already could not be told from ours at the end.
    private func checkCopies(_ split: JSON, _ name: String) throws(RouteFailure) {
        let filters = split["filters"]?.array ?? []
        guard filters.contains(where: { $0.copyTarget.map { backends.index(of: $0) != nil } ?? false }) else {
            return
        }
        throw RouteFailure(
            .rejected, "the rule \(name) copies requests to one of the backends already; take that filter out"
        )
    }

    private func mirrors(_ rules: [NamedRoute.Rule], in split: JSON) -> [JSON] {
        rules.compactMap { rule in
            guard case .mirror(let share) = rule.rule.deed, share > .none,
                let item = split.backendRefs.first(where: { backends.index(of: $0) == rule.backend })
            else { return nil }
            return JSON.mirror(of: share, to: item)
        }
    }
}

// MARK: - Conditions

extension GatewayEntries {
    private func blocks(
        of rule: RouteRule, within split: JSON, _ name: String
    ) throws(RouteFailure) -> [JSON] {
        guard !rule.matches.isEmpty else { return split["matches"]?.array ?? [[:]] }
        var matches: [GatewayMatch] = []
        for match in rule.matches {
            matches.append(try GatewayMatch(match, of: rule.name, in: backends.kind))
        }
        return try combined(matches, within: split, "rule \(rule.name)", name)
    }

    /// A rule holds among the requests of the split that it stands before, and of no other rule of the user's. So its
    /// blocks are combined with the split's.
    private func combined(
        _ blocks: [GatewayMatch], within split: JSON, _ what: String, _ name: String
    ) throws(RouteFailure) -> [JSON] {
        var result: [JSON] = []
        for one in split.blocks {
            for other in blocks {
                switch one.and(other) {
                case .block(let block): result.append(block.document)
                case .never: break
                case .unspeakable(let field):
                    throw RouteFailure(
                        .rejected,
                        "\(what) and the rule \(name) that it stands before both ask for \(field), and a route takes "
                            + "one condition; make one of them exact")
                }
            }
        }
        guard !result.isEmpty else {
            throw RouteFailure(.rejected, "\(what) matches no request of the rule \(name)")
        }
        return result
    }
}

extension NamedRoute.Rule {
    /// Copies of all requests need no rule of their own.
    fileprivate var isForEverything: Bool { rule.isMirror && rule.matches.isEmpty }
}
