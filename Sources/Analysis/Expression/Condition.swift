/// An expression that holds or does not, such as a `successCondition`.
package struct Condition: Sendable {
    package let expression: Expression

    package var source: String { expression.source }

    package init(parsing source: String) throws(ExpressionError) {
        expression = try Expression(parsing: source)
    }

    /// Whether the condition fits results of this type, and says yes or no about them.
    package func check(result: ValueType) throws(ExpressionError) {
        let type = try expression.check(result: result)
        guard type == .bool || type == .any else { throw Condition.notBool(type, .check) }
    }

    /// `now` is when the result was measured, so that the same measurement is judged in the same way ever after.
    package func holds(
        for result: Value, type: ValueType? = nil, now: Moment? = nil
    ) throws(ExpressionError) -> Bool {
        let environment = Environment(result: result, type: type, nowNanoseconds: now?.nanoseconds)
        try check(result: environment.type)
        let outcome = try expression.evaluate(environment)
        guard case .bool(let holds) = outcome else { throw Condition.notBool(outcome.type, .run) }
        return holds
    }

    static func notBool(_ type: ValueType, _ stage: ExpressionError.Stage) -> ExpressionError {
        let message = "a condition must be true or false, but this one is of type \(type)"
        return ExpressionError(stage, at: 0, message)
    }
}
