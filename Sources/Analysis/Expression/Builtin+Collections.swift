/// The functions about arrays. What is empty answers as logic has it: all and none of nothing hold, any does not.
enum Collections {
    static func all(_ evaluator: inout Evaluator, _ call: Call) throws(ExpressionError) -> Value {
        .bool(try matches(&evaluator, call, atMost: 1, of: false) == 0)
    }

    static func any(_ evaluator: inout Evaluator, _ call: Call) throws(ExpressionError) -> Value {
        .bool(try matches(&evaluator, call, atMost: 1) > 0)
    }

    static func none(_ evaluator: inout Evaluator, _ call: Call) throws(ExpressionError) -> Value {
        .bool(try matches(&evaluator, call, atMost: 1) == 0)
    }

    static func one(_ evaluator: inout Evaluator, _ call: Call) throws(ExpressionError) -> Value {
        .bool(try matches(&evaluator, call, atMost: .max) == 1)
    }

    static func count(_ evaluator: inout Evaluator, _ call: Call) throws(ExpressionError) -> Value {
        .int(Int64(try matches(&evaluator, call, atMost: .max)))
    }

    /// Counts the elements for which the predicate gives `answer`, and stops at `limit`: what comes after is not
    /// even asked, so that its errors stay unseen, as in expr.
    private static func matches(
        _ evaluator: inout Evaluator, _ call: Call, atMost limit: Int, of answer: Bool = true
    ) throws(ExpressionError) -> Int {
        var matches = 0
        for element in try call.array(0) where matches < limit {
            if try evaluator.test(call, on: element) == answer { matches += 1 }
        }
        return matches
    }

    static func filter(_ evaluator: inout Evaluator, _ call: Call) throws(ExpressionError) -> Value {
        var kept: [Value] = []
        for element in try call.array(0) where try evaluator.test(call, on: element) {
            kept.append(element)
        }
        try evaluator.allocate(kept.count, at: call.offset)
        return .array(kept)
    }

    static func map(_ evaluator: inout Evaluator, _ call: Call) throws(ExpressionError) -> Value {
        var made: [Value] = []
        for element in try call.array(0) {
            try evaluator.allocate(1, at: call.offset)
            made.append(try evaluator.apply(call, to: element))
        }
        return .array(made)
    }

    /// Starts from the int 0, which the first float turns into a float.
    static func sum(_ evaluator: inout Evaluator, _ call: Call) throws(ExpressionError) -> Value {
        var sum = Value.int(0)
        for element in try call.array(0) {
            let term = try evaluator.apply(call, to: element)
            guard term.number != nil else { throw call.fail("adds numbers, but got \(term.type)") }
            sum = try evaluator.arithmetic(.add, sum, term, at: call.offset)
        }
        return sum
    }

    static func sumType(of arguments: [ValueType]) -> ValueType {
        arguments.count > 1 ? arguments[1] : arguments[0].element ?? .any
    }

    static func len(_ evaluator: inout Evaluator, _ call: Call) throws(ExpressionError) -> Value {
        switch call.values[0] {
        case .array(let elements): return .int(Int64(elements.count))
        case .map(let map): return .int(Int64(map.count))
        case .string(let string):
            try evaluator.spend(string.utf8.count / 8, at: call.offset)
            return .int(Int64(string.unicodeScalars.count))
        default: throw call.mismatch(0)
        }
    }
}

/// The functions about numbers, given one by one or in arrays.
extension Collections {
    /// A NaN is greater than nothing and nothing is greater than it, so where it stands decides: first of all it
    /// stays, later it is passed over. expr does it so, and conditions may rely on it.
    static func max(_ evaluator: inout Evaluator, _ call: Call) throws(ExpressionError) -> Value {
        try extreme(&evaluator, call, .less)
    }

    static func min(_ evaluator: inout Evaluator, _ call: Call) throws(ExpressionError) -> Value {
        try extreme(&evaluator, call, .greater)
    }

    private static func extreme(
        _ evaluator: inout Evaluator, _ call: Call, _ comparison: BinaryOperator
    ) throws(ExpressionError) -> Value {
        let numbers = try flattened(&evaluator, call)
        var extreme = numbers.first ?? .none
        for number in numbers.dropFirst() {
            if try evaluator.compare(comparison, extreme, number, at: call.offset) { extreme = number }
        }
        return extreme
    }

    /// Of an array nothing is known, because it may be empty.
    static func extremeType(of arguments: [ValueType]) -> ValueType {
        guard arguments.allSatisfy(\.isNumber), let first = arguments.first else { return .any }
        return arguments.dropFirst().allSatisfy { $0 == first } ? first : .any
    }

    static func mean(_ evaluator: inout Evaluator, _ call: Call) throws(ExpressionError) -> Value {
        let numbers = try flattened(&evaluator, call)
        let sum = numbers.reduce(0.0) { $0 + ($1.number ?? .nan) }
        return .float(numbers.isEmpty ? 0 : sum / Double(numbers.count))
    }

    private static func flattened(
        _ evaluator: inout Evaluator, _ call: Call
    ) throws(ExpressionError) -> [Value] {
        var numbers: [Value] = []
        var rest = Array(call.values.reversed())
        while let next = rest.popLast() {
            try evaluator.spend(1, at: call.offset)
            if case .array(let elements) = next {
                rest.append(contentsOf: elements.reversed())
            } else if next.number != nil {
                numbers.append(next)
            } else {
                throw call.fail("takes numbers, but got \(next.type)")
            }
        }
        return numbers
    }
}
