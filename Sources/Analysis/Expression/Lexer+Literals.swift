extension Lexer {
    /// `42 1_000 0x2A 0o52 0b101 .5 1.5e-3`; a dot or an exponent makes it a float.
    mutating func number() throws(ExpressionError) -> Token.Kind {
        let start = offset
        let kind =
            if peek() == "0", let radix = Lexer.radixes[peek(1) ?? " "] {
                try prefixed(radix: radix)
            } else {
                try decimal()
            }
        if peek()?.continuesWord == true { throw fail("a number can't be followed by letters", at: start) }
        return kind
    }

    private static let radixes: [Unicode.Scalar: Int] = ["x": 16, "X": 16, "o": 8, "O": 8, "b": 2, "B": 2]

    private mutating func prefixed(radix: Int) throws(ExpressionError) -> Token.Kind {
        let start = offset
        advance(2)
        let digits = take { $0.continuesWord }
        guard let int = Int64(digits.withoutUnderscores, radix: radix), int >= 0 else {
            throw fail("`\(digits)` is no int of base \(radix) below 2^63", at: start)
        }
        return .int(int)
    }

    private mutating func decimal() throws(ExpressionError) -> Token.Kind {
        let start = offset
        var text = digits()
        // `1..3` is a range, not the float `1.` and a dot.
        let hasFraction = peek() == "." && peek(1) != "."
        if hasFraction {
            advance()
            text += "." + digits()
        }
        let exponent = exponent()
        if let exponent { text += exponent }
        return hasFraction || exponent != nil ? try float(text, at: start) : try int(text, at: start)
    }

    private mutating func digits() -> String {
        take { $0.isDigit || $0 == "_" }.withoutUnderscores
    }

    private mutating func exponent() -> String? {
        guard peek() == "e" || peek() == "E" else { return nil }
        advance()
        let sign = peek() == "+" || peek() == "-" ? take { $0 == "+" || $0 == "-" } : ""
        return "e" + sign + digits()
    }

    private func int(_ text: String, at start: Int) throws(ExpressionError) -> Token.Kind {
        guard let int = Int64(text) else {
            throw fail("\(text) is too large for an int of 64 bits", at: start)
        }
        return .int(int)
    }

    private func float(_ text: String, at start: Int) throws(ExpressionError) -> Token.Kind {
        guard let float = Double(decimal: text) else { throw fail("`\(text)` is no number", at: start) }
        guard float.isFinite else { throw fail("\(text) is too large for a float", at: start) }
        return .float(float)
    }
}

extension Lexer {
    /// Everything up to the next backtick, as it stands.
    mutating func raw() throws(ExpressionError) -> String {
        let start = offset
        advance()
        let text = take { $0 != "`" }
        guard peek() != nil else { throw fail("this string is never closed; expected \"`\"", at: start) }
        advance()
        return text
    }

    mutating func quoted(by quote: Unicode.Scalar) throws(ExpressionError) -> String {
        let start = offset
        var text = String.UnicodeScalarView()
        advance()
        while let next = peek(), next != "\n", next != quote {
            advance()
            text.append(next == "\\" ? try escaped() : next)
        }
        guard peek() == quote else {
            throw fail("this string is never closed; expected `\(quote)`", at: start)
        }
        advance()
        return String(text)
    }

    /// What stands after a backslash.
    private mutating func escaped() throws(ExpressionError) -> Unicode.Scalar {
        let start = offset - 1
        guard let letter = peek() else { throw fail("this string is never closed", at: start) }
        if let plain = Lexer.escapes[letter] {
            advance()
            return plain
        }
        return try coded(letter, at: start)
    }

    /// `\x41`, `\u0041`, `\u{41}`, `\U00000041` and the octal `\101`.
    private mutating func coded(_ letter: Unicode.Scalar, at start: Int) throws(ExpressionError)
        -> Unicode.Scalar
    {
        if "0"..."3" ~= letter { return try scalar(digits: 3, radix: 8, at: start) }
        guard let digits = Lexer.codedDigits[letter] else {
            throw fail("unknown escape `\\\(letter)`; for a backslash write `\\\\`", at: start)
        }
        advance()
        guard letter == "u", peek() == "{" else { return try scalar(digits: digits, radix: 16, at: start) }
        advance()
        let text = take { $0 != "}" && $0 != "\"" && $0 != "'" }
        advance()
        return try scalar(text, radix: 16, at: start)
    }

    private mutating func scalar(digits: Int, radix: Int, at start: Int) throws(ExpressionError)
        -> Unicode.Scalar
    {
        var left = digits
        let text = take { _ in
            left -= 1
            return left >= 0
        }
        guard text.unicodeScalars.count == digits else { throw fail("expected \(digits) digits", at: start) }
        return try scalar(text, radix: radix, at: start)
    }

    private func scalar(_ text: String, radix: Int, at start: Int) throws(ExpressionError) -> Unicode.Scalar {
        guard text.first != "+", let code = UInt32(text, radix: radix), let scalar = Unicode.Scalar(code)
        else {
            throw fail("`\(text)` is not the code of a character", at: start)
        }
        return scalar
    }

    private static let escapes: [Unicode.Scalar: Unicode.Scalar] = [
        "a": "\u{07}", "b": "\u{08}", "f": "\u{0C}", "n": "\n", "r": "\r", "t": "\t", "v": "\u{0B}",
        "\\": "\\", "'": "'", "\"": "\"", "`": "`", "?": "?",
    ]
    private static let codedDigits: [Unicode.Scalar: Int] = ["x": 2, "u": 4, "U": 8]
}

extension String {
    var withoutUnderscores: String { String(unicodeScalars.filter { $0 != "_" }) }
}

extension Double {
    /// Reads decimal notation only: no hexadecimal, no words, no blanks.
    init?(decimal text: String) {
        guard text.utf8.allSatisfy({ Double.decimalBytes.contains($0) }) else { return nil }
        self.init(text)
    }

    private static let decimalBytes = Set("0123456789.eE+-".utf8)
}
