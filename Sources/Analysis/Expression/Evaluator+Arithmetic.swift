extension Evaluator {
    mutating func arithmetic(
        _ meaning: BinaryOperator, _ left: Value, _ right: Value, at offset: Int
    ) throws(ExpressionError) -> Value {
        switch (left, right) {
        case (.int(let left), .int(let right)): return try integers(meaning, left, right, at: offset)
        case (.string(let left), .string(let right)) where meaning == .add:
            try allocate(left.utf8.count + right.utf8.count, at: offset)
            return .string(left + right)
        default:
            if let left = left.number, let right = right.number, meaning != .remainder {
                return .float(floats(meaning, left, right))
            }
            if let instant = try times(meaning, left, right, at: offset) { return instant }
            throw fail(meaning.mismatch(left.type, right.type), at: offset)
        }
    }

    /// Ints wrap around at 64 bits; a quotient and a power are always floats.
    private func integers(
        _ meaning: BinaryOperator, _ left: Int64, _ right: Int64, at offset: Int
    ) throws(ExpressionError) -> Value {
        switch meaning {
        case .add: return .int(left &+ right)
        case .subtract: return .int(left &- right)
        case .multiply: return .int(left &* right)
        case .remainder:
            guard right != 0 else { throw fail("a remainder by 0 does not exist", at: offset) }
            return .int(left.remainderReportingOverflow(dividingBy: right).partialValue)
        default: return .float(floats(meaning, Double(left), Double(right)))
        }
    }

    private func floats(_ meaning: BinaryOperator, _ left: Double, _ right: Double) -> Double {
        switch meaning {
        case .add: left + right
        case .subtract: left - right
        case .multiply: left * right
        case .divide: left / right
        default: power(left, right)
        }
    }

    /// Nil when the operands are no such pair.
    private func times(
        _ meaning: BinaryOperator, _ left: Value, _ right: Value, at offset: Int
    ) throws(ExpressionError) -> Value? {
        switch (meaning, left, right) {
        case (.add, .time(let time), .duration(let span)), (.add, .duration(let span), .time(let time)):
            .time(nanoseconds: try exact(time.addingReportingOverflow(span), at: offset))
        case (.subtract, .time(let time), .duration(let span)):
            .time(nanoseconds: try exact(time.subtractingReportingOverflow(span), at: offset))
        case (.subtract, .time(let left), .time(let right)):
            .duration(nanoseconds: try exact(left.subtractingReportingOverflow(right), at: offset))
        case (.add, .duration(let left), .duration(let right)):
            .duration(nanoseconds: try exact(left.addingReportingOverflow(right), at: offset))
        case (.subtract, .duration(let left), .duration(let right)):
            .duration(nanoseconds: try exact(left.subtractingReportingOverflow(right), at: offset))
        case (.multiply, .duration(let span), .int(let factor)),
            (.multiply, .int(let factor), .duration(let span)):
            .duration(nanoseconds: try exact(span.multipliedReportingOverflow(by: factor), at: offset))
        default: nil
        }
    }

    /// Times do not wrap: a query of the wrong century answers, and misleads.
    private func exact(
        _ outcome: (partialValue: Int64, overflow: Bool), at offset: Int
    ) throws(ExpressionError) -> Int64 {
        guard !outcome.overflow else { throw fail("the time is more than 292 years away", at: offset) }
        return outcome.partialValue
    }

    /// `a..b`, both ends included; empty when it runs backwards.
    mutating func range(_ left: Value, _ right: Value, at offset: Int) throws(ExpressionError) -> Value {
        guard case (.int(let first), .int(let last)) = (left, right) else {
            throw fail(BinaryOperator.range.mismatch(left.type, right.type), at: offset)
        }
        guard first <= last else { return .array([]) }
        let (width, overflow) = last.subtractingReportingOverflow(first)
        guard !overflow, width < Limits.elements else {
            throw fail("a range may have at most \(Limits.elements) elements", at: offset)
        }
        try allocate(Int(width) + 1, at: offset)
        return .array((first...last).map { .int($0) })
    }
}
