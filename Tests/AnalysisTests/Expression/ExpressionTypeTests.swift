import Testing

@testable import Analysis

@Suite("Types are checked before anything is measured")
struct ExpressionTypeTests {
    private func type(of source: String, _ result: ValueType) throws -> ValueType {
        try Expression(parsing: source).check(result: result)
    }

    @Test(
        "the type of the outcome follows from that of the result",
        arguments: [
            ("result[0]", "float"), ("result", "array of float"), ("len(result)", "int"),
            ("result[1:]", "array of float"),
            ("filter(result, # > 1)", "array of float"), ("map(result, # > 1)", "array of bool"),
            ("max(result)", "any"), ("max(1, 2)", "int"), ("max(1, 2.5)", "any"), ("mean(result)", "float"),
            ("sum(result)", "float"), ("1 / 2", "float"), ("7 % 2", "int"), ("2 ** 2", "float"),
            ("1..3", "array of int"),
            ("[1, 2.5]", "array"), ("[1, 2]", "array of int"), ("{a: 1}", "map"), ("{a: 1}.a", "any"),
            ("nil", "nil"),
            ("nil ?? 1", "int"), ("result[0] ?? 1", "any"), ("true ? 1 : nil", "int"),
            ("true ? 1 : 2.5", "any"),
            ("true ?: false", "bool"), ("default(result, 0)", "any"), ("now() - now()", "duration"),
            ("now() - duration('1h')", "time"), ("2 * duration('1h')", "duration"), ("count([true])", "int"),
            ("groupBy(result, #)", "map"), ("groupBy(result, #)[1]", "array of float"),
            ("first(result)", "float"),
            ("sort(result)", "array"), ("split('a', 'b')", "array of string"),
            ("let x = result[0]; x > 1", "bool"),
            ("if true {1} else {2}", "int"), ("reduce(result, #acc + #)", "any"), ("'a' matches 'b'", "bool"),
            ("now().Unix()", "int"), ("duration('1h').Hours()", "float"), ("1; 'a'", "string"),
            ("map(result, #index)", "array of int"), ("$env['result']", "array of float"),
            ("fromJSON('1')", "any"),
            ("findIndex(result, # > 1)", "int"), ("find(result, # > 1)", "float"),
            ("get(result, 0)", "float"),
            ("abs(result[0])", "float"), ("round(1)", "float"), ("string(1)", "string"),
            ("date('') - now()", "duration"),
        ])
    func outcomes(source: String, expected: String) throws {
        #expect(try type(of: source, .array(.float)).description == expected)
    }

    @Test("an error on a branch that would not be taken is an error all the same")
    func allBranchesAreChecked() {
        #expect(throws: ExpressionError.self) { try type(of: "true || result < 1", .none) }
        #expect(throws: ExpressionError.self) { try type(of: "false ? result < 1 : true", .none) }
        #expect(throws: ExpressionError.self) { try type(of: "all([], 'a' > 1)", .none) }
        #expect(throws: ExpressionError.self) { try type(of: "[] == [1 + true]", .none) }
        #expect(throws: ExpressionError.self) { try type(of: "let x = result; 1 > 2 && x > 1", .none) }
        #expect(throws: ExpressionError.self) { try type(of: "1 + 'a'; true", .none) }
        #expect(throws: ExpressionError.self) { try type(of: "if true {1} else {result > 1}", .none) }
        #expect(throws: ExpressionError.self) { try type(of: "[1] | map(# + 'a')", .none) }
        #expect(throws: ExpressionError.self) { try type(of: "1 matches 'a'", .none) }
        #expect(throws: ExpressionError.self) { try type(of: "$env == 1", .none) }
        #expect(throws: ExpressionError.self) { try type(of: "'a'.Unix() > 1", .none) }
    }

    @Test("what lies inside a document is any, and is asked when it is there")
    func documentsAreAny() throws {
        #expect(try type(of: "result.a.b[0] > 1 && all(result.c, .d contains 'e')", .map) == .bool)
        #expect(try type(of: "result.a", .map) == .any)
        #expect(try type(of: "result + 1", .any) == .any)
    }

    @Test("a condition says yes or no")
    func conditionsAreBool() throws {
        try Condition(parsing: "result[0] > 1").check(result: .array(.float))
        try Condition(parsing: "result.ok").check(result: .map)
        let error = #expect(throws: ExpressionError.self) {
            try Condition(parsing: "result[0]").check(result: .array(.float))
        }
        #expect(
            error?.description == "column 1: a condition must be true or false, but this one is of type float"
        )
    }

    @Test("a document's member that is no bool is found out when it is measured")
    func membersThatAreNoBool() throws {
        let condition = try Condition(parsing: "result.ok")
        #expect(try condition.holds(for: .map(["ok": .bool(true)])))
        let error = #expect(throws: ExpressionError.self) {
            try condition.holds(for: .map(["ok": .string("yes")]))
        }
        #expect(error?.stage == .run)
    }

    @Test("the empty vector is still one of floats")
    func declaredTypes() throws {
        let condition = try Condition(parsing: "all(result, # contains 'a')")
        #expect(try condition.holds(for: .array([])))
        #expect(throws: ExpressionError.self) { try condition.holds(for: .array([]), type: .array(.float)) }
    }
}
