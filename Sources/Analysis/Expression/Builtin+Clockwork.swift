/// The functions about time. Times and durations are nanoseconds in 64 bits: 292 years each way.
enum Clockwork {
    static func now(_ evaluator: inout Evaluator, _ call: Call) throws(ExpressionError) -> Value {
        guard let nanoseconds = evaluator.environment.nowNanoseconds else {
            throw call.fail("has no meaning here: nobody has said what time it is")
        }
        return .time(nanoseconds: nanoseconds)
    }

    static func duration(_ evaluator: inout Evaluator, _ call: Call) throws(ExpressionError) -> Value {
        let text = try call.string(0)
        guard let nanoseconds = nanoseconds(in: text) else {
            throw call.fail("can't read \"\(text)\"; expected one like \"1h30m\"; units: h, m, s, ms, us, ns")
        }
        return .duration(nanoseconds: nanoseconds)
    }

    /// Without a layout, every one that expr knows is tried.
    static func date(_ evaluator: inout Evaluator, _ call: Call) throws(ExpressionError) -> Value {
        let text = try call.string(0)
        try evaluator.spend(text.utf8.count, at: call.offset)
        if call.values.count > 2, !["", "UTC"].contains(try call.string(2)) {
            throw call.fail(
                "knows no time zone but UTC; write an offset, as in \"2024-01-01T00:00:00+02:00\"")
        }
        let layouts = call.values.count > 1 ? [try call.string(1)] : DateLayout.known
        for layout in layouts {
            try evaluator.spend(layout.utf8.count, at: call.offset)
            guard let date = DateLayout(layout).read(text) else { continue }
            guard let nanoseconds = date.sinceEpoch else {
                throw call.fail("can't tell times more than 292 years away from 1970, such as \"\(text)\"")
            }
            return .time(nanoseconds: nanoseconds)
        }
        let hint =
            call.values.count > 1 ? " as \"\(layouts[0])\"" : "; expected one like \"2024-01-31T23:59:59Z\""
        throw call.fail("can't read \"\(text)\"\(hint)")
    }

    /// Reads a duration as Go spells it: `1h30m`, `1.5h`, `-250ms`, `0`.
    static func nanoseconds(in text: String) -> Int64? {
        var rest = Substring(text)
        let isNegative = rest.first == "-"
        if isNegative || rest.first == "+" { rest.removeFirst() }
        if rest == "0" { return 0 }
        guard !rest.isEmpty else { return nil }
        var total: Int64 = 0
        while !rest.isEmpty {
            guard let part = part(&rest) else { return nil }
            let (sum, overflow) = total.addingReportingOverflow(part)
            if overflow { return nil }
            total = sum
        }
        return isNegative ? -total : total
    }

    /// One number and its unit.
    private static func part(_ rest: inout Substring) -> Int64? {
        let whole = digits(&rest)
        var fraction = Substring()
        if rest.first == "." {
            rest.removeFirst()
            fraction = digits(&rest)
        }
        let unit = rest.prefix { $0 != "." && !isDigit($0) }
        rest = rest.dropFirst(unit.count)
        guard !(whole.isEmpty && fraction.isEmpty), let nanoseconds = units[String(unit)] else { return nil }
        guard let count = Int64(whole.isEmpty ? "0" : whole) else { return nil }
        let (product, overflow) = count.multipliedReportingOverflow(by: nanoseconds)
        guard !overflow, let part = Double("0." + fraction + "0") else { return nil }
        let (sum, tooMuch) = product.addingReportingOverflow(Int64(part * Double(nanoseconds)))
        return tooMuch ? nil : sum
    }

    private static func digits(_ rest: inout Substring) -> Substring {
        let digits = rest.prefix(while: isDigit)
        rest = rest.dropFirst(digits.count)
        return digits
    }

    private static func isDigit(_ character: Character) -> Bool { "0"..."9" ~= character }

    private static let units: [String: Int64] = [
        "ns": 1, "us": 1_000, "µs": 1_000, "μs": 1_000, "ms": 1_000_000,
        "s": 1_000_000_000, "m": 60_000_000_000, "h": 3_600_000_000_000,
    ]
}
