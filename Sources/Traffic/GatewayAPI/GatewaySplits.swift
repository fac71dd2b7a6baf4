import Rollouts
import Transport

/// Finds the rules of a route that are the split.
///
/// Those are all that lead to all backends, unless some are named. A rule that leads to one of them alone is
/// somebody's wish, and is left alone.
struct GatewaySplits {
    /// Without anything of ours.
    let rules: [JSON]
    let route: GatewayRoute
    let backends: GatewayBackends

    /// Throws `rejected` where there is none, or where it is not of all its traffic.
    func indices() throws(RouteFailure) -> [Int] {
        let found = route.rules.isEmpty ? rules.indices.filter { leadsToAll(rules[$0]) } : try named()
        guard !found.isEmpty else {
            throw refused(
                "has no rule that leads to \(list); it needs one with a backendRef for each of them, and weight "
                    + "0 where there is no release yet. It leads to \(destinations)")
        }
        for index in found { try check(index) }
        return found
    }

    private func named() throws(RouteFailure) -> [Int] {
        var found: [Int] = []
        for name in route.rules {
            let indices = rules.indices.filter { rules[$0]["name"]?.string == name }
            guard indices.count == 1 else {
                let known = rules.indices.map { ruleName(rules[$0], $0) }.joined(separator: ", ")
                throw refused(
                    "has \(indices.count) rules \"\(name)\"; its rules: \(known.isEmpty ? "none" : known)")
            }
            found += indices
        }
        return Set(found).sorted()
    }

    private func check(_ index: Int) throws(RouteFailure) {
        let items = rules[index].backendRefs
        let found = items.map(backends.index(of:))
        for (backend, text) in backends.names.enumerated() {
            let count = found.count(where: { $0 == backend })
            guard count != 1 else { continue }
            let name = ruleName(rules[index], index)
            throw refused(
                count == 0
                    ? "rule \(name) does not lead to \(text); add a backendRef with weight 0"
                    : "rule \(name) leads to \(text) \(count) times")
        }
        let stranger = zip(items, found).first { $1 == nil && ($0["weight"]?.integer ?? 1) > 0 }
        guard let stranger else { return }
        throw refused(
            "rule \(ruleName(rules[index], index)) also gives weight to \(backends.name(of: stranger.0)), which "
                + "is none of \(list); the split has to be of all its traffic")
    }

    private func leadsToAll(_ rule: JSON) -> Bool {
        Set(rule.backendRefs.compactMap(backends.index(of:))).count == backends.names.count
    }

    private var destinations: String {
        let names = Set(rules.flatMap(\.backendRefs).map(backends.name(of:))).sorted()
        return names.isEmpty ? "nothing" : names.joined(separator: ", ")
    }

    private var list: String { backends.names.joined(separator: ", ") }

    private func refused(_ what: String) -> RouteFailure {
        RouteFailure(.rejected, "\(route.kind.name) \(backends.namespace)/\(route.name) \(what)")
    }
}
