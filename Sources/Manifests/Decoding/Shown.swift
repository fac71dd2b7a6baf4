/// How much of a text from a file is shown in a message.
let shownMax = 60

/// A text from a file in quotes, fit to stand in a message.
package func quoted(_ text: String) -> String { "\"\(text.shown)\"" }

extension String {
    /// This text on one line, shortened, and without characters that move a terminal's cursor or turn text around.
    var shown: String {
        let start = unicodeScalars.prefix(shownMax)
        return start.map(\.shown).joined() + (start.endIndex < unicodeScalars.endIndex ? "…" : "")
    }

    /// This text as the name of a key.
    var shownAsKey: String { "`\(shown)`" }
}

extension Unicode.Scalar {
    fileprivate var shown: String {
        switch (self, properties.generalCategory) {
        case ("\n", _): "\\n"
        case ("\t", _): "\\t"
        case ("\r", _): "\\r"
        case ("\"", _), ("\\", _): "\\\(self)"
        case (_, .control), (_, .format), (_, .lineSeparator), (_, .paragraphSeparator):
            "\\u{\(String(value, radix: 16))}"
        default: String(self)
        }
    }
}

extension YAMLNode {
    /// What kind of node this is, with its article.
    var kind: String {
        switch content {
        case .scalar: "a scalar"
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }

    /// What stands here, for a message that says something else was expected.
    var found: String {
        switch value {
        case nil: kind
        case .null: "nothing"
        case .bool(let bool): "\(bool)"
        case .integer, .hugeInteger, .float: "the number \(scalar?.text.shown ?? "")"
        case .string(let text): "the string \(quoted(text))"
        }
    }
}
