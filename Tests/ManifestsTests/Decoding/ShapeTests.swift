import Manifests
import Testing

struct ShapeTests {
    @Test(arguments: [
        ("abc", "abc"), ("'5'", "5"), ("yes", "yes"), ("010", "010"), ("''", ""), ("!!str 5", "5"),
    ])
    func strings(text: String, value: String) {
        #expect(decode(text, .string).value == value)
    }

    @Test(arguments: [
        ("5", "expected a string, found the number 5; put it in quotes"),
        ("true", "expected a string, found true; put it in quotes"),
        ("1.10", "expected a string, found the number 1.10; put it in quotes"),
        ("~", "expected a string, found nothing"), ("[a]", "expected a string, found a list"),
        ("{a: 1}", "expected a string, found a mapping"),
    ])
    func notStrings(text: String, problem: String) {
        #expect(decode(text, .string).problems == ["1:1: \(problem)"])
    }

    @Test func numbersAreStringsWhereAskedAndKeepTheirSpelling() {
        #expect(decode("1.10", .stringOrNumber).value == "1.10")
        #expect(decode("0x1F", .stringOrNumber).value == "0x1F")
        #expect(decode("99999999999999999999", .stringOrNumber).value == "99999999999999999999")
        #expect(decode("v1", .stringOrNumber).value == "v1")
        #expect(
            decode("true", .stringOrNumber).problems == ["1:1: expected a string or a number, found true"])
        #expect(decode("''", .nonEmptyString).problems == ["1:1: is empty"])
    }

    @Test(arguments: [("0", 0), ("-5", -5), ("100", 100), ("0x1F", 31), ("!!int '7'", 7)])
    func wholeNumbers(text: String, value: Int) {
        #expect(decode(text, .int(in: -5...100)).value == value)
    }

    @Test(arguments: [
        ("120", "120 is more than 100"), ("-6", "-6 is less than -5"),
        ("1.0", "expected a whole number, found the number 1.0"),
        (".nan", "expected a whole number, found the number .nan"),
        ("abc", "expected a number, found the string \"abc\""),
        ("'5'", "expected a number, found the string \"5\""),
        ("99999999999999999999", "99999999999999999999 does not fit in 64 bits"),
        ("true", "expected a number, found true"), ("[]", "expected a number, found a list"),
        ("010", "expected a number, found the string \"010\""),
    ])
    func notWholeNumbers(text: String, problem: String) {
        #expect(decode(text, .int(in: -5...100)).problems == ["1:1: \(problem)"])
    }

    @Test(arguments: [
        ("12.5", 1250), ("0", 0), ("100", 10_000), ("99.99", 9_999), ("0.01", 1), (".5", 50), ("5.", 500),
        ("12.50", 1250),
        ("0.29", 29), ("1.1", 110), ("-0.05", -5), ("-0", 0),
    ])
    func hundredthsAreExact(text: String, value: Int) {
        #expect(decode(text, .hundredths(in: -100...10_000)).value == value)
    }

    @Test(arguments: [
        ("12.505", "12.505 is not a number with at most two decimals"),
        ("1e1", "1e1 is not a number with at most two decimals"),
        (".inf", ".inf is not a number with at most two decimals"),
        ("100.01", "100.01 is more than 100"), ("-0.01", "-0.01 is less than 0"),
        ("120", "120 is more than 100"),
        ("-2.5", "-2.5 is less than 0"), ("92233720368547758.08", "92233720368547758.08 is too large"),
        ("9223372036854775807", "9223372036854775807 is too large"),
        ("99999999999999999999.5", "99999999999999999999.5 is too large"),
        ("12.5%", "expected a number, found the string \"12.5%\""),
    ])
    func notHundredths(text: String, problem: String) {
        #expect(decode(text, .hundredths(in: 0...10_000)).problems == ["1:1: \(problem)"])
    }

    @Test func theLargestHundredthsFit() {
        #expect(decode("92233720368547758.07", .hundredths(in: .min ... .max)).value == .max)
        #expect(decode("-92233720368547758.08", .hundredths(in: .min ... .max)).value == .min)
    }

    @Test func numbers() {
        #expect(decode("0.95", .number).value == 0.95)
        #expect(decode("3", .number).value == 3)
        #expect(decode(".nan", .number).problems == ["1:1: .nan is not a usable number"])
        #expect(decode("1e999", .number).problems == ["1:1: 1e999 is not a usable number"])
        #expect(decode("x", .number).problems == ["1:1: expected a number, found the string \"x\""])
    }

    @Test func bools() {
        #expect(decode("True", .bool).value == true)
        #expect(decode("yes", .bool).problems == ["1:1: expected true or false, found the string \"yes\""])
    }

    private enum Direction: String, CaseIterable { case increase, decrease }

    @Test func namesOfAnEnumerationAreListedWhenUnknown() {
        #expect(decode("decrease", .name(of: Direction.self)).value == .decrease)
        #expect(
            decode("increse", .name(of: Direction.self)).problems == [
                "1:1: unknown name \"increse\"; did you mean `increase`? known: decrease, increase"
            ])
        #expect(decode("5", .name(of: Direction.self)).problems.count == 1)
    }

    @Test func namesOfATableAreListedWhenUnknown() {
        let mesh = Shape<Int>.oneOf(["istio": 1, "envoy": 2])
        #expect(decode("envoy", mesh).value == 2)
        #expect(
            decode("istoi", mesh).problems == [
                "1:1: unknown name \"istoi\"; did you mean `istio`? known: envoy, istio"
            ])
    }

    @Test func aListReportsAllOfItsItems() {
        #expect(decode("[1, 2]", .list(of: .int)).value == [1, 2])
        #expect(decode("[]", .list(of: .int)).value == [])
        #expect(
            decode("[1, a, b]", .list(of: .int)).problems == [
                "1:5: [1]: expected a number, found the string \"a\"",
                "1:8: [2]: expected a number, found the string \"b\"",
            ])
        #expect(decode("[1, a]", .list(of: .int)).value == nil)
        #expect(decode("a", .list(of: .int)).problems == ["1:1: expected a list, found the string \"a\""])
    }

    @Test func aDictionaryKeepsTheNamesPeopleChose() {
        #expect(decode("{a: x, b.c/d: y}", .dictionary(of: .string)).value == ["a": "x", "b.c/d": "y"])
        #expect(
            decode("{b.c/d: 1}", .dictionary(of: .string)).problems == [
                #"1:9: ["b.c/d"]: expected a string, found the number 1; put it in quotes"#
            ])
        #expect(decode("{a: x, a: y}", .dictionary(of: .string)).value == ["a": "x"])
        #expect(decode("[]", .dictionary(of: .string)).problems == ["1:1: expected a mapping, found a list"])
    }

    @Test func aNumberOrAString() {
        #expect(decode("1", .intOrString).value == .int(1))
        #expect(decode("25%", .intOrString).value == .string("25%"))
        #expect(
            decode("1.5", .intOrString).problems == [
                "1:1: expected a whole number or a string, found the number 1.5"
            ])
    }

    @Test func shapesAreMadeOfShapes() {
        #expect(decode("4", .int.map { $0 * 2 }).value == 8)
        #expect(
            decode("3", .int.refusing { $0 % 2 == 0 ? nil : "\($0) is odd" }).problems == ["1:1: 3 is odd"])
        #expect(decode("~", .orNull(.int)).value == .some(nil))
        #expect(decode("5", .orNull(.int)).value == 5)
        #expect(decode("{a: [1]}", .any).value?.outline == "{a=[1]}")
    }
}
