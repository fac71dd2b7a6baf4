import Testing

@testable import Analysis

@Suite("An error says where, what and what instead")
struct ExpressionErrorTests {
    private func message(_ source: String, _ result: ValueType = .array(.float)) -> String {
        do throws(ExpressionError) {
            return "no error, but \(try Expression(parsing: source).check(result: result))"
        } catch {
            return error.description
        }
    }

    @Test(
        "what can't be read",
        arguments: [
            ("result >", "column 9: unexpected the end; expected a value"),
            ("result[0] 10.0", "column 11: unexpected `10.0`; expected an operator or the end"),
            ("(result", "column 8: unexpected the end; expected `)`"),
            ("result @ 1", "column 8: unexpected character `@`"),
            ("'it''s'", "column 5: unexpected `'s'`; expected an operator or the end"),
            ("'it", "column 1: this string is never closed; expected `'`"),
            ("\"\\d\"", "column 2: unknown escape `\\d`; for a backslash write `\\\\`"),
            ("1 /* 2", "column 3: this comment is never closed; expected `*/`"),
            ("9223372036854775808", "column 1: 9223372036854775808 is too large for an int of 64 bits"),
            ("1e400", "column 1: 1e400 is too large for a float"),
            ("12ms", "column 1: a number can't be followed by letters"),
            ("0xfg", "column 1: `fg` is no int of base 16 below 2^63"), ("1e", "column 1: `1e` is no number"),
            ("a ?? 1", "column 1: unknown name `a`; known: result; a text stands in quotes"),
            ("let x = 1; y", "column 12: unknown name `y`; known: result, x; a text stands in quotes"),
            ("let len = 1; 2", "column 5: `len` has a meaning already; choose another name"),
            ("let x = 1; let x = 2; x", "column 16: `x` has a meaning already; choose another name"),
            ("let x = 1", "column 10: unexpected the end; expected `;`"),
            ("if true {1}", "column 12: unexpected the end; expected `else`: both ways need an answer"),
            ("result | 5", "column 10: unexpected `5`; expected a function, as in `result | len()`"),
            ("all(result, #acc > 1)", "column 13: unknown `#acc`; known here: #"),
            ("reduce(result, #foo)", "column 16: unknown `#foo`; known here: #, #acc, #index"),
            ("$env.foo", "column 1: `$env` holds no value `foo`; known: result"),
            (
                "b'x'",
                "column 1: no measurement gives bytes, which `b\"…\"` makes; write a string without the `b`"
            ),
            (
                "timezone('Europe/Zurich')",
                "column 1: conditions know no time zone but UTC; write an offset, as in "
                    + "`date(\"2024-01-01T00:00:00+02:00\")`"
            ),
            ("'a' matches '['", "column 13: `'['` is no regular expression: a `[` has no `]`"),
            (
                "'a' matches '(?=b)'",
                "column 13: `'(?=b)'` is no regular expression: it looks ahead or behind, which RE2 does not"
            ),
            ("len > 1", "column 1: `len` is a function; call it, as in `len(value)`"),
            ("len()", "column 1: expected `len(value)`, but got 0 arguments"),
            ("count(result, true, 1)", "column 1: expected `count(array[, predicate])`, but got 3 arguments"),
            ("# > 1", "column 1: `#` names the element of a predicate, as in `all(result, # > 1)`"),
            (
                "result.Name()",
                "column 8: unknown method `.Name()`; times and durations have Add, After, Before, Equal, Hours, "
                    + "Microseconds, Milliseconds, Minutes, Nanoseconds, Seconds, Sub, Unix, UnixMicro, UnixMilli, "
                    + "UnixNano"
            ),
            (
                "result.x ?? 0 > 1",
                "column 15: `??` can't stand beside another operator without parentheses, as in `(a ?? b) > c`"
            ),
        ])
    func unreadable(source: String, expected: String) {
        #expect(message(source) == expected)
    }

    @Test(
        "what can't be meant",
        arguments: [
            (
                "result > 0.95",
                "column 8: `>` takes two numbers, strings, times or durations, but has array of float and "
                    + "float; name an element, as in `result[0]`"
            ),
            ("result[0] == '1'", "column 11: `==` takes two values of one kind, but has float and string"),
            ("result[0.5]", "column 8: an element of an array is named by an int, not by float"),
            ("result.foo", "column 8: an element of an array is named by an int, not by string"),
            (
                "not result[0] > 6",
                "column 1: `!` takes true or false, but has float; it is asked before comparisons: write "
                    + "`not (a > b)`"
            ),
            ("result[0] ? 1 : 2", "column 7: `?` asks for true or false, but has float"),
            ("all(result, # + 1)", "column 15: `all` takes a predicate that is true or false, but got float"),
            ("len(1)", "column 5: `len` takes an array, a map or a string, but got int"),
            ("count(result)", "column 7: `count` can't use an array of float without a predicate"),
            ("5 % 0", "column 3: a remainder by 0 does not exist"),
            (
                "'é' > 1",
                "column 5: `>` takes two numbers, strings, times or durations, but has string and int"
            ),
            (
                "result[0] > 1 &&\n  'é' > 1",
                "line 2, column 7: `>` takes two numbers, strings, times or durations, but has string and int"
            ),
        ])
    func mistyped(source: String, expected: String) {
        #expect(message(source) == expected)
    }

    @Test("offsets count bytes, columns count what an editor shows")
    func offsetsAndColumns() {
        let error = outcome(of: "'é' > 1", for: .none).failure
        #expect(error?.offset == 5)
        #expect(error?.column == 5)
    }

    @Test(
        "what the value turns out not to be",
        arguments: [
            ("result[5]", "column 7: there is no element 5 in an array of 2"),
            ("result[-3]", "column 7: there is no element -3 in an array of 2"),
            ("result[0].x", "column 11: float has no member \"x\""),
            (
                "result[1] > 1",
                "column 11: `>` takes two numbers, strings, times or durations, but has string and int"
            ),
            ("asInt('1.1')", "column 1: `asInt` can't read an int from \"1.1\""),
            ("asInt(0 / 0)", "column 1: `asInt` can't make an int of NaN"),
            ("asInt(1e19)", "column 1: `asInt` can't make an int of 1e+19"),
            ("all(result, #)", "column 1: `all` asks each element for true or false, but got float"),
            (
                "duration('5x')",
                "column 1: `duration` can't read \"5x\"; expected one like \"1h30m\"; units: h, m, s, ms, us, ns"
            ),
            ("'é'[1:]", "column 4: the slice cuts a character in two; bounds of a string count bytes"),
        ])
    func atRunTime(source: String, expected: String) {
        let error = outcome(of: source, for: .array([.float(1), .string("a")])).failure
        #expect(error?.description == expected)
        #expect(error?.stage == .run)
    }

    @Test("who is not told the time can't ask for it")
    func conditionsHaveATime() throws {
        let condition = try Condition(parsing: "now() > date('2024-01-01')")
        let error = #expect(throws: ExpressionError.self) { try condition.holds(for: .none) }
        #expect(error?.message == "`now` has no meaning here: nobody has said what time it is")
        #expect(try condition.holds(for: .none, now: Moment(microseconds: 1_800_000_000_000_000)))
    }
}
