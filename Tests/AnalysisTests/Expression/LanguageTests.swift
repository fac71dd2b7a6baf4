import Testing

@testable import Analysis

/// What each construct and each function answers, as expr answers it.
@Suite("The whole language")
struct LanguageTests {
    private func answer(_ source: String, for result: Value = .none) throws -> String {
        try outcome(of: source, for: result).get().description
    }

    private func failure(_ source: String, for result: Value = .none) -> String? {
        outcome(of: source, for: result).failure?.message
    }

    @Test(
        "names, choices, sequences and pipes",
        arguments: [
            ("let x = 2; let y = x * 3; x + y", "8"), ("(let x = 1; x) + 1", "2"),
            ("map([1, 2], let x = #; x * 10)", "[10, 20]"),
            ("map([1, 2], {let x = #; map([1], {# + x})[0]})", "[2, 3]"),
            ("if false {1} else if true {2} else {3}", "2"), ("(if true {1} else {2}) + 1", "2"),
            ("1; 2; 3", "3"), ("1;", "1"), ("(1; 2) + 1", "3"), ("[3, 1] | sort() | first()", "1"),
            ("[1, 2, 3] | map(# * 2) | sum()", "12"), ("5 | max(3)", "5"), ("nil ?? [2] | len()", "1"),
            ("$env.result", "7"), ("$env?.nothing", "nil"), ("\"asInt\" in $env", "true"),
            ("\"len\" in $env", "false"),
            ("::len([1])", "1"), ("[::len([1]), 2]", "[1, 2]"),
        ])
    func constructs(source: String, expected: String) throws {
        #expect(try answer(source, for: .int(7)) == expected)
    }

    @Test(
        "about elements",
        arguments: [
            ("reduce([1, 2, 3], #acc * 10 + #)", "123"), ("reduce([1, 2], #acc + #index)", "2"),
            ("reduce([], #acc, 5)", "5"), ("map([5, 6], # + #index)", "[5, 7]"),
            ("map([[1], [2, 3]], map(#, #index))", "[[0], [0, 1]]"),
            ("findLast([1, 2, 3], # < 3)", "2"), ("findLastIndex([1, 2, 3], # < 9)", "2"),
            ("findIndex([1], # > 5)", "nil"), ("groupBy([1, 2, 3], # > 1)[true]", "[2, 3]"),
            ("groupBy(['a', 'bb', 'c'], len(#))", "{1: [\"a\", \"c\"], 2: [\"bb\"]}"),
            ("len(groupBy([1, 1.0, 2], #))", "3"), ("keys(groupBy([2, 1, 2], #))", "[2, 1]"),
            ("groupBy([1], #)[5]", "nil"), ("2 in groupBy([1, 2], #)", "true"),
            ("groupBy([1], #) == groupBy([1], #)", "true"),
            ("sortBy([{n: 2}, {n: 1}], .n)", "[{\"n\": 1}, {\"n\": 2}]"),
            ("sortBy(['bb', 'a', 'cc'], len(#), 'desc')", "[\"bb\", \"cc\", \"a\"]"),
            ("sort([3, 1, 2.5])", "[1, 2.5, 3]"), ("sort(['b', 'a'], 'desc')", "[\"b\", \"a\"]"),
            ("sort(map(1..40, 41 - #)) == 1..40", "true"), ("sort(map(1..40, 41 - #), 'desc')[39]", "1"),
        ])
    func elements(source: String, expected: String) throws {
        #expect(try answer(source) == expected)
    }

    @Test(
        "lists and maps",
        arguments: [
            ("last([1, 2])", "2"), ("take([1, 2], 5)", "[1, 2]"), ("take([1, 2], 0)", "[]"),
            ("reverse([1, 2])", "[2, 1]"), ("concat([1], [], [2])", "[1, 2]"),
            ("flatten([1, [2, [3, []]], 4])", "[1, 2, 3, 4]"),
            ("uniq([1, 1.0, 'a', 'a', nil, nil])", "[1, \"a\", nil]"),
            ("get({a: 1}, 'b')", "nil"), ("get([1, 2], -1)", "2"),
            ("toPairs({b: 1, a: 2})", "[[\"a\", 2], [\"b\", 1]]"),
            ("fromPairs([['a', 1], ['a', 2]])", "{\"a\": 2}"), ("values({b: 1, a: 2})", "[2, 1]"),
            ("join(['a', 'b'], '-')", "\"a-b\""), ("join([])", "\"\""),
        ])
    func collections(source: String, expected: String) throws {
        #expect(try answer(source) == expected)
    }

