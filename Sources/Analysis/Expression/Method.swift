/// A method of times and durations. Those that depend on a time zone are not there: times are known in UTC only.
struct Method: Sendable {
    typealias Run = @Sendable (Int64, [Value]) -> Value?

    let name: String
    let receiver: ValueType
    let parameters: [ValueType]
    let returns: ValueType
    /// Takes the receiver's nanoseconds; nil where the outcome does not fit 64 bits of them.
    let run: Run
}

extension Method {
    static let named = [String: Method](
        uniqueKeysWithValues: (ofTimes + ofDurations).map { ($0.name, $0) })

    private static let ofTimes = [
        Method(name: "Unix", receiver: .time, parameters: [], returns: .int) { time, _ in
            .int(time.flooredDivision(by: 1_000_000_000))
        },
        Method(name: "UnixMilli", receiver: .time, parameters: [], returns: .int) { time, _ in
            .int(time.flooredDivision(by: 1_000_000))
        },
        Method(name: "UnixMicro", receiver: .time, parameters: [], returns: .int) { time, _ in
            .int(time.flooredDivision(by: 1_000))
        },
        Method(name: "UnixNano", receiver: .time, parameters: [], returns: .int) { time, _ in .int(time) },
        Method(name: "Before", receiver: .time, parameters: [.time], returns: .bool) { time, others in
            others.nanoseconds.map { .bool(time < $0) }
        },
        Method(name: "After", receiver: .time, parameters: [.time], returns: .bool) { time, others in
            others.nanoseconds.map { .bool(time > $0) }
        },
        Method(name: "Equal", receiver: .time, parameters: [.time], returns: .bool) { time, others in
            others.nanoseconds.map { .bool(time == $0) }
        },
        Method(name: "Add", receiver: .time, parameters: [.duration], returns: .time) { time, others in
            others.nanoseconds.flatMap { time.adding($0) }.map { .time(nanoseconds: $0) }
        },
        Method(name: "Sub", receiver: .time, parameters: [.time], returns: .duration) { time, others in
            others.nanoseconds.flatMap { time.subtracting($0) }.map { .duration(nanoseconds: $0) }
        },
    ]

    private static let ofDurations = [
        Method(name: "Hours", receiver: .duration, parameters: [], returns: .float) { span, _ in
            .float(span.parts(of: 3_600_000_000_000))
        },
        Method(name: "Minutes", receiver: .duration, parameters: [], returns: .float) { span, _ in
            .float(span.parts(of: 60_000_000_000))
        },
        Method(name: "Seconds", receiver: .duration, parameters: [], returns: .float) { span, _ in
            .float(span.parts(of: 1_000_000_000))
        },
        Method(name: "Milliseconds", receiver: .duration, parameters: [], returns: .int) { span, _ in
            .int(span / 1_000_000)
        },
        Method(name: "Microseconds", receiver: .duration, parameters: [], returns: .int) { span, _ in
            .int(span / 1_000)
        },
        Method(name: "Nanoseconds", receiver: .duration, parameters: [], returns: .int) { span, _ in
            .int(span)
        },
    ]
}

extension Evaluator {
    mutating func call(
        _ method: Method, of base: Syntax, _ arguments: [Syntax], at offset: Int
    ) throws(ExpressionError) -> Value {
        let receiver = try value(of: base)
        guard receiver.type == method.receiver, let nanoseconds = receiver.nanoseconds else {
            throw fail(
                "`.\(method.name)()` is a method of \(method.receiver), not of \(receiver.type)", at: offset)
        }
        var values: [Value] = []
        for (argument, type) in zip(arguments, method.parameters) {
            let value = try value(of: argument)
            guard value.type == type else {
                throw fail("`.\(method.name)` takes a \(type), but got \(value.type)", at: argument.offset)
            }
            values.append(value)
        }
        guard let answer = method.run(nanoseconds, values) else {
            throw fail("the time is more than 292 years away", at: offset)
        }
        return answer
    }
}

extension Value {
    fileprivate var nanoseconds: Int64? {
        switch self {
        case .time(let nanoseconds), .duration(let nanoseconds): nanoseconds
        default: nil
        }
    }
}

extension [Value] {
    fileprivate var nanoseconds: Int64? { first?.nanoseconds }
}

extension Int64 {
    fileprivate func adding(_ other: Int64) -> Int64? {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? nil : sum
    }

    fileprivate func subtracting(_ other: Int64) -> Int64? {
        let (difference, overflow) = subtractingReportingOverflow(other)
        return overflow ? nil : difference
    }

    /// The whole parts and the rest one by one, so that as little as possible is rounded off.
    fileprivate func parts(of unit: Int64) -> Double {
        Double(self / unit) + Double(self % unit) / Double(unit)
    }
}
