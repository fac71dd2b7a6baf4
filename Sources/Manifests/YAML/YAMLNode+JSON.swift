import Foundation

extension YAMLNode {
    /// The value as JSON, in one line, sorted by key: for what is handed on unread to whoever understands it. Equal
    /// values are equal texts.
    package var jsonText: String {
        switch content {
        case .scalar(let scalar): scalar.jsonText
        case .sequence(let items): "[" + items.map(\.jsonText).joined(separator: ",") + "]"
        case .mapping(let entries): JSONText.object(entries.map { ($0.key.text, $0.value.jsonText) })
        }
    }
}

extension YAMLScalar {
    fileprivate var jsonText: String {
        switch value {
        case .null: "null"
        case .bool(let value): "\(value)"
        case .integer(let value): "\(value)"
        case .hugeInteger: JSONText.string(text)
        // JSON has no infinity; whoever reads this says so of a string.
        case .float(let value): value.isFinite ? "\(value)" : JSONText.string(text)
        case .string(let text): JSONText.string(text)
        }
    }
}

/// Puts JSON together from pieces that are JSON already.
enum JSONText {
    static func object(_ members: [(key: String, value: String)]) -> String {
        let sorted = members.sorted { $0.key < $1.key }.map { "\(string($0.key)):\($0.value)" }
        return "{" + sorted.joined(separator: ",") + "}"
    }

    static func list(_ texts: [String]) -> String {
        "[" + texts.map(string).joined(separator: ",") + "]"
    }

    static func string(_ text: String) -> String {
        "\"" + text.unicodeScalars.map(escaped).joined() + "\""
    }

    private static func escaped(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\"": "\\\""
        case "\\": "\\\\"
        case "\n": "\\n"
        case _ where scalar.value < 0x20: String(format: "\\u%04x", scalar.value)
        default: String(scalar)
        }
    }
}
