import Analysis

/// The data of an answer, as the value that conditions see.
///
/// A vector is the array of its values in the store's order, a matrix the array of all values of all its series.
/// An empty one is an empty array: no data, which is not zero.
struct PrometheusResult: Decodable {
    let value: Value
    /// Of a matrix, with its labels and moments.
    let series: [PrometheusSeries]

    private enum Key: String, CodingKey {
        case resultType, result
    }

    init(from decoder: any Decoder) throws {
        let data = try decoder.container(keyedBy: Key.self)
        let type = try data.decode(String.self, forKey: .resultType)
        series = type == "matrix" ? try data.decode([PrometheusSeries].self, forKey: .result) : []
        switch type {
        case "scalar": value = .float(try data.decode(PrometheusPoint.self, forKey: .result).number())
        case "string": value = .string(try data.decode(PrometheusPoint.self, forKey: .result).text)
        case "vector":
            value = .array(try data.decode([Instant].self, forKey: .result).map { .float($0.number) })
        case "matrix":
            value = .array(series.flatMap { $0.points.map { .float($0.number) } })
        case let other:
            throw DecodingError.dataCorruptedError(
                forKey: .resultType, in: data, debugDescription: "unknown type \"\(other.prefix(40))\"")
        }
    }
}

/// A value that is no number.
struct NativeHistogram: Error {
    let message = "the query's result is a native histogram; ask for a number: histogram_quantile(0.99, …)"
}

/// `[1763837280.25, "0.5"]`: a moment, and a number as text, because JSON knows no NaN.
private struct PrometheusPoint: Decodable {
    let seconds: Double
    let text: String
    private let path: [any CodingKey]

    init(from decoder: any Decoder) throws {
        var pair = try decoder.unkeyedContainer()
        seconds = try pair.decode(Double.self)
        text = try pair.decode(String.self)
        path = pair.codingPath
    }

    func number() throws -> Double {
        guard let number = Double(text) else {
            let what = "\"\(text.prefix(40))\" is no number"
            throw DecodingError.dataCorrupted(.init(codingPath: path, debugDescription: what))
        }
        return number
    }
}

private struct Instant: Decodable {
    let number: Double

    private enum Key: String, CodingKey {
        case value, histogram
    }

    init(from decoder: any Decoder) throws {
        let sample = try decoder.container(keyedBy: Key.self)
        guard !sample.contains(.histogram) else { throw NativeHistogram() }
        number = try sample.decode(PrometheusPoint.self, forKey: .value).number()
    }
}

/// One series of a matrix.
struct PrometheusSeries: Decodable {
    let labels: [String: String]
    let points: [Point]

    struct Point: Decodable {
        let moment: Moment
        let number: Double

        init(from decoder: any Decoder) throws {
            let point = try PrometheusPoint(from: decoder)
            moment = Moment(microseconds: Int64((point.seconds * 1_000_000).rounded()))
            number = try point.number()
        }
    }

    private enum Key: String, CodingKey {
        case metric, values, histograms
    }

    init(from decoder: any Decoder) throws {
        let series = try decoder.container(keyedBy: Key.self)
        guard !series.contains(.histograms) else { throw NativeHistogram() }
        labels = try series.decodeIfPresent([String: String].self, forKey: .metric) ?? [:]
        points = try series.decode([Point].self, forKey: .values)
    }
}
