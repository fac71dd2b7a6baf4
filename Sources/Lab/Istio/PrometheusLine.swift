/// One sample in Prometheus' text format: `name{label="value"} 3`.
struct PrometheusLine: Hashable {
    var name: String
    var labels: [String: String]
    /// As it is written: nobody here calculates with it.
    var value: String

    init(_ name: String, _ labels: [String: String], value: String) {
        (self.name, self.labels, self.value) = (name, labels, value)
    }

    /// None for comments and what is no sample.
    init?(parsing line: Substring) {
        guard !line.hasPrefix("#"), let end = line.lastIndex(of: " ") else { return nil }
        let head = line[..<end]
        let name = head.prefix { $0 != "{" }
        guard !name.isEmpty, let labels = Self.labels(in: head.dropFirst(name.count)) else { return nil }
        self.init(String(name), labels, value: String(line[end...].dropFirst()))
    }

    var text: String {
        let pairs = labels.sorted { $0.key < $1.key }.map { "\($0.key)=\"\(escaped($0.value))\"" }
        return "\(name){\(pairs.joined(separator: ","))} \(value)"
    }

    /// `{a="1",b="2"}`, or nothing.
    private static func labels(in text: Substring) -> [String: String]? {
        guard text.hasPrefix("{") else { return text.isEmpty ? [:] : nil }
        var rest = text.dropFirst()
        var labels: [String: String] = [:]
        while let first = rest.first, first != "}" {
            if first == "," { rest.removeFirst() }
            let name = rest.prefix { $0 != "=" }
            rest = rest.dropFirst(name.count)
            guard rest.hasPrefix("=\"") else { return nil }
            rest = rest.dropFirst(2)
            guard let value = takeQuoted(&rest) else { return nil }
            labels[String(name)] = value
        }
        return rest == "}" ? labels : nil
    }

    /// Up to the closing quote, which goes too.
    private static func takeQuoted(_ rest: inout Substring) -> String? {
        var value = ""
        while let letter = rest.popFirst() {
            switch letter {
            case "\"": return value
            case "\\":
                guard let next = rest.popFirst() else { return nil }
                value.append(next == "n" ? "\n" : next)
            default: value.append(letter)
            }
        }
        return nil
    }
}

private func escaped(_ text: String) -> String {
    text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
}
