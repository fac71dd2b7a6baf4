/// The functions about numbers, given one by one or in arrays.
enum Numbers {
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

    static func median(_ evaluator: inout Evaluator, _ call: Call) throws(ExpressionError) -> Value {
        let numbers = try flattened(&evaluator, call).compactMap(\.number)
        try evaluator.spend(numbers.count * 4, at: call.offset)
        // NaN comes first, as in expr: it is less than every number here, so that there is an order at all.
        let sorted = numbers.filter(\.isNaN) + numbers.filter { !$0.isNaN }.sorted()
        guard !sorted.isEmpty else { return .float(0) }
        let middle = sorted.count / 2
        return .float(sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2)
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

/// The functions about one number.
extension Numbers {
    static func abs(_ evaluator: inout Evaluator, _ call: Call) throws(ExpressionError) -> Value {
        switch call.values[0] {
        case .int(let int): return .int(int < 0 ? 0 &- int : int)
        case .float(let float): return .float(float < 0 ? -float : float)
        default: throw call.mismatch(0)
        }
    }

    static func ceil(_ evaluator: inout Evaluator, _ call: Call) throws(ExpressionError) -> Value {
        .float(try call.number(0).rounded(.up))
    }

    static func floor(_ evaluator: inout Evaluator, _ call: Call) throws(ExpressionError) -> Value {
        .float(try call.number(0).rounded(.down))
    }

    /// Halves go away from zero.
    static func round(_ evaluator: inout Evaluator, _ call: Call) throws(ExpressionError) -> Value {
        .float(try call.number(0).rounded(.toNearestOrAwayFromZero))
    }
}

/// The functions about the bits of ints.
enum Bits {
    static func combined(_ combine: @escaping @Sendable (Int64, Int64) -> Int64) -> Builtin.Run {
        { (_, call) throws(ExpressionError) in .int(combine(try call.int(0), try call.int(1))) }
    }

    static func not(_ evaluator: inout Evaluator, _ call: Call) throws(ExpressionError) -> Value {
        .int(~(try call.int(0)))
    }

    /// What is shifted by 64 places and more is shifted out.
    static func shifted(_ shift: @escaping @Sendable (Int64, Int64) -> Int64) -> Builtin.Run {
        { (_, call) throws(ExpressionError) in
            let places = try call.int(1)
            guard places >= 0 else { throw call.fail("can't shift by \(places) places") }
            return .int(shift(try call.int(0), places))
        }
    }
}
