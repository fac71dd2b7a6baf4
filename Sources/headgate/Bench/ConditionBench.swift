import Analysis

/// What reading a condition costs, and asking it about one measurement after the other.
struct ConditionBench {
    private static let asks = 20_000
    private static let conditions: [(source: String, result: Value, type: ValueType)] = [
        ("result[0] >= 0.95", .array([.float(0.98)]), .array(.float)),
        (
            "len(result) > 0 && !isNaN(result[0]) && result[0] < 0.05", .array([.float(0.01)]), .array(.float)
        ),
        (
            "all(result, # >= 0.95) && mean(result) > 0.97",
            .array((0..<100).map { .float(0.98 + Double($0) / 1e4) }),
            .array(.float)
        ),
        (
            #"result.status in ["ok", "pass"] and result.version matches "^v\\d+\\.\\d+""#,
            .map(["status": .string("ok"), "version": .string("v12.3.4")]), .map
        ),
    ]

    func run() throws -> [BenchReport.Judging] {
        try Self.conditions.map { source, result, type in
            let read = try Self.time { _ = try Condition(parsing: source) }
            let condition = try Condition(parsing: source)
            let ask = try Self.time {
                guard try condition.holds(for: result, type: type) else {
                    throw CommandError("the bench's condition does not hold: \(source)")
                }
            }
            return BenchReport.Judging(
                condition: source, readMicroseconds: rounded(read), askMicroseconds: rounded(ask),
                asksPerSecond: Int(1_000_000 / ask))
        }
    }

    /// Microseconds for one of many.
    private static func time(_ work: () throws -> Void) rethrows -> Double {
        let time = try ContinuousClock().measure { for _ in 0..<asks { try work() } }
        return time / .microseconds(1) / Double(asks)
    }
}
