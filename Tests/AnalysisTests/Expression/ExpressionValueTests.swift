import Foundation
import Testing

@testable import Analysis

@Suite("What an expression answers")
struct ExpressionValueTests {
    private func answer(_ source: String, for result: Value = .none) throws -> Value {
        try Expression(parsing: source).evaluate(
            Environment(result: result, nowNanoseconds: 7_200_000_000_000))
    }

    @Test(
        "numbers in all forms",
        arguments: [
            ("1_000", .int(1_000)), ("0x2A", .int(42)), ("0X2a", .int(42)), ("0o52", .int(42)),
            ("0b1_01", .int(5)),
            (".5", .float(0.5)), ("1.", .float(1)), ("1.5e-3", .float(0.0015)), ("1E+2", .float(100)),
            ("007", .int(7)),
        ] as [(String, Value)])
    func numbers(source: String, expected: Value) throws {
        #expect(try answer(source) == expected)
    }

    @Test(
        "strings in all forms",
        arguments: [
            (#""a\"b'c""#, "a\"b'c"), (#"'a"b\'c'"#, "a\"b'c"), (#"`a\n"'`"#, #"a\n"'"#),
            (#""\x41\u0042\u{1F600}""#, "AB😀"),
            (#""\U00000043\104\t""#, "CD\t"),
        ])
    func strings(source: String, expected: String) throws {
        #expect(try answer(source) == .string(expected))
    }

    @Test("strings are what their bytes are")
    func stringsAreBytes() throws {
        #expect(try answer("'e\u{301}' == '\u{e9}'") == .bool(false))
        #expect(try answer("len('👍🏻')") == .int(2))
        #expect(try answer("'aabaabaaab' contains 'abaaab'") == .bool(true))
        #expect(try answer("'aabaabaab' contains 'abaaab'") == .bool(false))
        #expect(try answer("'a' not contains 'ab' and 'ab' not startsWith 'b'") == .bool(true))
    }

    @Test("ints wrap around where Swift's would trap")
    func intsWrap() throws {
        #expect(try answer("-9223372036854775807 - 2") == .int(.max))
        #expect(try answer("4611686018427387904 * 2") == .int(.min))
        #expect(try answer("(-9223372036854775807 - 1) % -1") == .int(0))
        #expect(try answer("-(-9223372036854775807 - 1)") == .int(.min))
        #expect(try answer("[1][-9223372036854775807 - 1:]") == .array([.int(1)]))
    }

    @Test(
        "powers",
        arguments: [
            ("2 ** 0.5", 1.414_213_562_373_095_1), ("2 ** -2", 0.25), ("(-2) ** 3", -8),
            ("(-8) ** (1/3)", .nan),
            ("0 ** 0", 1), ("10 ** 308", 1e308), ("10 ** 309", .infinity), ("10 ** -400", 0),
            ("0 ** -1", .infinity),
            ("0.5 ** 1e300", 0), ("1.1 ** 2.3", 1.245_144_749_777_053), ("2 ** 1023.75", 1.511_8e308),
        ])
    func powers(source: String, expected: Double) throws {
        let power = try #require(try answer(source).number)
        let isClose = power == expected || (power - expected).magnitude <= expected.magnitude * 1e-4
        #expect(isClose || power.isNaN && expected.isNaN, "\(source) is \(power)")
    }

    @Test("powers agree with the C library's to 14 digits")
    func powersAgree() {
        var chance = ExpressionFuzzTests.Chance(state: 7)
        for _ in 0..<20_000 {
            let base = Double.random(in: 0.001...50, using: &chance)
            let exponent = Double.random(in: -30...30, using: &chance)
            let (ours, theirs) = (power(base, exponent), pow(base, exponent))
            #expect(
                (ours - theirs).magnitude <= theirs * 1e-14, "\(base) ** \(exponent): \(ours), not \(theirs)"
            )
        }
    }

    @Test(
        "durations as Go spells them",
        arguments: [
            ("5m", 300_000_000_000), ("1h30m", 5_400_000_000_000), ("1.5h", 5_400_000_000_000),
            ("-250ms", -250_000_000),
            ("+.5s", 500_000_000), ("0", 0), ("1us", 1_000), ("1µs", 1_000), ("1m1ns", 60_000_000_001),
            ("2.ms", 2_000_000),
        ] as [(String, Int64)])
    func durations(text: String, expected: Int64) throws {
        #expect(try answer("duration('\(text)')") == .duration(nanoseconds: expected))
    }

    @Test(
        "what is no duration is an error",
        arguments: ["", "5", "h", "5 m", "5x", ".s", "-", "1h-2m", "3000000h", "99999999999999999999s", "1d"])
    func noDurations(text: String) {
        #expect(throws: ExpressionError.self) { try answer("duration('\(text)')") }
    }

    @Test("a range query begins before now")
    func times() throws {
        #expect(try answer("now() - duration('1h')") == .time(nanoseconds: 3_600_000_000_000))
        #expect(try answer("now() - (now() - duration('1h'))") == .duration(nanoseconds: 3_600_000_000_000))
        #expect(try answer("now() > now() - duration('1ns')") == .bool(true))
        #expect(throws: ExpressionError.self) {
            try answer("now() - duration('2562047h') - duration('2562047h')")
        }
    }

    @Test("a chain of comparisons asks each operand once, and stops at the first that fails")
    func chains() throws {
        #expect(try answer("1 < 2 <= 2 < 3") == .bool(true))
        #expect(try answer("1 < 2 > 5 > result[9]", for: .array([])) == .bool(false))
    }

    @Test("`?.` ends the rest of its chain when it finds nil")
    func optionalChains() throws {
        #expect(try answer("result.a?.b.c[0].d", for: .map([:])) == .none)
        #expect(try answer("(result.a?.b).c", for: .map([:])) == .none)
        #expect(try answer("result.a?.[0] ?? 'none'", for: .map([:])) == .string("none"))
        #expect(throws: ExpressionError.self) { try answer("result.a.b?.c", for: .map([:])) }
    }

    @Test("a predicate inside a predicate has an element of its own")
    func nestedPredicates() throws {
        #expect(try answer("map([[1], [2, 3]], sum(#))") == .array([.int(1), .int(5)]))
        #expect(try answer("filter([[1], [2, 3]], any(#, # > 2))") == .array([.array([.int(2), .int(3)])]))
        #expect(try answer("sum(map([{n: 1}, {n: 2}], {.n}), # * 10)") == .int(30))
    }

    @Test("every condition of Argo Rollouts' documents that needs nothing else is answered")
    func argosConditions() throws {
        let document = try json(
            #"{"ok": true, "successPercent": 0.95, "a": 1, "b": true, "c": [1, 2], "count": 10}"#)
        for source in [
            "result.ok && result.successPercent >= 0.90",
            "result.a > 0 && result.b && all(result.c, {# < 5}) && result.d == nil",
            "result.count == 10 and result['average.duration'] == nil",
        ] {
            #expect(try Condition(parsing: source).holds(for: document), "\(source)")
        }
    }
}

@Suite("Measured values are logged")
struct ValueCodingTests {
    @Test("what was measured is read back as it was")
    func roundTrip() throws {
        let value = Value.array([
            .none, .bool(true), .int(3), .float(3), .float(.nan), .float(-.infinity), .string("3"),
            .array([]),
            .map(["int": .int(1), "b": .map([:])]), .time(nanoseconds: .min), .duration(nanoseconds: 1),
        ])
        let data = try JSONEncoder().encode(value)
        #expect(try JSONDecoder().decode(Value.self, from: data) == value)
    }

    @Test("a vector reads like one")
    func spelling() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let value = Value.array([.float(0.98), .float(.nan), .int(2), .map(["a": .none])])
        let expected = #"[0.98,{"float":"NaN"},{"int":2},{"map":{"a":null}}]"#
        #expect(String(decoding: try encoder.encode(value), as: UTF8.self) == expected)
    }

    @Test("an unknown tag is an error that lists the known ones")
    func unknownTag() {
        let error = #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(Value.self, from: Data(#"{"complex": 1}"#.utf8))
        }
        #expect("\(String(describing: error))".contains("int, float, map, groups, time, duration"))
    }
}
