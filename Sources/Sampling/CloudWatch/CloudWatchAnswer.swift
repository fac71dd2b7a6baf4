import Analysis
import Transport

/// The results of all pages, put together: `result[0].Values` in a condition.
struct CloudWatchAnswer {
    private var results: [JSON] = []
    private var messages: [JSON] = []

    init(_ pages: [JSON]) throws(SampleFailure) {
        for page in pages {
            guard let found = page["MetricDataResults"]?.array else {
                throw SampleFailure.unreadable("no MetricDataResults")
            }
            for result in found { add(result) }
            messages += page["Messages"]?.array ?? []
        }
    }

    func sample() throws(SampleFailure) -> Sample {
        for result in results {
            let words = result["Messages"]?.array.map(Self.text) ?? []
            switch result["StatusCode"]?.string {
            case "InternalError": throw SampleFailure(.outage, Self.said("InternalError", words))
            case "Forbidden": throw SampleFailure(.refused, Self.said("Forbidden", words))
            default: continue
            }
        }
        let partial = results.filter { $0["StatusCode"]?.string == "PartialData" }.map {
            "\($0["Id"]?.string ?? "a query") has only a part of its data"
        }
        let warnings =
            Self.text(messages) + results.flatMap { Self.text($0["Messages"]?.array ?? []) } + partial
        return .value(.array(results.map(Self.value)), warnings: warnings)
    }

    /// What a later page says of a query goes behind what is there.
    private mutating func add(_ result: JSON) {
        guard let id = result["Id"], let index = results.firstIndex(where: { $0["Id"] == id }) else {
            results.append(result)
            return
        }
        for key in ["Timestamps", "Values"] {
            results[index][key] = .array((results[index][key]?.array ?? []) + (result[key]?.array ?? []))
        }
        results[index]["StatusCode"] = result["StatusCode"]
    }

    /// Times are times for conditions.
    private static func value(_ result: JSON) -> Value {
        guard case .map(var members) = Value(measured: result) else { return Value(measured: result) }
        members["Timestamps"] = .array(
            (members["Timestamps"]?.elements ?? []).map { time in
                guard case .float(let seconds) = time, abs(seconds) < 9e9 else { return time }
                return .time(nanoseconds: Int64(seconds * 1e9))
            })
        members["Values"] = members["Values"] ?? .array([])
        return .map(members)
    }

    private static func text(_ messages: [JSON]) -> [String] {
        messages.map { shown($0["Value"]?.string ?? $0.text) }
    }

    private static func said(_ code: String, _ words: [String]) -> String {
        ([code] + words).joined(separator: ": ")
    }
}
