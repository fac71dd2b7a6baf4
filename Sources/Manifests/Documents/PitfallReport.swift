import Analysis

/// Warns of conditions that can be read and hardly mean what they say, alone or together with their query.
struct PitfallReport {
    let query: Query
    let judgement: Judgement
    /// Of one metric.
    let conditions: [ConditionText]

    func report() {
        let read = conditions.compactMap { text in
            text.condition(for: query).map { (text: text, condition: $0) }
        }
        for (text, condition) in read {
            let pitfalls = condition.pitfalls(
                for: text.type(of: condition), as: text.purpose, judgedBy: judgement)
            for pitfall in pitfalls { text.field.warn("\(quoted(text.text)): \(pitfall)") }
            if condition.picksAnElement, let labels = PromQLShape(query.text).labels {
                text.field.warn(
                    "\(quoted(text.text)) looks at one series, but the query gives one for each \(labels), in no "
                        + "order; write all(result, # …) or any(result, # …)")
            }
        }
        guard read.count == conditions.count, !read.contains(where: { $0.condition.calls("isNaN") }) else {
            return
        }
        warnOfQuotient()
    }

    /// Under the safe rules NaN is no data. Argo judges it by comparisons, all of which are false.
    private func warnOfQuotient() {
        guard judgement == .argo, let first = conditions.first, PromQLShape(query.text).divides else {
            return
        }
        let outcome = first.purpose == .success ? "a failure" : "good"
        first.field.warn(
            "the query divides, and without traffic 0/0 gives NaN, which counts as \(outcome) here; decide on it with "
                + "isNaN(result[0])")
    }
}

/// What can be told of a query without reading all of PromQL.
struct PromQLShape {
    /// Without what stands in quotes and braces.
    private let bare: String

    init(_ query: String) {
        var (bare, quote, isEscaped, braces) = ("", Character?.none, false, 0)
        for character in query {
            if let open = quote {
                if character == open, !isEscaped { quote = nil }
                isEscaped = character == "\\" && !isEscaped
            } else if "\"'`".contains(character) {
                quote = character
            } else if character == "{" || character == "}" {
                braces += character == "{" ? 1 : -1
            } else if braces == 0 {
                bare.append(character)
            }
        }
        self.bare = bare
    }

    var divides: Bool { bare.contains("/") }

    /// The labels by which the query as a whole is grouped: `pod` of `sum by (pod) (…)` and of `sum(…) by (pod)`. Nil
    /// when it is not, or when something is made of the groups afterwards.
    var labels: String? {
        var rest = bare[...].trimmed
        guard rest.take(["sum", "avg", "max", "min", "count"]) else { return nil }
        if rest.take(["by"]) {
            guard let labels = rest.parenthesized(), rest.parenthesized() != nil else { return nil }
            return rest.isEmpty ? labels : nil
        }
        guard rest.parenthesized() != nil, rest.take(["by"]), let labels = rest.parenthesized() else {
            return nil
        }
        return rest.isEmpty ? labels : nil
    }
}

extension Substring {
    fileprivate var trimmed: Substring { drop(while: \.isWhitespace) }

    /// One of the words, if one stands here, and the blanks behind it.
    fileprivate mutating func take(_ words: [String]) -> Bool {
        let word = prefix { $0.isLetter || $0 == "_" }
        guard words.contains(String(word)) else { return false }
        self = dropFirst(word.count).trimmed
        return true
    }

    /// What stands in the parentheses that begin here, and the blanks behind them. Nil when none do, or are empty.
    fileprivate mutating func parenthesized() -> String? {
        guard first == "(" else { return nil }
        var depth = 0
        guard
            let end = indices.first(where: { index in
                depth += self[index] == "(" ? 1 : self[index] == ")" ? -1 : 0
                return depth == 0
            })
        else { return nil }
        let inside = self[index(after: startIndex)..<end].trimmed
        self = self[index(after: end)...].trimmed
        return inside.isEmpty ? nil : String(inside)
    }
}
