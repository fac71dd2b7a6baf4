import Foundation

/// Takes secrets out of what others say about a request: they like to repeat it.
package struct Concealment: Sendable {
    /// As they may be spelled, the longest first.
    private let spellings: [String]
    /// A tenant named `1` is no secret, and its digit stands in half of all messages.
    private static let bytesMin = 4
    private static let mask = "(concealed)"

    package init(_ secrets: [String]) {
        let all = Set(secrets.flatMap(Self.spellings)).filter { $0.utf8.count >= Self.bytesMin }
        spellings = all.sorted { ($1.utf8.count, $0) < ($0.utf8.count, $1) }
    }

    package func concealed(in text: String) -> String {
        let whole = spellings.reduce(text) { $0.replacing($1, with: Self.mask) }
        return spellings.reduce(whole) { $0.cutBefore(a: $1, from: Self.bytesMin, Self.mask) }
    }

    /// Plain, in a URL or a form, and within the quotation marks of JSON or Go.
    private static func spellings(_ secret: String) -> [String] {
        let escaped = secret.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
            .replacing("\n", with: "\\n").replacing("\t", with: "\\t")
        let encoded = secret.addingPercentEncoding(withAllowedCharacters: .alphanumerics)
        return [secret, escaped, encoded ?? secret]
    }
}

extension String {
    /// Messages are cut to a length: a secret's beginning may be their end.
    fileprivate func cutBefore(a secret: String, from least: Int, _ mask: String) -> String {
        let isCut = hasSuffix("…")
        let text = isCut ? String(dropLast()) : self
        var start = secret.dropLast()
        while start.utf8.count >= least {
            if text.hasSuffix(start) { return text.dropLast(start.count) + mask + (isCut ? "…" : "") }
            start = start.dropLast()
        }
        return self
    }
}
