/// Durations as Go's `time.ParseDuration` reads them, and as Kubernetes and Prometheus people therefore write them.
enum GoDuration {
    enum Problem: String, Error {
        case malformed = "is not a duration; write it like 30s, 5m, 1h30m or 500ms"
        case negative = "is negative; a duration starts at 0s"
        /// 292 years, where Go's own nanoseconds end.
        case tooLong = "is too long for a duration"
    }

    /// Go has no days; where `days` are taken, one is 24 hours.
    static func parse(_ text: String, days: Bool = false) throws(Problem) -> Duration {
        var rest = text[...]
        let sign = rest.take(oneOf: "+-")
        let nanoseconds = rest == "0" ? 0 : try parts(&rest, days ? unitsWithDays : units)
        guard nanoseconds == 0 || sign != "-" else { throw .negative }
        return .nanoseconds(nanoseconds)
    }

    static func duration(seconds: Int) throws(Problem) -> Duration {
        guard seconds >= 0 else { throw .negative }
        return .nanoseconds(try nanoseconds(Int128(seconds) * 1_000_000_000))
    }

    private static let units: [Substring: Int128] = [
        "ns": 1, "us": 1_000, "µs": 1_000, "μs": 1_000, "ms": 1_000_000, "s": 1_000_000_000,
        "m": 60_000_000_000, "h": 3_600_000_000_000,
    ]
    private static let unitsWithDays = units.merging(["d": 86_400_000_000_000]) { first, _ in first }

    /// More digits of a number cannot change the nanoseconds, or make them too many anyway.
    private static let digitsMax = 20

    private static func parts(
        _ rest: inout Substring, _ units: [Substring: Int128]
    ) throws(Problem) -> Int64 {
        var sum: Int64 = 0
        repeat {
            sum = try nanoseconds(Int128(sum) + part(&rest, units))
        } while !rest.isEmpty
        return sum
    }

    /// One number with its unit, such as `1.5h`, in nanoseconds. What is less than one is cut off, as in Go.
    private static func part(
        _ rest: inout Substring, _ units: [Substring: Int128]
    ) throws(Problem) -> Int128 {
        let whole = rest.take(while: \.isASCIIDigit)
        let fraction = rest.take(oneOf: ".") == nil ? "" : rest.take(while: \.isASCIIDigit)
        let name = rest.take(while: { !$0.isASCIIDigit && $0 != "." })
        guard !whole.isEmpty || !fraction.isEmpty, let unit = units[name] else { throw .malformed }
        let significant = whole.drop { $0 == "0" }
        guard significant.count <= digitsMax else { throw .tooLong }
        return number(significant) * unit + scaled(fraction.prefix(digitsMax), by: unit)
    }

    private static func scaled(_ fraction: Substring, by unit: Int128) -> Int128 {
        let divisor = fraction.reduce(Int128(1)) { power, _ in power * 10 }
        return number(fraction) * unit / divisor
    }

    private static func number(_ digits: Substring) -> Int128 {
        Int128(digits) ?? 0
    }

    private static func nanoseconds(_ value: Int128) throws(Problem) -> Int64 {
        guard let value = Int64(exactly: value) else { throw .tooLong }
        return value
    }
}

extension Duration {
    /// As people write it, with days: `14d`, `1h30m`, `30s`.
    package init?(written text: String) {
        guard let duration = try? GoDuration.parse(text, days: true) else { return nil }
        self = duration
    }
}
