import Manifests
import Testing

struct CoreSchemaTests {
    @Test(arguments: [
        ("null", YAMLValue.null), ("Null", .null), ("NULL", .null), ("~", .null), ("", .null),
        ("true", .bool(true)), ("True", .bool(true)), ("TRUE", .bool(true)),
        ("false", .bool(false)), ("False", .bool(false)), ("FALSE", .bool(false)),
        ("0", .integer(0)), ("-0", .integer(0)), ("7", .integer(7)), ("-12", .integer(-12)),
        ("+5", .integer(5)),
        ("0x1F", .integer(31)), ("0xff", .integer(255)), ("0o17", .integer(15)),
        ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
        ("9223372036854775808", .hugeInteger), ("0xFFFFFFFFFFFFFFFFFF", .hugeInteger),
        ("1.5", .float(1.5)), ("-1.5", .float(-1.5)), ("+.5", .float(0.5)), ("1.", .float(1)),
        ("0.0", .float(0)), ("1e3", .float(1000)), ("1E+3", .float(1000)), ("12.5e-1", .float(1.25)),
        ("1e999", .float(.infinity)), (".inf", .float(.infinity)), ("-.Inf", .float(-.infinity)),
        ("+.INF", .float(.infinity)),
    ])
    func aPlainScalarMeansWhatTheCoreSchemaSays(text: String, value: YAMLValue) {
        #expect(YAMLValue(core: text) == value)
    }

    @Test(arguments: [".nan", ".NaN", ".NAN"])
    func nanIsANumber(text: String) {
        guard case .float(let value) = YAMLValue(core: text) else { return #expect(Bool(false), "\(text)") }
        #expect(value.isNaN)
    }

    @Test(arguments: [
        "yes", "no", "Yes", "on", "off", "y", "n", "tRUE", "nULL", "None", "010", "-010", "00", "01.5",
        "1:30",
        "1_000", "0x", "0x+1", "0x-1", "0xG", "-0x1F", "0o8", "0o", "0b11", "0X1F", "1e", "e1", "1e+",
        "1.2.3",
        ".", "-", "+", "..", "-.", ".e5", "inf", "nan", "-.nan", ".iNF", "2026-01-02", "١٢", "1 ", "1f",
        "--1",
        "=", "1\u{301}",
    ])
    func whatOnlyLooksLikeAnotherTypeStaysAString(text: String) {
        #expect(YAMLValue(core: text) == .string(text))
    }

    @Test func digitsThatNobodyWritesByHandAreAString() {
        let digits = String(repeating: "9", count: 100_000)
        #expect(YAMLValue(core: digits) == .string(digits))
        #expect(YAMLValue(core: "1." + String(repeating: "9", count: 200)) == .float(2))
    }

    @Test func quotesMakeAString() throws {
        #expect(try root(#"["1", 'true', "", 'null', "~"]"#).outline == "['1' 'true' '' 'null' '~']")
    }

    @Test func blockScalarsAreStrings() throws {
        #expect(try root("a: |\n  1\nb: >-\n  true\n").outline == "{a='1\n' b='true'}")
    }

    @Test func aTagOverrulesQuotesAndSchema() throws {
        #expect(
            try root(#"[!!str 5, !!int "5", !!null "", ! 7, !!float 1, !!bool 'true']"#).outline
                == "['5' 5  '7' 1 true]")
        #expect(try root("!!map {a: !!seq [1], b: ! [2]}").outline == "{a=[1] b=[2]}")
    }
}
