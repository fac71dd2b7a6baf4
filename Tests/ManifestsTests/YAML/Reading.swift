import Manifests

/// Reads a text as `test.yaml`.
func read(_ text: String, _ diagnostics: Diagnostics, limits: YAMLLimits = .manifest) -> [YAMLDocument] {
    YAMLReader(limits: limits).read(Array(text.utf8), file: "test.yaml", diagnostics)
}

/// What is said about a text, one line each, without the name of the file.
func problems(_ text: String, limits: YAMLLimits = .manifest) -> [String] {
    problems(Array(text.utf8), limits: limits)
}

func problems(_ bytes: [UInt8], limits: YAMLLimits = .manifest) -> [String] {
    let diagnostics = Diagnostics()
    _ = YAMLReader(limits: limits).read(bytes, file: "t", diagnostics)
    return diagnostics.sorted.map { String($0.description.dropFirst("t:".count)) }
}

/// The root of a text that holds one document and is not wrong.
func root(_ text: String) throws -> YAMLNode {
    let documents = try YAMLReader().read(Array(text.utf8), file: "test.yaml")
    struct NotOne: Error {}
    guard documents.count == 1 else { throw NotOne() }
    return documents[0].root
}

extension YAMLNode {
    /// The tree without its marks, on one line, strings in quotes.
    var outline: String {
        switch content {
        case .sequence(let items): "[\(items.map(\.outline).joined(separator: " "))]"
        case .mapping(let entries):
            "{\(entries.map { "\($0.key.text)=\($0.value.outline)" }.joined(separator: " "))}"
        case .scalar(let scalar):
            switch scalar.value {
            case .string(let text): "'\(text)'"
            default: scalar.text
            }
        }
    }
}