    @Test(
        "numbers and bits",
        arguments: [
            ("abs(-5)", "5"), ("abs(-9223372036854775807 - 1)", "-9223372036854775808"), ("ceil(1.2)", "2.0"),
            ("floor(-1.2)", "-2.0"), ("round(2)", "2.0"), ("median(3, [1, [2]])", "2.0"),
            ("median([])", "0.0"),
            ("median([4, 1])", "2.5"), ("int('-7')", "-7"), ("int(duration('2us'))", "2000"),
            ("float(3)", "3.0"),
            ("bitand(12, 10)", "8"), ("bitor(12, 10)", "14"), ("bitxor(12, 10)", "6"),
            ("bitnand(12, 10)", "4"),
            ("bitnot(0)", "-1"), ("bitshl(1, 63)", "-9223372036854775808"), ("bitshl(1, 64)", "0"),
            ("bitshr(-8, 1)", "-4"), ("bitshr(-8, 100)", "-1"), ("bitushr(-1, 60)", "15"),
            ("bitushr(-1, 100)", "0"),
        ])
    func numbers(source: String, expected: String) throws {
        #expect(try answer(source) == expected)
    }

    @Test(
        "texts",
        arguments: [
            ("trim(' \\t a b\\u00a0')", "a b"), ("trim('xxaxx', 'x')", "a"), ("trimPrefix('  a')", " a"),
            ("trimPrefix('abc', 'ab')", "c"), ("trimSuffix('abc', 'bc')", "a"),
            ("trimSuffix('abc', 'x')", "abc"),
            ("upper('straße é')", "STRAßE É"), ("lower('ÀB')", "àb"), ("replace('aXbX', 'X', '-')", "a-b-"),
            ("replace('aXbX', 'X', '-', 1)", "a-bX"), ("replace('é1', '', '.')", ".é.1."),
            ("repeat('ab', 3)", "ababab"), ("repeat('ab', 0)", ""), ("string(1.0)", "1"),
            ("string(1e6)", "1e+06"),
            ("string(100000.0)", "100000"), ("string(0.0001)", "0.0001"), ("string(0.00001234)", "1.234e-05"),
            ("string(123456.5)", "123456.5"), ("string(-1.5e300)", "-1.5e+300"), ("string(0/0)", "NaN"),
            ("string(nil)", "<nil>"), ("string([1, 'a', nil, true])", "[1 a <nil> true]"),
            ("string({b: 1, a: [2]})", "map[a:[2] b:1]"), ("string(duration('90m'))", "1h30m0s"),
            ("string(duration('1500ms'))", "1.5s"), ("string(duration('250us'))", "250µs"),
            ("string(duration('0'))", "0s"), ("string(-duration('61s'))", "-1m1s"),
            ("type(now())", "time.Time"),
            ("type([])", "array"), ("type(groupBy([1], #))", "map"), ("type(nil)", "nil"),
            ("toJSON('a\\n<é>')", "\"a\\n\\u003cé\\u003e\""), ("toJSON(1e21)", "1e+21"),
            ("toJSON(1e20)", "100000000000000000000"),
            ("toJSON(1e-7)", "1e-7"), ("toJSON(0.000001)", "0.000001"), ("toJSON([])", "[]"),
            ("toJSON({})", "{}"),
            ("toJSON({a: [1, {}]})", "{\n  \"a\": [\n    1,\n    {}\n  ]\n}"),
            ("toBase64('hello')", "aGVsbG8="), ("fromBase64('aGVsbG8=')", "hello"), ("toBase64('')", ""),
            ("fromBase64('w6k=')", "é"),
        ])
    func texts(source: String, expected: String) throws {
        #expect(try outcome(of: source, for: .none).get() == .string(expected))
    }

    @Test(
        "places in texts are counted in bytes, and pieces are whole characters",
        arguments: [
            ("indexOf('éa', 'a')", "2"), ("indexOf('a', 'b')", "-1"), ("lastIndexOf('aaa', 'aa')", "1"),
            ("lastIndexOf('ab', '')", "2"), ("indexOf('ab', '')", "0"),
            ("split('a,b,c', ',', 2)", "[\"a\", \"b,c\"]"),
            ("split('a,b', ',', 0)", "[]"), ("split('éa', '')", "[\"é\", \"a\"]"),
            ("split('', ',')", "[\"\"]"),
            ("split('', '')", "[]"), ("splitAfter('a,b', ',')", "[\"a,\", \"b\"]"),
            ("hasPrefix('ab', 'a')", "true"),
            ("hasSuffix('ab', 'ab')", "true"), ("hasSuffix('b', 'ab')", "false"),
        ])
    func places(source: String, expected: String) throws {
        #expect(try answer(source) == expected)
    }

