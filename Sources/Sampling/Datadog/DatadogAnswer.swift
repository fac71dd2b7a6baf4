import Analysis
import Transport

/// What Datadog's answers come to. Without data that is nil, as with Argo.
enum DatadogAnswer {
    /// The last point of the first series, `{"series": [{"pointlist": [[1763837280000, 0.5]]}]}`; nil where it is null.
    static func lastPoint(_ answer: JSON) throws(SampleFailure) -> Value {
        guard let series = answer["series"]?.array else { throw SampleFailure.unreadable("no series") }
        guard let first = series.first else { return .none }
        guard let points = first["pointlist"]?.array else {
            throw SampleFailure.unreadable("a series without points")
        }
        guard let last = points.last else { return .none }
        return try value(last[1])
    }

    /// The first column of numbers: one number, or a list of them where there are groups.
    static func scalar(_ answer: JSON) throws(SampleFailure) -> Value {
        guard let columns = answer["data"]?["attributes"]?["columns"]?.array else {
            throw SampleFailure.unreadable("no columns")
        }
        let isGrouped = columns.contains { $0["type"]?.string == "group" }
        guard let column = columns.first(where: { $0["type"]?.string != "group" }) else { return .none }
        guard let values = column["values"]?.array else {
            throw SampleFailure.unreadable("a column without values")
        }
        guard let first = values.first else { return .none }
        return try isGrouped ? groups(values) : value(first)
    }

    /// Of each group that has a number.
    private static func groups(_ values: [JSON]) throws(SampleFailure) -> Value {
        var numbers: [Value] = []
        for item in values where !item.isNull { numbers.append(try value(item)) }
        return numbers.isEmpty ? .none : .array(numbers)
    }

    private static func value(_ json: JSON?) throws(SampleFailure) -> Value {
        if json?.isNull == true { return .none }
        guard let number = json?.number else { throw SampleFailure.unreadable("a point that is no number") }
        return .float(number)
    }
}
