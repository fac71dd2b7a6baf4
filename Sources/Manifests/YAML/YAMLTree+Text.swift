extension YAMLTree {
    /// The tree as block YAML without a last line break, its keys sorted, so that two prints can be compared. All
    /// strings that another reader could take for something else are quoted.
    package var text: String { lines(indent: 0).joined(separator: "\n") }

    private func lines(indent: Int) -> [String] {
        let margin = String(repeating: "  ", count: indent)
        switch self {
        case .mapping(let members) where !members.isEmpty:
            return members.sorted { $0.key < $1.key }.flatMap { key, value in
                value.entry("\(margin)\(YAMLTree.string(key).scalar):", indent: indent + 1)
            }
        case .list(let items) where !items.isEmpty: return items.flatMap { $0.item(margin, indent: indent) }
        default: return [margin + scalar]
        }
    }

    private func entry(_ head: String, indent: Int) -> [String] {
        isNested ? [head] + lines(indent: indent) : ["\(head) \(scalar)"]
    }

    /// The first line of a nested item stands behind its dash.
    private func item(_ margin: String, indent: Int) -> [String] {
        let lines = lines(indent: indent + 1)
        return ["\(margin)- \(lines[0].dropFirst(margin.count + 2))"] + lines.dropFirst()
    }

    private var isNested: Bool {
        switch self {
        case .mapping(let members): !members.isEmpty
        case .list(let items): !items.isEmpty
        default: false
        }
    }

    private var scalar: String {
        switch self {
        case .null: "null"
        case .bool(let bool): "\(bool)"
        case .int(let int): "\(int)"
        case .float(let float): "\(float)"
        // JSON's strings are YAML's double-quoted ones.
        case .string(let text): text.isPlain ? text : JSONText.string(text)
        case .list: "[]"
        case .mapping: "{}"
        }
    }
}

extension String {
    /// Whether every reader of YAML takes it for itself without quotes.
    fileprivate var isPlain: Bool {
        let reserved = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"]
        return first?.isLetter == true && !reserved.contains(lowercased())
            && allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_./".contains($0)) }
    }
}
