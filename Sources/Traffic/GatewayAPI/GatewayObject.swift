import Engine
import Kubernetes
import Rollouts
import Transport

/// One route as it was read, and what it is to become for a rollout.
struct GatewayObject: RoutedObject, Hashable {
    let object: JSON
    let reference: ObjectReference
    let route: GatewayRoute
    let target: GatewayTarget
    let backends: GatewayBackends
    let rollout: RolloutName
    let mark: ObjectMark?
    /// The rules without anything of ours: those that are there, or those that the target gives.
    let base: [JSON]
    /// Which of them are split.
    let splits: [Int]

    init(
        _ object: JSON, _ reference: ObjectReference, _ route: GatewayRoute, _ target: GatewayTarget,
        _ names: [String], of rollout: RolloutName
    ) throws(RouteFailure) {
        (self.object, self.reference, self.route) = (object, reference, route)
        (self.target, self.rollout) = (target, rollout)
        let backends = GatewayBackends(
            names: names, namespace: reference.namespace ?? "default", kind: route.kind)
        let mark = ObjectMark(of: rollout, on: object)
        let ours = GatewayLeftovers(
            mark: mark, backends: backends, keepsSessions: route.keepsSessions)
        if let base = route.base {
            self.base = backends.rules(in: base).map { GatewayDefaults.filled($0, route.kind) }
        } else {
            base = ours.removed(from: backends.rules(in: object["spec"]))
        }
        (self.backends, self.mark) = (backends, mark)
        splits = try GatewaySplits(rules: base, route: route, backends: backends).indices()
    }

    var ownership: Ownership { target.ownership }

    var ownedSections: [String] { [backends.section] }

    var splitPath: [String] { ["spec", backends.section] }

    /// `shop/web-a`, for all that the splits lead to and that is ours to weigh.
    var backendNames: [String] {
        let items = splits.flatMap { base[$0].backendRefs }
        return Set(items.filter { backends.index(of: $0) != nil }.map(backends.name(of:))).sorted()
    }

    func routed(_ mark: ObjectMark, _ traffic: TrafficTarget) throws(RouteFailure) -> JSON {
        let wanted = try NamedRoute(
            mark.route, of: rollout, occupants: mark.occupants, traffic, managed: [])
        return try routed(wanted, mark)
    }

    /// The whole object as it is to be, with its mark.
    func routed(_ wanted: NamedRoute, _ mark: ObjectMark) throws(RouteFailure) -> JSON {
        try checkRules(wanted)
        var marked = mark
        marked.backends = backendNames
        marked.before =
            self.mark?.before ?? (ownership == .adopt ? splits.map { backends.weights(of: base[$0]) } : [])
        let (rules, ours) = try self.rules(for: wanted, before: marked.before)
        marked.inserted = ours.map(\.rule.fingerprint)
        var result = object
        var spec = object["spec"] ?? [:]
        backends.put(rules, in: &spec)
        result["spec"] = spec
        result["metadata"]["annotations"][ObjectMark.key(of: rollout)] = .string(marked.text)
        return result
    }
}

extension GatewayObject {
    private func rules(
        for wanted: NamedRoute, before: [[Int?]]
    ) throws(RouteFailure) -> (all: [JSON], ours: [RuleOrder.Entry]) {
        let table = GatewayEntries(
            wanted: wanted, backends: backends, takesRules: route.takesRules && route.kind.readsRequests,
            keepsSessions: route.keepsSessions
        ) { rule, number in
            SplitWeights(
                backends: rule.backendRefs.map(backends.index(of:)), present: backends.weights(of: rule),
                before: target.restores && number < before.count ? before[number] : nil
            ).weights(for: wanted)
        }
        var (all, ours) = ([JSON](), [RuleOrder.Entry]())
        for (place, rule) in base.enumerated() {
            guard let number = splits.firstIndex(of: place) else {
                all.append(rule)
                continue
            }
            let (entries, split) = try table.entries(
                for: rule, at: place, number, called: ruleName(rule, place))
            all += entries.map(\.rule) + [split]
            ours += entries
        }
        try check(all, ours)
        return (all, ours)
    }

    private func check(_ all: [JSON], _ ours: [RuleOrder.Entry]) throws(RouteFailure) {
        guard !ours.isEmpty else { return }
        guard all.count <= rulesMax else {
            throw RouteFailure(
                .rejected,
                "\(reference) would have \(all.count) rules, and the API takes \(rulesMax); use fewer rules, or put "
                    + "the split into a route of its own")
        }
        let foreign = base.map { GatewayDefaults.filled($0, route.kind) }
        try RuleOrder(ours: ours, foreign: foreign, splits: splits).check()
    }

    private func checkRules(_ wanted: NamedRoute) throws(RouteFailure) {
        guard !route.kind.readsRequests, route.takesRules else { return }
        let what =
            wanted.rules.first.map { "rule \($0.rule.name)" }
            ?? wanted.stickiness.map { "cookie \($0.cookie)" }
        guard let what else { return }
        throw RouteFailure(
            .rejected,
            "\(reference): the \(what) needs an HTTPRoute or a GRPCRoute; requests of a \(route.kind.name) can't be "
                + "looked into")
    }
}

private let rulesMax = 16

/// Tells what this rollout put into rules from what else is there.
///
/// Rules have no names to go by, so that the mark bears fingerprints of what they ask. Weights and filters of a rule of
/// ours may be edited, and it is still ours.
private struct GatewayLeftovers {
    let mark: ObjectMark?
    let backends: GatewayBackends
    let keepsSessions: Bool

    func removed(from rules: [JSON]) -> [JSON] {
        guard let mark else { return rules }
        var left = Dictionary(mark.inserted.map { ($0, 1) }, uniquingKeysWith: +)
        let rest = rules.filter { rule in
            guard let count = left[rule.fingerprint], count > 0 else { return true }
            left[rule.fingerprint] = count - 1
            return false
        }
        let copiesAll = mark.route.rules.contains { $0.isMirror && $0.matches.isEmpty }
        return rest.map { rule in
            var rule = rule
            rule.edit("backendRefs") { $0 = $0.withoutGivenCookie }
            if keepsSessions { rule = rule.withoutSession(mark.route.stickiness) }
            guard copiesAll, leadsToAll(rule) else { return rule }
            return rule.removingFilters { $0.copyTarget.map { backends.index(of: $0) != nil } ?? false }
        }
    }

    private func leadsToAll(_ rule: JSON) -> Bool {
        Set(rule.backendRefs.compactMap(backends.index(of:))).count == backends.names.count
    }
}

extension JSON {
    /// Of what a rule asks.
    fileprivate var fingerprint: String {
        Traffic.fingerprint(of: Array((self["matches"] ?? .null).text.utf8))
    }
}