    @Test(
        "JSON is read as a measurement is",
        arguments: [
            (#"fromJSON("[1, -2.5e3, true, null]")"#, "[1.0, -2500.0, true, nil]"),
            (#"fromJSON('{"a": {"b": "\\u00e9\\n"}}').a.b"#, "\"é\n\""),
            (#"fromJSON('"\\ud83d\\ude00"') == "😀""#, "true"),
            (#"fromJSON('"\\ud83d"') == "\uFFFD""#, "true"),
            (#"fromJSON(" {} ")"#, "{}"),
        ])
    func jsonIsRead(source: String, expected: String) throws {
        #expect(try answer(source) == expected)
    }

    @Test(
        "what is no JSON is an error",
        arguments: [
            "", "[1,]", "{a: 1}", "01", "1.", "1e999", "\"a", "[1] 2", "nul", "{\"a\" 1}", "\u{1}", "+1",
            "'a'",
        ])
    func noJSON(text: String) {
        #expect(outcome(of: "fromJSON(result)", for: .string(text)).failure?.stage == .run)
    }

    @Test(
        "dates in the forms that expr knows, and in any that is shown",
        arguments: [
            ("date('1970-01-02').Unix()", "86400"), ("date('1970-01-01 00:01:00').Unix()", "60"),
            ("date('1970-01-01T01:00:00.5+01:00').UnixMilli()", "500"),
            ("date('2024-02-29T00:00:00Z').Unix()", "1709164800"),
            ("date('01 Jan 70 00:00 UTC').Unix()", "0"),
            ("date('Thursday, 01-Jan-70 00:00:01 UTC').Unix()", "1"),
            ("date('Thu, 01 Jan 1970 00:00:02 GMT').Unix()", "2"),
            ("date('3/4/1971 5PM', '1/2/2006 3PM').Unix()", "36954000"),
            ("date('1969-12-31T23:59:59Z').Unix()", "-1"),
            ("date('1971-01-01', '2006-01-02', 'UTC').Unix()", "31536000"),
            ("date('2024-01-02') - date('2024-01-01') == duration('24h')", "true"),
            ("duration('90m').Hours()", "1.5"), ("duration('1500ms').Seconds()", "1.5"),
            ("duration('1500us').Milliseconds()", "1"),
            ("date('1970-01-01').Add(duration('1m')).Unix()", "60"),
            ("date('1970-01-01').Before(date('1970-01-02'))", "true"),
            ("date('1970-01-02').Sub(date('1970-01-01')).Hours()", "24.0"),
        ])
    func dates(source: String, expected: String) throws {
        #expect(try answer(source) == expected)
    }

    @Test(
        "what is no date is an error",
        arguments: [
            "date('2023-02-29')", "date('yesterday')", "date('2024-13-01')", "date('2024-01-01T24:00:00Z')",
            "date('10:00:00')", "date('9999-01-01')", "date('2024-01-01', '2006-01-02', 'Europe/Zurich')",
            "date('2024-01-01').Add(duration('2562047h')).Add(duration('2562047h'))",
        ])
    func noDates(source: String) {
        #expect(outcome(of: source, for: .none).failure?.stage == .run)
    }

    @Test(
        "errors at run time name the function and what it can't do",
        arguments: [
            (
                "reduce([], #acc)",
                "`reduce` of an empty array needs a value to start from, as a third argument"
            ),
            ("sort([1, 'a'])", "`<` takes two numbers, strings, times or durations, but has string and int"),
            ("sort([1], 'up')", "`sort` sorts \"asc\" or \"desc\", not \"up\""),
            ("groupBy([[1]], #)", "`groupBy` can't group by array"),
            ("repeat('a', -1)", "`repeat` can't repeat anything -1 times"),
            ("bitshl(1, -1)", "`bitshl` can't shift by -1 places"),
            ("take([1], -1)", "`take` can't take -1 elements"),
            ("fromPairs([[1, 2]])", "`fromPairs` makes keys of strings, but got int"),
            ("toJSON(0/0)", "`toJSON` can't write NaN: JSON has no such thing"),
            ("fromBase64('a')", "`fromBase64` can't read \"a\" as base64 of a text"),
            ("string(now())", "`string` can't spell a time, which depends on a zone"),
            ("'a' matches ('[' + '')", "\"[\" is no regular expression: a `[` has no `]`"),
        ])
    func failures(source: String, expected: String) {
        #expect(failure(source) == expected)
    }

    @Test("nil holds nothing, and nothing fails over it")
    func nilHoldsNothing() throws {
        for sign in ["contains", "startsWith", "endsWith", "matches"] {
            #expect(try answer("result.a \(sign) 'x'", for: .map([:])) == "false")
        }
        #expect(try answer("first(result.a)", for: .map([:])) == "nil")
        #expect(try answer("get(result.a, 'b')", for: .map([:])) == "nil")
    }

    @Test("an accumulator can't be made too deep for what looks at it")
    func depthIsBounded() {
        #expect(failure("reduce(1..100000, [#acc], 0)")?.contains("nested more than 100 deep") == true)
        #expect(failure("fromJSON(repeat('[', 5000))")?.contains("can't read this JSON") == true)
    }
}
