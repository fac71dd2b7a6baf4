import Analysis

/// `metrics[].compare`: what of both arms is compared, and the counters that it takes.
struct ComparisonDocument {
    let comparison: Comparison
    let counters: CounterQuestion
}

extension ComparisonDocument {
    /// The question for people: `errors: http_errors_total of http_requests_total`.
    var text: String {
        let texts = counters.selectors.sorted { $0.role == .bad && $1.role != .bad }.map(\.text)
        return "\(comparison.kind.rawValue): \(texts.joined(separator: " of "))"
    }
}

extension Shape where Output == ComparisonDocument {
    /// Nil without a report where a value is still open.
    static var comparison: Shape {
        .object { fields in
            let kind = fields.required(
                "kind", Shape<Comparison.Kind>.name(of: Comparison.Kind.self).unlessOpen)
            let selectors = Selectors(&fields)
            let arms = fields.required("arms", .arms)
            let settle = fields.optional("settle", Shape<Duration>.duration.unlessOpen)
            // Whatever the kind, and whether there is one: every key is asked for.
            var comparison = Comparison(reading: &fields)
            guard let kind, let arms, let read = selectors.read(kind, in: fields.field) else {
                return nil
            }
            comparison.kind = kind
            var counters = arms
            counters.selectors = read
            counters.settle = settle ?? counters.settle
            return ComparisonDocument(comparison: comparison, counters: counters)
        }
    }
}

/// The selectors of all kinds, of which each kind needs its own.
private struct Selectors {
    private let found: [(key: String, text: String?)]

    private static let keys = ["bad", "total", "histogram", "value"]

    init(_ fields: inout Fields) {
        found = Self.keys.map { key in (key, fields.optional(key, .selector)) }
    }

    private static func needed(_ kind: Comparison.Kind) -> [(key: String, role: CounterQuestion.Role)] {
        switch kind {
        case .errors: [("bad", .bad), ("total", .requests)]
        case .count: [("bad", .bad)]
        case .latency: [("histogram", .buckets)]
        case .mean: [("value", .bad), ("total", .requests)]
        }
    }

    /// Nil, reported, when one is missing or one too many is there; nil without a report when one is open.
    func read(_ kind: Comparison.Kind, in field: Field) -> [CounterQuestion.Selector]? {
        let needed = Self.needed(kind)
        let names = needed.map(\.key).joined(separator: " and ")
        for key in Self.keys where field.node[key] != nil && !needed.contains(where: { $0.key == key }) {
            field.refuse("\(key) is of no use to kind \(kind.rawValue), which reads \(names)")
        }
        for key in needed.map(\.key) where field.node[key] == nil {
            field.refuse("missing \(key): kind \(kind.rawValue) reads \(names)")
        }
        let selectors = needed.compactMap { key, role in
            found.first { $0.key == key }?.text.map { CounterQuestion.Selector(role, $0) }
        }
        return selectors.count == needed.count ? selectors : nil
    }
}

extension Comparison {
    /// Everything that is no selector, but for the kind.
    fileprivate init(reading fields: inout Fields) {
        self.init(kind: .errors)
        let standard = self
        direction = fields.optional("direction", Shape<Direction>.name(of: Direction.self)) ?? direction
        margin = fields.optional("margin", .margin(standard.margin)) ?? margin
        pass = fields.optional("pass", .pass) ?? Pass()
        weight = fields.optional("weight", .positive.unlessOpen) ?? weight
        warmup = fields.optional("warmup", .duration.unlessOpen) ?? warmup
        minExcess = fields.optional("minExcess", .positive.unlessOpen) ?? minExcess
        dispersion = fields.optional("dispersion", .dispersion) ?? nil
        history = fields.optional("history", .duration.unlessOpen) ?? history
        atHorizon = fields.optional("atHorizon", Shape<Horizon>.name(of: Horizon.self)) ?? atHorizon
        silence = fields.optional("noData", .silence) ?? silence
    }
}

// MARK: - The shapes of its fields

extension Shape where Output == CounterQuestion {
    fileprivate static var arms: Shape {
        .object { fields in
            let label = fields.required("label", .labelName.unlessOpen)
            let canary = fields.required("canary", .nonEmptyString.unlessOpen)
            let stable = fields.required("stable", .nonEmptyString.unlessOpen)
            let instance = fields.optional("instance", .labelName.unlessOpen)
            guard let label, let canary, let stable else { return nil }
            if canary == stable {
                fields.field.refuse(
                    "canary and stable are both \(quoted(canary)): nothing would tell the arms apart")
            }
            return CounterQuestion(
                selectors: [], label: label, canary: canary, stable: stable, instance: instance)
        }
    }
}

