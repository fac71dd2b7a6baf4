/// A question about a measured value, in the condition language of Argo Rollouts (github.com/expr-lang/expr).
///
/// It is read once and may be asked many times. Nothing it says can trap, loop for long or reach outside: it sees
/// the value and the time that it is given.
package struct Expression: Sendable {
    package let source: String
    let syntax: Syntax

    package init(parsing source: String) throws(ExpressionError) {
        self.source = source
        do {
            self.syntax = try Parser.parse(source)
        } catch {
            throw error.located(in: source)
        }
    }

    /// The type of the outcome for results of this type. An error anywhere is an error, also on a branch that
    /// would not be taken.
    @discardableResult
    package func check(result: ValueType) throws(ExpressionError) -> ValueType {
        do {
            var check = TypeCheck(result: result)
            return try check.type(of: syntax)
        } catch {
            throw error.located(in: source)
        }
    }

    /// Checks the expression against the type of the actual value, then evaluates it.
    package func evaluate(_ environment: Environment) throws(ExpressionError) -> Value {
        try check(result: environment.type)
        do {
            var evaluator = Evaluator(environment)
            return try evaluator.value(of: syntax)
        } catch {
            throw error.located(in: source)
        }
    }
}

/// What an expression can see.
package struct Environment: Sendable {
    package let result: Value
    /// What the provider declares the result to be, which may be more than the value shows: the empty vector of
    /// a Prometheus query is still an array of float.
    package let type: ValueType
    /// Nanoseconds since 1970-01-01T00:00:00Z; nil where an expression may not ask for the time.
    package let nowNanoseconds: Int64?

    /// What `$env` holds.
    static let names = ["result", "asFloat", "asInt", "default", "isInf", "isNaN", "isNil"]

    package init(result: Value, type: ValueType? = nil, nowNanoseconds: Int64? = nil) {
        self.result = result
        self.type = type ?? result.type
        self.nowNanoseconds = nowNanoseconds
    }
}
