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

    func `is`(_ spelling: String) -> Bool {
        (kind == .symbol || kind == .word) && text == spelling
    }
}
