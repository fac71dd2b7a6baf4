import Transport

/// Rules of a schema in CEL, as far as they are read here: what is there of an object, and how much of it.
///
/// `!has(self.a) || has(self.b.c)` · `[has(self.a), has(self.b)].filter(x, x == true).size() == 1`. Rules that say
/// more are known to a real server only, and demand nothing here.
struct SchemaRules: Sendable {
    private let rules: [(condition: RuleCondition, message: String)]

    init(_ json: JSON) {
        rules = (json["x-kubernetes-validations"]?.array ?? []).compactMap { rule in
            RuleCondition(rule["rule"]?.string ?? "").map { ($0, rule["message"]?.string ?? "") }
        }
    }

    func faults(in value: JSON, at path: String) -> [Fault] {
        rules.filter { !$0.condition.holds(in: value) }.map { _, message in
            Fault(reason: .invalid, path: path, message: "Invalid value: \(message)")
        }
    }
}

indirect enum RuleCondition: Sendable {
    case has([String])
    case not(RuleCondition)
    case all([RuleCondition])
    case any([RuleCondition])
    /// How many of these hold.
    case count([RuleCondition], ClosedRange<Int>)

    func holds(in value: JSON) -> Bool {
        switch self {
        case .has(let path): path.reduce(Optional(value)) { $0?[$1] } != nil
        case .not(let condition): !condition.holds(in: value)
        case .all(let conditions): conditions.allSatisfy { $0.holds(in: value) }
        case .any(let conditions): conditions.contains { $0.holds(in: value) }
        case .count(let conditions, let range): range.contains(conditions.count { $0.holds(in: value) })
        }
    }

    /// Nil where the text says more than is read here.
    init?(_ text: String) {
        var reader = RuleReader(rest: text.filter { $0 != " " }[...])
        guard let condition = reader.either(), reader.rest.isEmpty else { return nil }
        self = condition
    }
}

private struct RuleReader {
    var rest: Substring

    mutating func either() -> RuleCondition? { list("||", { $0.both() }).map(RuleCondition.any) }

    private mutating func both() -> RuleCondition? { list("&&", { $0.one() }).map(RuleCondition.all) }

    private mutating func one() -> RuleCondition? {
        if take("!") { return one().map(RuleCondition.not) }
        if take("[") { return counted() }
        if take("has(self.") { return path() }
        guard take("("), let inner = either(), take(")") else { return nil }
        return inner
    }

    private mutating func path() -> RuleCondition? {
        let path = rest.prefix { $0 != ")" }
        rest = rest.dropFirst(path.count)
        return take(")") ? .has(path.split(separator: ".").map(String.init)) : nil
    }

    private mutating func counted() -> RuleCondition? {
        guard let conditions = list(",", { $0.one() }), take("].filter(x,x==true).size()") else { return nil }
        let relation = ["==", "<=", ">="].first { take($0) }
        guard let relation, let number = Int(rest) else { return nil }
        rest = ""
        let ranges = ["==": number...number, "<=": 0...number, ">=": number...max(number, conditions.count)]
        return ranges[relation].map { .count(conditions, $0) }
    }

    private mutating func list(
        _ separator: String, _ part: (inout RuleReader) -> RuleCondition?
    ) -> [RuleCondition]? {
        var parts: [RuleCondition] = []
        repeat {
            guard let next = part(&self) else { return nil }
            parts.append(next)
        } while take(separator)
        return parts
    }

    private mutating func take(_ token: String) -> Bool {
        guard rest.hasPrefix(token) else { return false }
        rest = rest.dropFirst(token.count)
        return true
    }
}
