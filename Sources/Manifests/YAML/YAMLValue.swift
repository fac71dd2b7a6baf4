/// What a scalar means under the core schema of YAML 1.2.
///
/// `yes`, `no`, `on`, `off` and `1:30` are strings, as the schema says. A number with a leading zero is a string
/// too, which is stricter than the schema: YAML 1.1 reads `010` as 8, YAML 1.2 as 10, and JSON not at all, so
/// that nobody can know what its writer meant.
package enum YAMLValue: Sendable, Equatable {
    case null
    case bool(Bool)
    case integer(Int)
    /// A whole number that does not fit in 64 bits.
    case hugeInteger
    case float(Double)
    case string(String)

    /// Resolves a plain scalar.
    package init(core text: String) {
        self = Self.words[text] ?? Self.number(text) ?? .string(text)
    }

    private static let words: [String: YAMLValue] = [
        "": .null, "~": .null, "null": .null, "Null": .null, "NULL": .null,
        "true": .bool(true), "True": .bool(true), "TRUE": .bool(true),
        "false": .bool(false), "False": .bool(false), "FALSE": .bool(false),
        ".inf": .float(.infinity), ".Inf": .float(.infinity), ".INF": .float(.infinity),
        "+.inf": .float(.infinity), "+.Inf": .float(.infinity), "+.INF": .float(.infinity),
        "-.inf": .float(-.infinity), "-.Inf": .float(-.infinity), "-.INF": .float(-.infinity),
        ".nan": .float(.nan), ".NaN": .float(.nan), ".NAN": .float(.nan),
    ]

    /// No number that means anything is longer, and turning digits into a number is not linear in their count.
    private static let numberBytesMax = 256

    private static func number(_ text: String) -> YAMLValue? {
        guard text.utf8.count <= numberBytesMax else { return nil }
        if text.hasPrefix("0x") { return integer(text.dropFirst(2), radix: 16) }
        if text.hasPrefix("0o") { return integer(text.dropFirst(2), radix: 8) }
        guard let literal = DecimalLiteral(text) else { return nil }
        if literal.isWhole { return Int(text).map(YAMLValue.integer) ?? .hugeInteger }
        return Double(literal.canonical).map(YAMLValue.float)
    }

    private static func integer(_ digits: Substring, radix: Int) -> YAMLValue? {
        guard let first = digits.utf8.first, first != UInt8(ascii: "+"), first != UInt8(ascii: "-") else {
            return nil
        }
        guard digits.utf8.allSatisfy({ isDigit($0, radix: radix) }) else { return nil }
        return Int(digits, radix: radix).map(YAMLValue.integer) ?? .hugeInteger
    }

    private static func isDigit(_ byte: UInt8, radix: Int) -> Bool {
        Character(UnicodeScalar(byte)).hexDigitValue.map { $0 < radix } ?? false
    }
}
