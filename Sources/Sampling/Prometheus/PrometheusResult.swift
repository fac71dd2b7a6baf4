import Analysis

/// The data of an answer, as the value that conditions see.
///
/// A vector is the array of its values in the store's order, a matrix the array of all values of all its series.
/// An empty one is an empty array: no data, which is not zero.
struct PrometheusResult: Decodable {
    let value: Value

    private enum Key: String, CodingKey {
        case resultType, result
    }

    init(from decoder: any Decoder) throws {
        let data = try decoder.container(keyedBy: Key.self)
        switch try data.decode(String.self, forKey: .resultType) {
        case "scalar": value = .float(try data.decode(Point.self, forKey: .result).number())
        case "string": value = .string(try data.decode(Point.self, forKey: .result).text)
        case "vector":
            value = .array(try data.decode([Instant].self, forKey: .result).map { .float($0.number) })
        case "matrix":
            value = .array(
                try data.decode([Series].self, forKey: .result).flatMap { $0.numbers.map { .float($0) } })
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
private struct Point: Decodable {
    let text: String
    private let path: [any CodingKey]

    init(from decoder: any Decoder) throws {
        var pair = try decoder.unkeyedContainer()
        _ = try pair.decode(Double.self)
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
        number = try sample.decode(Point.self, forKey: .value).number()
    }
}

private struct Series: Decodable {
    let numbers: [Double]

    private enum Key: String, CodingKey {
        case values, histograms
    }

    init(from decoder: any Decoder) throws {
        let series = try decoder.container(keyedBy: Key.self)
        guard !series.contains(.histograms) else { throw NativeHistogram() }
        numbers = try series.decode([Point].self, forKey: .values).map { try $0.number() }
    }
}
