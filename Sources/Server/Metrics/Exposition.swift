import Engine

/// Metrics in Prometheus' text format, version 0.0.4.
struct Exposition {
    private(set) var text = ""

    enum Kind: String {
        case counter, gauge, histogram
    }

    typealias Labels = KeyValuePairs<String, String>

    /// One metric with its values.
    mutating func add(_ name: String, _ kind: Kind, _ help: String, _ values: [(Labels, Double)]) {
        head(name, kind, help)
        for (labels, value) in values { line(name, labels, value) }
    }

    mutating func add(_ name: String, _ kind: Kind, _ help: String, _ value: Double) {
        add(name, kind, help, [([:] as Labels, value)])
    }

    /// Buckets are cumulative here, each with all that the smaller ones hold.
    mutating func add(_ name: String, _ help: String, _ histogram: Histogram) {
        head(name, .histogram, help)
        var sum: UInt64 = 0
        for (bound, count) in zip(histogram.bounds, histogram.counts) {
            sum += count
            line(name + "_bucket", ["le": Self.shown(bound)], Double(sum))
        }
        line(name + "_bucket", ["le": "+Inf"], Double(histogram.total))
        line(name + "_sum", [:] as Labels, histogram.sum)
        line(name + "_count", [:] as Labels, Double(histogram.total))
    }

    private mutating func head(_ name: String, _ kind: Kind, _ help: String) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
    }

    private mutating func line(_ name: String, _ labels: Labels, _ value: Double) {
        let inside = labels.map { "\($0.key)=\"\(Self.escaped($0.value))\"" }.joined(separator: ",")
        text +=
            inside.isEmpty ? "\(name) \(Self.shown(value))\n" : "\(name){\(inside)} \(Self.shown(value))\n"
    }

    private static func escaped(_ value: String) -> String {
        value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }

    private static func shown(_ value: Double) -> String {
        Int64(exactly: value).map(String.init) ?? "\(value)"
    }
}
