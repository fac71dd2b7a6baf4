import ArgumentParser
import Foundation

/// How a command prints data.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
    case table, text, json, yaml
}

enum Output {
    /// Stable text: sorted keys, so that two prints can be compared.
    static func json(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    static func yaml(_ value: some Encodable) throws -> String {
        YAMLText(
            try JSONSerialization.jsonObject(with: Data(try json(value).utf8), options: .fragmentsAllowed)
        ).text
    }

    static func complain(_ line: String) {
        FileHandle.standardError.write(Data((line + "\n").utf8))
    }
}

/// A JSON tree as YAML. All strings that another reader could take for something else are quoted.
private struct YAMLText {
    let text: String

    init(_ tree: Any) {
        text = Self.block(tree, indent: 0).joined(separator: "\n")
    }

    private static func block(_ tree: Any, indent: Int) -> [String] {
        let margin = String(repeating: "  ", count: indent)
        switch tree {
        case let map as [String: Any] where !map.isEmpty:
            return map.sorted { $0.key < $1.key }.flatMap { key, value in
                entry(margin + scalar(key) + ":", value, indent: indent + 1)
            }
        case let list as [Any] where !list.isEmpty:
            return list.flatMap { item(margin, $0, indent: indent) }
        default: return [margin + scalar(tree)]
        }
    }

    private static func entry(_ head: String, _ value: Any, indent: Int) -> [String] {
        isNested(value) ? [head] + block(value, indent: indent) : ["\(head) \(scalar(value))"]
    }

    /// The first line of a nested item stands behind its dash.
    private static func item(_ margin: String, _ value: Any, indent: Int) -> [String] {
        let lines = block(value, indent: indent + 1)
        let first = lines[0].dropFirst(margin.count + 2)
        return ["\(margin)- \(first)"] + lines.dropFirst()
    }

    private static func isNested(_ value: Any) -> Bool {
        switch value {
        case let map as [String: Any]: !map.isEmpty
        case let list as [Any]: !list.isEmpty
        default: false
        }
    }

    private static func scalar(_ value: Any) -> String {
        switch value {
        case let text as String:
            text.allSatisfy(isPlain) && text.first?.isLetter == true && !isReserved(text)
                ? text : quoted(text)
        case let number as NSNumber where String(cString: number.objCType) == "c":
            number.boolValue ? "true" : "false"
        case let number as NSNumber: number.stringValue
        case is [String: Any]: "{}"
        case is [Any]: "[]"
        default: "null"
        }
    }

    private static func isPlain(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character.isNumber || "-_./".contains(character))
    }

    private static func isReserved(_ text: String) -> Bool {
        ["true", "false", "null", "yes", "no", "on", "off", "y", "n"].contains(text.lowercased())
    }

    private static func quoted(_ text: String) -> String {
        // JSON's strings are YAML's double-quoted ones.
        let data = try? JSONSerialization.data(
            withJSONObject: text, options: [.fragmentsAllowed, .withoutEscapingSlashes])
        return data.map { String(decoding: $0, as: UTF8.self) } ?? "\"\""
    }
}
