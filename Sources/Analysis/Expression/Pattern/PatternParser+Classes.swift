/// Sets of characters.
extension PatternParser {
    /// `[a-z\d[:alpha:]]`, of which the first bracket is read.
    mutating func characterClass() throws(PatternError) -> ScalarSet {
        let isNegated = take("^")
        var (ranges, categories) = ([ClosedRange<UInt32>](), [ScalarSet.Categories]())
        var isFirst = true
        while isFirst || peek() != "]" {
            isFirst = false
            guard peek() != nil else { throw PatternError("a `[` has no `]`") }
            if take("[", ":") {
                ranges += try named()
            } else if let known = try shorthand() {
                ranges += known.ranges
                categories += known.categories
            } else {
                ranges.append(try range())
            }
        }
        _ = pop()
        return ScalarSet(ranges, categories, isNegated: isNegated, ignoresCase: ignoresCase)
    }

    /// One character, or two with a dash between them.
    private mutating func range() throws(PatternError) -> ClosedRange<UInt32> {
        let low = try member()
        var ahead = self
        guard ahead.take("-"), let next = ahead.peek(), next != "]" else { return low.value...low.value }
        self = ahead
        let high = try member()
        guard low <= high else { throw PatternError("the range `\(low)-\(high)` runs backwards") }
        return low.value...high.value
    }

    private mutating func member() throws(PatternError) -> Unicode.Scalar {
        guard let next = pop() else { throw PatternError("a `[` has no `]`") }
        return next == "\\" ? try escapedScalar() : next
    }

    /// `[:alpha:]`, of which `[:` is read. ASCII only, as in RE2.
    private mutating func named() throws(PatternError) -> [ClosedRange<UInt32>] {
        let isNegated = take("^")
        var name = ""
        while let next = peek(), next != ":", next != "]" {
            name.unicodeScalars.append(next)
            _ = pop()
        }
        guard take(":", "]"), let text = PatternParser.classes[name] else {
            let known = PatternParser.classes.keys.sorted().joined(separator: ", ")
            throw PatternError("unknown class `[:\(name):]`; known: \(known)")
        }
        let ranges = ScalarSet.ranges(text)
        return isNegated ? ScalarSet.complement(of: ranges) : ranges
    }

    /// Each as pairs of first and last.
    private static let classes: [String: String] = [
        "alnum": "09AZaz", "alpha": "AZaz", "ascii": "\0\u{7F}", "blank": "\t\t  ",
        "cntrl": "\0\u{1F}\u{7F}\u{7F}",
        "digit": "09", "graph": "!~", "lower": "az", "print": " ~", "punct": "!/:@[`{~", "space": "\t\r  ",
        "upper": "AZ", "word": "09AZaz__", "xdigit": "09AFaf",
    ]
}

/// What stands behind a backslash.
extension PatternParser {
    /// Outside of brackets.
    mutating func escape() throws(PatternError) -> PatternSyntax {
        if let condition = peek().flatMap({ PatternParser.conditions[$0] }) {
            _ = pop()
            return .condition(condition)
        }
        if let known = try named(by: peek()) {
            return .set(ScalarSet(known.ranges, known.categories, ignoresCase: ignoresCase))
        }
        return literal(try escapedScalar())
    }

    private static let conditions: [Unicode.Scalar: PatternSyntax.Condition] = [
        "A": .textBegins, "z": .textEnds, "b": .wordBoundary, "B": .noWordBoundary,
    ]

    struct Named {
        var ranges: [ClosedRange<UInt32>] = []
        var categories: [ScalarSet.Categories] = []
    }

    /// `\d` and the like inside of brackets; nil when something else stands there.
    private mutating func shorthand() throws(PatternError) -> Named? {
        guard peek() == "\\" else { return nil }
        var ahead = self
        _ = ahead.pop()
        guard let known = try ahead.named(by: ahead.peek()) else { return nil }
        self = ahead
        return known
    }

    /// Of which the backslash is read; nil, with nothing more read, when the letter names no set.
    private mutating func named(by letter: Unicode.Scalar?) throws(PatternError) -> Named? {
        guard let letter else { return nil }
        if letter == "p" || letter == "P" {
            _ = pop()
            return try category(isNegated: letter == "P")
        }
        guard let text = PatternParser.shorthands[letter.simpleLowercase] else { return nil }
        _ = pop()
        let ranges = ScalarSet.ranges(text)
        return Named(ranges: letter == letter.simpleLowercase ? ranges : ScalarSet.complement(of: ranges))
    }

