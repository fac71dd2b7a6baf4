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
        for (place, element) in try call.array(0).enumerated() {
            try evaluator.allocate(1, at: call.offset)
            made.append(try evaluator.apply(call, to: element, at: place))
        }
        return .array(made)
    }

    /// Starts from the third argument, or else from the first element, which is then not asked about.
    static func reduce(_ evaluator: inout Evaluator, _ call: Call) throws(ExpressionError) -> Value {
        let elements = try call.array(0)
        let hasInitial = call.values.count > 1
        guard var made = hasInitial ? call.values[1] : elements.first else {
            throw call.fail("of an empty array needs a value to start from, as a third argument")
        }
        for place in elements.indices.dropFirst(hasInitial ? 0 : 1) {
            made = try evaluator.apply(call, to: elements[place], at: place, after: made)
            try evaluator.checkDepth(of: made, call)
        }
        return made
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
        case .groups(let groups): return .int(Int64(groups.count))
        case .string(let string):
            try evaluator.spend(string.utf8.count / 8, at: call.offset)
            return .int(Int64(string.unicodeScalars.count))
        default: throw call.mismatch(0)
        }
    }
}
