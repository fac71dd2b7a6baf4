/// The functions that Argo Rollouts adds to the language.
enum Conversions {
    /// Truncates toward zero. NaN and what does not fit are errors: there is no int that would not mislead.
    static func asInt(_ evaluator: inout Evaluator, _ call: Call) throws(ExpressionError) -> Value {
        switch call.values[0] {
        case .int(let int): return .int(int)
        case .float(let float):
            guard let int = Int64(truncating: float) else {
                throw call.fail("can't make an int of \(Value.float(float))")
            }
            return .int(int)
        case .string(let string):
            guard let int = Int64(string) else { throw call.fail("can't read an int from \"\(string)\"") }
            return .int(int)
        case let other: throw call.fail("takes a number or a string, but got \(other.type)")
        }
    }

    static func asFloat(_ evaluator: inout Evaluator, _ call: Call) throws(ExpressionError) -> Value {
        switch call.values[0] {
        case .string(let string):
            guard let float = Double(spelled: string) else {
                throw call.fail("can't read a float from \"\(string)\"")
            }
            return .float(float)
        case let value:
            guard let number = value.number else {
                throw call.fail("takes a number or a string, but got \(value.type)")
            }
            return .float(number)
        }
    }

    /// As `asInt`, and a duration is its nanoseconds.
    static func int(_ evaluator: inout Evaluator, _ call: Call) throws(ExpressionError) -> Value {
        if case .duration(let nanoseconds) = call.values[0] { return .int(nanoseconds) }
        return try asInt(&evaluator, call)
    }

    static func float(_ evaluator: inout Evaluator, _ call: Call) throws(ExpressionError) -> Value {
        try asFloat(&evaluator, call)
    }

    static func isNaN(_ evaluator: inout Evaluator, _ call: Call) throws(ExpressionError) -> Value {
        .bool(try call.number(0).isNaN)
    }

    static func isInf(_ evaluator: inout Evaluator, _ call: Call) throws(ExpressionError) -> Value {
        .bool(try call.number(0).isInfinite)
    }

    /// Whether the whole result is nil, whatever the argument: conditions written for Argo Rollouts rely on it.
    static func isNil(_ evaluator: inout Evaluator, _ call: Call) throws(ExpressionError) -> Value {
        .bool(evaluator.environment.result == .none)
    }

    /// The whole result, whatever the first argument, or the second one when the result is nil.
    static func `default`(_ evaluator: inout Evaluator, _ call: Call) throws(ExpressionError) -> Value {
        evaluator.environment.result == .none ? call.values[1] : evaluator.environment.result
    }
}

extension Int64 {
    /// Nil where there is no such int, as of NaN. The language converts floats nowhere else: Swift traps on what
    /// does not fit.
    init?(truncating float: Double) {
        self.init(exactly: float.rounded(.towardZero))
    }
}

extension Double {
    /// Reads decimal notation, `NaN` and `Inf`; nil also for what is too large.
    fileprivate init?(spelled text: String) {
        if let word = Double.words[text.lowercased()] {
            self = word
        } else if let decimal = Double(decimal: text), decimal.isFinite {
            self = decimal
        } else {
            return nil
        }
    }

    private static let words: [String: Double] = [
        "nan": .nan, "inf": .infinity, "+inf": .infinity, "-inf": -.infinity,
        "infinity": .infinity, "+infinity": .infinity, "-infinity": -.infinity,
    ]
}