extension Shape where Output == Margin {
    /// `{relative: 25%, absolute: 0.1%}`
    fileprivate static func margin(_ standard: Margin) -> Shape {
        .object { fields in
            let relative = fields.optional("relative", .percentage.unlessOpen)
            let absolute = fields.optional("absolute", .percentage.unlessOpen)
            return Margin(
                ratio: relative.map { 1 + $0 } ?? standard.ratio, absolute: absolute ?? standard.absolute)
        }
    }
}

extension Shape where Output == Comparison.Pass? {
    /// `false`, or what proves a canary to be good enough.
    fileprivate static var pass: Shape {
        let switched = Shape<Bool>.bool.map { $0 ? Comparison.Pass() : nil }
        return .scalar(
            switched,
            orElse: .object { fields in
                var pass = Comparison.Pass()
                pass.margin = fields.optional("margin", .margin(pass.margin)) ?? pass.margin
                pass.falsePass = fields.optional("falsePass", .risk.unlessOpen) ?? pass.falsePass
                return .some(pass)
            })
    }
}

extension Shape where Output == Comparison.Silence {
    fileprivate static var silence: Shape {
        .object { fields in
            var silence = Comparison.Silence()
            silence.hold = fields.optional("hold", .duration.unlessOpen) ?? silence.hold
            silence.then =
                fields.optional("then", Shape<Comparison.Silence.End>.name(of: Comparison.Silence.End.self))
                ?? silence.then
            return silence
        }
    }
}

extension Shape where Output == Double? {
    /// `auto`, or how many events there are to a cluster.
    fileprivate static var dispersion: Shape {
        Shape(noting: .hundredths(100...100_000), .text, .pattern("^auto$")) { field in
            if case .string("auto") = field.node.value { return .some(nil) }
            guard case .string = field.node.value else {
                return field.read(.hundredths(in: 100...100_000)).map { Double($0) / 100 }
            }
            field.refuse(expected: "auto, or a number from 1 on")
            return nil
        }
    }
}

extension Shape where Output == Double {
    fileprivate static var positive: Shape {
        Shape<Int>.hundredths(in: 1...1_000_000).map { Double($0) / 100 }
    }

    /// `25%`, or 0.
    static var percentage: Shape {
        Shape(noting: .whole(0...0), .text, .pattern(#"^[0-9]+(\.[0-9]+)?%$"#)) { field in
            if case .integer(0) = field.node.value { return 0 }
            guard case .string(let text) = field.node.value, text.hasSuffix("%"),
                let first = text.utf8.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first),
                let literal = DecimalLiteral(String(text.dropLast())), literal.exponent == nil,
                // As a whole: 99.9 by 100 is not 0.999 to the bit.
                let number = Double(text.dropLast() + "e-2")
            else {
                field.refuse(expected: "a percentage such as 25% or 0.1%")
                return nil
            }
            return number
        }
    }

    /// How often one is wrong: more than never, less than always.
    static var risk: Shape {
        percentage.refusing { $0 > 0 && $0 <= 0.5 ? nil : "must be more than 0% and at most 50%" }
    }
}

extension Shape where Output == String {
    static var labelName: Shape {
        nonEmptyString.refusing { $0.isLabelName ? nil : "\(quoted($0)) is no name of a label" }
    }

    /// A plain selector of counters: what is added up, and when, is the comparison's affair.
    fileprivate static var selector: Shape {
        nonEmptyString.refusing { selectorFlaw($0) }.unlessOpen
    }
}

extension String {
    fileprivate var isLabelName: Bool {
        first?.isNumber == false && allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
    }
}

/// `name`, `{…}` or `name{…}`, and nothing before or behind.
func selectorFlaw(_ text: String) -> String? {
    let advice = "write a plain selector of counters, such as http_requests_total{job=\"web\"}"
    let rest = text.drop { $0.isLetter || $0.isNumber || $0 == "_" || $0 == ":" }
    if rest.isEmpty { return nil }
    guard rest.first == "{" else {
        return "\(quoted(text)) is more than a selector; \(advice), without functions and ranges"
    }
    var quote: Character?
    var isEscaped = false
    for index in rest.indices.dropFirst() {
        let character = rest[index]
        if let open = quote {
            if !isEscaped, character == open { quote = nil }
            isEscaped = !isEscaped && character == "\\" && open != "`"
        } else if "\"'`".contains(character) {
            quote = character
        } else if character == "}" {
            guard rest[rest.index(after: index)...].allSatisfy(\.isWhitespace) else {
                return "\(quoted(text)) goes on behind its labels; \(advice), without functions and ranges"
            }
            return nil
        }
    }
    return "\(quoted(text)) has no end; \(advice)"
}
