import Analysis

/// `builtin: success-rate` and the keys that go with it: what is asked of whatever mesh the rollout has, and from
/// where on the answer is good.
struct BuiltinDocument {
    /// Nil where an argument is still open, or something is wrong and reported.
    let query: Query?
    /// A success condition and a failure condition; none: the metric has them in its own words.
    let conditions: [String?]?

    /// Nil where the metric is no builtin.
    static func read(_ fields: inout Fields, _ counting: Counting) -> BuiltinDocument? {
        let field = fields.field("builtin")
        let builtin = field?.read(.name(of: Builtin.self))
        let draft = Draft(&fields)
        // What may be a number or a text has no one type, and rules in a schema see no such thing.
        for key in ["window", "selector", "atMost"] { fields.field.note(.needs(key, "builtin")) }
        guard let field, field.sketch == nil else {
            fields.refuseWithoutBuiltin()
            return nil
        }
        guard let builtin else { return BuiltinDocument(query: nil, conditions: nil) }
        fields.refuseMisfits(of: builtin)
        return BuiltinDocument(
            query: draft.query(builtin, counting, field), conditions: draft.conditions(builtin))
    }
}

/// The keys beside `builtin`.
private struct Draft {
    static let keys = ["window", "quantile", "selector", "atLeast", "atMost"]

    let window: Duration?
    let quantile: Double?
    let selector: String?
    let atLeast: Double?
    let atMost: Duration?
    private let isOpen: Bool

    init(_ fields: inout Fields) {
        window = fields.optional("window", .window.unlessOpen)
        quantile = fields.optional("quantile", .quantile.unlessOpen)
        selector = fields.optional("selector", .matchers.unlessOpen)
        atLeast = fields.optional("atLeast", .threshold.unlessOpen)
        atMost = fields.optional("atMost", .positiveDuration.unlessOpen)
        isOpen = ["window", "quantile", "selector"].contains { key in
            fields.field.sketch == nil && fields.field(key)?.isOpen == true
        }
    }

    /// What the mesh does not count is reported at `builtin`.
    func query(_ builtin: Builtin, _ counting: Counting, _ field: Field) -> Query? {
        if isOpen { return nil }
        var question = BuiltinQuestion(builtin: builtin)
        question.window = window ?? question.window
        question.quantile = quantile ?? question.quantile
        do throws(NotCounted) {
            let telemetry = try counting.telemetry(selector)
            return Query(provider: "prometheus", text: telemetry.query(question))
        } catch {
            field.refuse("\(quoted(builtin.rawValue)): \(error.message)")
            return nil
        }
    }

    /// Too few requests are no fault of the release: a rate is never below 0, so a person is asked.
    func conditions(_ builtin: Builtin) -> [String?]? {
        if let atMost { return ["result[0] <= \(number(atMost / .milliseconds(1)))", nil] }
        guard let atLeast else { return nil }
        return ["result[0] >= \(number(atLeast))", builtin == .requestRate ? "result[0] < 0" : nil]
    }

    private func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
    }
}

extension Fields {
    fileprivate func refuseWithoutBuiltin() {
        guard field.sketch == nil else { return }
        for key in Draft.keys where has(key) {
            field.refuse(
                "\(key) goes with `builtin: \(Builtin.allCases.map(\.rawValue).joined(separator: " | "))`")
        }
    }

    /// A rate has no quantile, and a latency is bad when it is high.
    fileprivate func refuseMisfits(of builtin: Builtin) {
        let (bound, misfit) = builtin == .latency ? ("atMost", "atLeast") : ("atLeast", "atMost")
        let name = quoted(builtin.rawValue)
        if has(misfit) { field.refuse("\(misfit) does not fit \(name); write \(bound)") }
        if has("quantile"), builtin != .latency { field.refuse("quantile does not fit \(name)") }
        for key in ["successCondition", "failureCondition"] where has(bound) && has(key) {
            field.refuse("has \(bound) and \(key); only one of them can be meant")
        }
        let isShare = builtin == .successRate
        if isShare, let most = field.node["atLeast"]?.scalar?.text, let share = Double(most), share > 1 {
            field.refuse("atLeast \(most.shown) is more than every request; write 0.99, or 99%")
        }
    }
}

// MARK: - The shapes of its fields

extension Shape where Output == Duration {
    /// What Prometheus has words for.
    fileprivate static var window: Shape {
        duration.refusing { window in
            let isWhole = window == .seconds(window.components.seconds)
            return isWhole && window > .zero ? nil : "must be whole seconds, and at least 1s"
        }
    }

    static var positiveDuration: Shape {
        duration.refusing { $0 == .zero ? "must be more than 0s" : nil }
    }
}

extension Shape where Output == Double {
    fileprivate static var quantile: Shape {
        numberOrText.refusing { $0 > 0 && $0 < 1 ? nil : "must be more than 0 and less than 1" }
    }

    /// `0.99`, `99%` or `5`: an argument that is filled in makes a text of it.
    fileprivate static var threshold: Shape {
        numberOrText.refusing { $0 > 0 ? nil : "must be more than 0: everything would be good" }
    }

    private static var numberOrText: Shape {
        Shape(noting: .kind(.number), .text, .pattern(#"^[0-9]+(\.[0-9]+)?%?$"#)) { field in
            guard case .string(let text) = field.node.value else { return field.read(.number) }
            let digits = text.hasSuffix("%") ? String(text.dropLast()) : text
            guard let literal = DecimalLiteral(digits), literal.exponent == nil, let number = Double(digits)
            else {
                field.refuse(expected: "a number such as 0.99, or a percentage such as 99%")
                return nil
            }
            return text.hasSuffix("%") ? number / 100 : number
        }
    }
}

extension Shape where Output == String {
    /// Matchers as they stand between the braces of a selector.
    fileprivate static var matchers: Shape {
        nonEmptyString.refusing { text in
            text.contains("=") && !text.contains(where: "{}".contains)
                ? nil : #"\#(quoted(text)) is no matcher; write it without braces, such as version="v2""#
        }
    }
}
