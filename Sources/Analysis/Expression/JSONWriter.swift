/// A value as Go's encoder writes it with an indent of two: keys in order, `<`, `>` and `&` escaped.
struct JSONWriter {
    private(set) var text = ""
    private var indent = 0

    /// What JSON has no word for; nil when all is written.
    mutating func write(_ value: Value) -> Value? {
        switch value {
        case .none: text += "null"
        case .bool(let bool): text += bool.description
        case .int(let int): text += int.description
        case .float(let float):
            guard float.isFinite else { return value }
            text += GoText.json(float)
        case .string(let string): write(string)
        case .array(let elements): return write(elements)
        case .map(let map): return write(map)
        case .duration(let nanoseconds): text += nanoseconds.description
        case .groups, .time: return value
        }
        return nil
    }

    private mutating func write(_ elements: [Value]) -> Value? {
        if elements.isEmpty {
            text += "[]"
            return nil
        }
        text += "["
        indent += 1
        for (index, element) in elements.enumerated() {
            newLine(after: index > 0)
            if let culprit = write(element) { return culprit }
        }
        indent -= 1
        newLine(after: false)
        text += "]"
        return nil
    }

    private mutating func write(_ map: [String: Value]) -> Value? {
        if map.isEmpty {
            text += "{}"
            return nil
        }
        text += "{"
        indent += 1
        for (index, (key, value)) in map.sorted(by: { $0.key < $1.key }).enumerated() {
            newLine(after: index > 0)
            write(key)
            text += ": "
            if let culprit = write(value) { return culprit }
        }
        indent -= 1
        newLine(after: false)
        text += "}"
        return nil
    }

    private mutating func newLine(after hasMore: Bool) {
        text += hasMore ? ",\n" : "\n"
        text += String(repeating: "  ", count: indent)
    }

    private mutating func write(_ string: String) {
        text += "\""
        for scalar in string.unicodeScalars {
            if let escape = JSONWriter.escapes[scalar] {
                text += escape
            } else if scalar.value < 0x20 || "<>&\u{2028}\u{2029}".unicodeScalars.contains(scalar) {
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            } else {
                text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }

    private static let escapes: [Unicode.Scalar: String] = [
        "\"": "\\\"", "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\u{8}": "\\b", "\u{C}": "\\f",
    ]
}