    private static let shorthands: [Unicode.Scalar: String] = [
        "d": "09", "s": "\t\n\u{C}\r  ", "w": "09AZaz__",
    ]

    /// `L`, `{Lu}` or `{^Lu}`.
    private mutating func category(isNegated: Bool) throws(PatternError) -> Named {
        var name = ""
        if take("{") {
            while let next = pop(), next != "}" { name.unicodeScalars.append(next) }
        } else if let next = pop() {
            name.unicodeScalars.append(next)
        }
        let isTurned = name.hasPrefix("^")
        if isTurned { name.removeFirst() }
        if name == "Any" { return Named(ranges: isNegated == isTurned ? [0...0x10FFFF] : []) }
        let names = Set(
            PatternParser.categories.filter { $0 == name || name.count == 1 && $0.hasPrefix(name) })
        guard !names.isEmpty else {
            let known = PatternParser.categories.joined(separator: ", ")
            throw PatternError(
                "unknown category `\\p{\(name)}`; known: \(known), and their first letters alone")
        }
        return Named(categories: [.init(names: names, isNegated: isNegated != isTurned)])
    }

    private static let categories = [
        "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf",
        "Po", "Sm", "Sc", "Sk", "So", "Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Co",
    ]

    /// One character, of which the backslash is read.
    private mutating func escapedScalar() throws(PatternError) -> Unicode.Scalar {
        guard let letter = pop() else { throw PatternError("it ends with a backslash") }
        switch letter {
        case "x": return try hexadecimal()
        case "0"..."7": return try octal(from: letter)
        default: break
        }
        if let control = PatternParser.controls[letter] { return control }
        guard letter.isASCII, letter != "_", !letter.isDigit, !letter.properties.isAlphabetic else {
            throw PatternError("unknown escape `\\\(letter)`")
        }
        return letter
    }

    private static let controls: [Unicode.Scalar: Unicode.Scalar] = [
        "a": "\u{7}", "f": "\u{C}", "n": "\n", "r": "\r", "t": "\t", "v": "\u{B}",
    ]

    private mutating func octal(from first: Unicode.Scalar) throws(PatternError) -> Unicode.Scalar {
        var digits = String(first)
        while digits.utf8.count < 3, let next = peek(), "0"..."7" ~= next {
            digits.unicodeScalars.append(next)
            _ = pop()
        }
        guard first == "0" || digits.utf8.count > 1 else {
            throw PatternError("`\\\(first)` refers back to a group, which RE2 does not")
        }
        return try scalar(digits, radix: 8)
    }

    /// `41` or `{1F600}`.
    private mutating func hexadecimal() throws(PatternError) -> Unicode.Scalar {
        var digits = ""
        let isBraced = take("{")
        while digits.utf8.count < (isBraced ? 6 : 2), let next = peek(), next != "}" {
            digits.unicodeScalars.append(next)
            _ = pop()
        }
        guard isBraced ? take("}") : digits.utf8.count == 2 else {
            throw PatternError("`\\x` needs two hexadecimal digits, or some in braces")
        }
        return try scalar(digits, radix: 16)
    }

    private func scalar(_ digits: String, radix: Int) throws(PatternError) -> Unicode.Scalar {
        guard digits.first != "+", let code = UInt32(digits, radix: radix), let scalar = Unicode.Scalar(code)
        else {
            throw PatternError("`\(digits)` is not the code of a character")
        }
        return scalar
    }
}

extension ScalarSet {
    static let all = ScalarSet([0...0x10FFFF])
    static let allButNewline = ScalarSet([0...9, 11...0x10FFFF])

    /// Of pairs of first and last.
    static func ranges(_ text: String) -> [ClosedRange<UInt32>] {
        let ends = text.unicodeScalars.map(\.value)
        return stride(from: 0, to: ends.count - 1, by: 2).map { ends[$0]...ends[$0 + 1] }
    }

    /// Of ranges in order.
    static func complement(of ranges: [ClosedRange<UInt32>]) -> [ClosedRange<UInt32>] {
        var (complement, next) = ([ClosedRange<UInt32>](), UInt32(0))
        for range in ranges {
            if next < range.lowerBound { complement.append(next...(range.lowerBound - 1)) }
            next = range.upperBound + 1
        }
        return complement + [next...0x10FFFF]
    }
}
