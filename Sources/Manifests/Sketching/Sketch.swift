/// What a decoder takes at one place of a document, as the decoder itself says it.
///
/// A field that bears a sketch has no value. Whoever reads it notes what it would take, and answers nil; so the
/// schema of a kind is made by running its decoder, and the two can't drift apart.
///
/// A class, because everything that reads one place notes to the same sketch, as it reports to the same
/// `Diagnostics`. It stays in the task that made it.
package final class Sketch {
    /// The kinds of values that are taken; none: nobody said, and the place is none of the schema's.
    private(set) package var kinds: Set<SketchKind> = []
    private(set) var limits = SketchLimits()
    /// The member by which the items of a list are told apart.
    private(set) var itemKey: String?
    private(set) var isNullable = false
    /// Whether members that nobody asked for are taken too.
    private(set) var isOpen = false
    /// Whether it is known and always refused.
    private(set) package var isRefused = false
    private(set) package var members: [String: Sketch] = [:]
    /// Of every item of a list.
    private(set) package var item: Sketch?
    /// Of every member of a mapping whose keys are names that people chose.
    private(set) package var value: Sketch?
    /// What members demand of each other, each once, in the order of the decoder.
    private(set) var rules: [SketchRule] = []
    private var runs: [Run] = []
    private var alternativeCount = 1

    /// The decoder of an object, run once with one of its alternatives.
    private struct Run {
        let index: Int
        var choice: String?
        var required: Set<String> = []
    }

    package init() {}

    /// The sketch of a member, the same one at every call.
    func member(_ key: String) -> Sketch { kept(&members[key]) }

    func anyItem() -> Sketch { kept(&item) }

    func anyValue() -> Sketch { kept(&value) }

    private func kept(_ place: inout Sketch?) -> Sketch {
        let sketch = place ?? Sketch()
        place = sketch
        return sketch
    }
}

/// A kind of value that JSON has.
package enum SketchKind: String, CaseIterable, Sendable {
    case object, array, string, number, integer, boolean
}

/// What is demanded of a value beside its kind.
struct SketchLimits: Equatable {
    /// Of a number, in hundredths.
    var least: Int?
    var most: Int?
    var lengthMin: Int?
    var lengthMax: Int?
    var itemsMin: Int?
    var itemsMax: Int?
    var membersMin: Int?
    var membersMax: Int?
    /// The texts that are taken, where they are few.
    var names: [String]?
    /// Regular expressions of which one has to match.
    var patterns: [String] = []
}

/// What the members of an object demand of each other.
package enum SketchRule: Hashable {
    case exactlyOne([String])
    case atMostOne([String])
    case atLeastOne([String])
    /// At least one of what these paths lead to.
    case leadsTo([[String]])
    /// Where the first is, the second has to be.
    case needs(String, String)
    /// Where the first is, what this path leads to can't be.
    case excludes(String, [String])
}

// MARK: - Noting

extension Sketch {
    func note(_ note: SketchNote) {
        switch note {
        case .kind(let kind): kinds.insert(kind)
        case .anything: kinds.formUnion(SketchKind.allCases)
        case .whole(let range):
            kinds.insert(.integer)
            limits.least = range.lowerBound == .min ? nil : range.lowerBound * 100
            limits.most = range.upperBound == .max ? nil : range.upperBound * 100
        case .hundredths(let range):
            kinds.insert(.number)
            (limits.least, limits.most) = (range.lowerBound, range.upperBound)
        case .names(let names):
            kinds.insert(.string)
            limits.names = names
        case .length(let least, let most):
            limits.lengthMin = least ?? limits.lengthMin
            limits.lengthMax = most ?? limits.lengthMax
        case .items(let least, let most):
            limits.itemsMin = least ?? limits.itemsMin
            limits.itemsMax = most ?? limits.itemsMax
        case .members(let least, let most):
            limits.membersMin = least ?? limits.membersMin
            limits.membersMax = most ?? limits.membersMax
        case .pattern(let pattern): add(pattern)
        case .placeholder: if kinds != [.string] || !limits.patterns.isEmpty { addPlaceholder() }
        case .key(let key): itemKey = key
        case .nullable: isNullable = true
        case .open: isOpen = true
        case .refused: isRefused = true
        case .requires(let key): require(key)
        case .rule(let rule): if !rules.contains(rule) { rules.append(rule) }
        }
    }

    private func add(_ pattern: String) {
        if !limits.patterns.contains(pattern) { limits.patterns.append(pattern) }
    }

    private func addPlaceholder() {
        kinds.insert(.string)
        add(#"\{\{\s*args\."#)
    }
}

// MARK: - Alternatives

extension Sketch {
    /// Lets the decoder of an object run until every key of which exactly one can be meant was the one.
    func eachAlternative(_ run: () -> Void) {
        var index = 0
        repeat {
            runs.append(Run(index: index))
            run()
            index += 1
        } while index < alternativeCount
    }

    /// The one of these keys that this run is about.
    func choose(among keys: [String]) -> String {
        note(.rule(.exactlyOne(keys)))
        alternativeCount = max(alternativeCount, keys.count)
        let place = runs.indices.last
        let key = keys[min(place.map { runs[$0].index } ?? 0, keys.count - 1)]
        if let place { runs[place].choice = key }
        return key
    }

    func require(_ key: String) {
        if runs.isEmpty { runs.append(Run(index: 0)) }
        runs[runs.count - 1].required.insert(key)
    }

    /// The members that have to be there whatever else is.
    package var required: Set<String> {
        let alone = rules.compactMap { rule in
            if case .exactlyOne(let keys) = rule, keys.count == 1 { keys[0] } else { nil }
        }
        return common(runs).union(alone)
    }

    /// The rules that members have, and those that follow from what only some alternatives require.
    var allRules: [SketchRule] {
        let always = required
        let choices = Dictionary(grouping: runs) { $0.choice }.sorted { ($0.key ?? "") < ($1.key ?? "") }
        let conditional = choices.flatMap { choice, runs -> [SketchRule] in
            guard let choice else { return [] }
            let needed = common(runs).subtracting(always).subtracting([choice])
            return needed.sorted().map { .needs(choice, $0) }
        }
        let written = rules.filter { rule in
            if case .exactlyOne(let keys) = rule { keys.count > 1 } else { true }
        }
        return written + conditional.filter { !written.contains($0) }
    }

    private func common(_ runs: [Run]) -> Set<String> {
        guard let first = runs.first else { return [] }
        return runs.dropFirst().reduce(first.required) { $0.intersection($1.required) }
    }
}
