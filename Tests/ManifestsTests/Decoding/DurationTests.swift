import Manifests
import Testing

struct DurationTests {
    @Test(arguments: [
        ("1h30m", Duration.seconds(5_400)), ("10s", .seconds(10)), ("500ms", .milliseconds(500)),
        ("0", .zero),
        ("'0'", .zero), ("1.5h", .seconds(5_400)), (".5s", .milliseconds(500)), ("1.s", .seconds(1)),
        ("1us", .microseconds(1)), ("1µs", .microseconds(1)), ("1μs", .microseconds(1)),
        ("7ns", .nanoseconds(7)),
        ("+5s", .seconds(5)), ("-0s", .zero), ("1h1h", .seconds(7_200)), ("0.0000000001s", .zero),
        ("0.33333333333333333333333333s", .nanoseconds(333_333_333)),
        ("000000000000000000000000000001s", .seconds(1)),
        ("9223372036854775807ns", .nanoseconds(Int64.max)),
        ("2562047h47m16.854775807s", .nanoseconds(Int64.max)),
    ])
    func durationsAreWrittenAsInGo(text: String, value: Duration) {
        #expect(decode(text, .durationOrSeconds).value == value)
    }

    @Test(arguments: [
        "2 minutes", "1", "1d", "1w", "1y", "s", "1h ", " 1h", "1h 30m", "1H", "", "-", ".s", "1..5s",
        "1.5.5s", "1e3s", "h1",
        "0x1s", "5m3", "١s", "1s\u{301}",
    ])
    func whatIsNoDurationIsToldTheRightForms(text: String) {
        let said = decode("\"\(text)\"", .duration).problems
        #expect(said.count == 1)
        #expect(said.first?.hasSuffix("is not a duration; write it like 30s, 5m, 1h30m or 500ms") == true)
    }

    @Test(arguments: ["-1s", "-1h30m", "-0.5ms"])
    func aNegativeDurationIsRefused(text: String) {
        #expect(decode(text, .duration).problems == ["1:1: \"\(text)\" is negative; a duration starts at 0s"])
    }

    @Test(arguments: [
        "9223372036854775808ns", "2562048h", "99999999999999999999h", "999999999999999999999s", "2562047h1h",
        "9999999999s",
    ])
    func aDurationThatOverflowsIsRefused(text: String) {
        #expect(decode(text, .duration).problems == ["1:1: \"\(text)\" is too long for a duration"])
    }

    @Test func aVeryLongDurationIsReadInBoundedSteps() {
        let zeros = String(repeating: "0h", count: 100_000)
        #expect(decode(zeros, .duration).value == .zero)
        #expect(decode(String(repeating: "9", count: 500_000) + "h", .duration).problems.count == 1)
        #expect(decode("1." + String(repeating: "0", count: 500_000) + "1s", .duration).value == .seconds(1))
    }

    @Test func bareNumbersAreSecondsOnlyWhereAsked() {
        #expect(decode("30", .durationOrSeconds).value == .seconds(30))
        #expect(decode("'30'", .durationOrSeconds).value == .seconds(30))
        #expect(
            decode("30", .duration).problems == [
                "1:1: expected a duration such as 30s, 5m or 1h30m, found the number 30"
            ])
        #expect(decode("-5", .durationOrSeconds).problems == ["1:1: -5 is negative; a duration starts at 0s"])
        #expect(
            decode("9223372036854775807", .durationOrSeconds).problems == [
                "1:1: 9223372036854775807 is too long for a duration"
            ])
        #expect(
            decode("1.5", .durationOrSeconds).problems == [
                "1:1: expected a duration such as 30s, 5m or 1h30m, or a number of seconds, found the number 1.5"
            ])
    }
}
