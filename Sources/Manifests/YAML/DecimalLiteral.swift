/// A number as it is written in decimal, taken apart but not rounded: `-12.50e3`.
struct DecimalLiteral: Equatable {
    let isNegative: Bool
    let whole: Substring
    /// Nil without a decimal point.
    let fraction: Substring?
    /// Sign and digits; nil without an exponent.
    let exponent: Substring?

    /// Nil when `text` is no decimal number, or begins with a zero that no decimal point follows.
    init?(_ text: String) {
        var rest = text[...]
        let sign = rest.take(oneOf: "+-")
        whole = rest.take(while: \.isASCIIDigit)
        fraction = rest.take(oneOf: ".") == nil ? nil : rest.take(while: \.isASCIIDigit)
        exponent = Self.exponent(&rest)
        isNegative = sign == "-"
        guard rest.isEmpty, !whole.isEmpty || !(fraction ?? "").isEmpty else { return nil }
        guard whole == "0" || whole.first != "0" else { return nil }
    }

    /// Whether it has neither a decimal point nor an exponent.
    var isWhole: Bool { fraction == nil && exponent == nil }

    /// The same number with digits on both sides of its point, which every parser of numbers takes.
    var canonical: String {
        let mantissa = "\(whole.isEmpty ? "0" : whole).\((fraction ?? "").isEmpty ? "0" : fraction ?? "")"
        return (isNegative ? "-" : "") + mantissa + (exponent.map { "e" + $0 } ?? "")
    }

    private static func exponent(_ rest: inout Substring) -> Substring? {
        var ahead = rest
        guard ahead.take(oneOf: "eE") != nil else { return nil }
        let start = ahead.startIndex
        _ = ahead.take(oneOf: "+-")
        guard !ahead.take(while: \.isASCIIDigit).isEmpty else { return nil }
        defer { rest = ahead }
        return ahead.base[start..<ahead.startIndex]
    }
}

extension Character {
    /// By its byte: between "0" and "9" sort other characters too, such as a 1 with an accent.
    var isASCIIDigit: Bool { asciiValue.map { (0x30...0x39).contains($0) } ?? false }
}

extension Substring {
    /// Takes the first character off when it is one of `characters`.
    mutating func take(oneOf characters: String) -> Character? {
        guard let first, characters.contains(first) else { return nil }
        removeFirst()
        return first
    }

    /// Takes off the longest run of characters that satisfy `condition`.
    mutating func take(while condition: (Character) -> Bool) -> Substring {
        let run = prefix(while: condition)
        self = self[run.endIndex...]
        return run
    }
}
