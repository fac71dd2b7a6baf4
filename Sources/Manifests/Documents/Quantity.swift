/// Amounts as Kubernetes writes them: `100m`, `0.5`, `64Mi`, `1e3`.
enum Quantity {
    private static let suffixes: Set<Substring> = [
        "", "n", "u", "m", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei",
    ]

    static func isValid(_ text: String) -> Bool {
        var rest = text[...]
        _ = rest.take(oneOf: "+-")
        let whole = rest.take(while: \.isASCIIDigit)
        let fraction = rest.take(oneOf: ".") == nil ? "" : rest.take(while: \.isASCIIDigit)
        guard !whole.isEmpty || !fraction.isEmpty else { return false }
        return suffixes.contains(rest) || isExponent(rest)
    }

    private static func isExponent(_ text: Substring) -> Bool {
        var rest = text
        guard rest.take(oneOf: "eE") != nil else { return false }
        _ = rest.take(oneOf: "+-")
        return !rest.take(while: \.isASCIIDigit).isEmpty && rest.isEmpty
    }
}
