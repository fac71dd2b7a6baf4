/// A word of the source.
struct Token: Sendable, Equatable {
    enum Kind: Sendable, Equatable {
        case word
        case int(Int64)
        case float(Double)
        case string(String)
        case symbol
        case end
    }

    let kind: Kind
    /// As it is spelled in the source.
    let text: String
    let offset: Int

    /// How a message names it.
    var shown: String {
        kind == .end ? "the end" : "`\(text)`"
    }

    /// Whether it may name something; the words of the language may not.
    var isName: Bool { kind == .word && !Token.reserved.contains(text) }

    private static let reserved: Set<String> = [
        "let", "if", "else", "not", "and", "or", "in", "matches", "contains", "startsWith", "endsWith",
        "true", "false", "nil", "$env",
    ]

    func `is`(_ spelling: String) -> Bool {
        (kind == .symbol || kind == .word) && text == spelling
    }
}
