import Rollouts
import Transport

/// Which of two blocks that both match a request counts: not the first one, as in other meshes, but the narrower one.
/// Only where both are as narrow the first one counts.
struct GatewayPrecedence: Hashable, Comparable {
    /// In the order of their importance.
    private let ranks: [Int]

    /// None where it is up to the implementation: patterns for paths.
    init?(_ match: GatewayMatch) {
        let document = match.document
        let headers = document["headers"]?.array?.count ?? 0
        if document["method"]?.object != nil || document["path"] == nil {
            let method = document["method"]
            ranks = [
                method["service"]?.string?.utf8.count ?? 0, method["method"]?.string?.utf8.count ?? 0,
                headers,
            ]
            return
        }
        let path: [Int]
        switch PathCondition(document["path"] ?? [:]) {
        case .exact(let text): path = [1, text.utf8.count]
        case .prefix(let text): path = [0, text.utf8.count]
        case .pattern: return nil
        }
        let queries = document["queryParams"]?.array?.count ?? 0
        ranks = path + [document["method"] == nil ? 0 : 1, headers, queries]
    }

    static func < (left: GatewayPrecedence, right: GatewayPrecedence) -> Bool {
        left.ranks.lexicographicallyPrecedes(right.ranks)
    }
}

/// The rules of a route as they are to be, and whether each of ours gets just those requests that it is for.
struct RuleOrder {
    /// What a rule is for, where it is ours.
    struct Entry {
        /// `rule beta`, `the cookie user`
        let title: String
        let rule: JSON
        /// The split that it stands before, by its place in `foreign`.
        let split: Int
    }

    let ours: [Entry]
    /// All rules without anything of ours.
    let foreign: [JSON]
    let splits: [Int]

    /// Throws `rejected` where the API's order would send requests elsewhere than ours.
    func check() throws(RouteFailure) {
        for (index, entry) in ours.enumerated() {
            for earlier in ours[..<index] where earlier.split == entry.split && earlier.title != entry.title {
                try check(entry, yieldsTo: earlier)
            }
            for (place, rule) in foreign.enumerated() where !splits.contains(place) {
                try check(entry, yieldsTo: rule, at: place)
            }
        }
    }

    private func check(_ entry: Entry, yieldsTo earlier: Entry) throws(RouteFailure) {
        for (block, first) in pairs(entry.rule, earlier.rule) where block.beats(first) {
            throw RouteFailure(
                .rejected,
                "\(earlier.title) ranks before \(entry.title), but a route prefers the narrower one, and that is "
                    + "\(entry.title); let it rank first, or let it ask for less")
        }
    }

    /// Requests of a rule of the user's, which are none of the split's.
    private func check(_ entry: Entry, yieldsTo rule: JSON, at place: Int) throws(RouteFailure) {
        let isFirst = place < entry.split
        for (block, other) in pairs(entry.rule, rule) {
            let isTheirs = foreign[entry.split].blocks.contains { split in
                other.mayOverlap(split) && (other.beats(split) || (isFirst && !split.beats(other)))
            }
            let isTaken = block.beats(other) || (!isFirst && !other.beats(block))
            guard block.document.means(other.document) || (isTheirs && isTaken) else { continue }
            throw RouteFailure(
                .rejected,
                "\(entry.title) would take requests from the rule \(ruleName(rule, place)), because it is narrower; "
                    + "let it ask for what only the split gets")
        }
    }

    /// Those that a request may match both of.
    private func pairs(_ one: JSON, _ other: JSON) -> [(GatewayMatch, GatewayMatch)] {
        one.blocks.flatMap { block in other.blocks.filter(block.mayOverlap).map { (block, $0) } }
    }
}

extension GatewayMatch {
    /// Where the API does not say, neither does.
    fileprivate func beats(_ other: GatewayMatch) -> Bool {
        guard let own = GatewayPrecedence(self), let others = GatewayPrecedence(other) else { return false }
        return own > others
    }
}

extension JSON {
    /// The blocks of a rule; without any, it matches everything.
    var blocks: [GatewayMatch] { (self["matches"]?.array ?? [[:]]).map(GatewayMatch.init(document:)) }
}
