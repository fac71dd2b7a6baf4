/// Cuts a source into tokens.
struct Lexer {
    private let scalars: [Unicode.Scalar]
    private var position = 0
    /// The UTF-8 bytes before `position`, because that is what offsets count.
    private(set) var offset = 0

    static func tokens(of source: String) throws(ExpressionError) -> [Token] {
        guard source.utf8.count <= Limits.sourceBytes else {
            let message =
                "the expression has \(source.utf8.count) bytes; at most \(Limits.sourceBytes) are read"
            throw ExpressionError(.lex, at: 0, message)
        }
        var lexer = Lexer(scalars: Array(source.unicodeScalars))
        var tokens: [Token] = []
        repeat {
            tokens.append(try lexer.token())
        } while tokens.last?.kind != .end
        return tokens
    }

    private init(scalars: [Unicode.Scalar]) {
        self.scalars = scalars
    }

    private mutating func token() throws(ExpressionError) -> Token {
        try skipBlanks()
        let start = (position: position, offset: offset)
        let kind = try kind()
        return Token(kind: kind, text: text(from: start.position), offset: start.offset)
    }

    private mutating func kind() throws(ExpressionError) -> Token.Kind {
        guard let next = peek() else { return .end }
        if next.isDigit || next == "." && peek(1)?.isDigit == true { return try number() }
        if next.startsWord { return try word() }
        if next == "\"" || next == "'" { return .string(try quoted(by: next)) }
        if next == "`" { return .string(try raw()) }
        return try symbol()
    }

    private mutating func word() throws(ExpressionError) -> Token.Kind {
        let isPrefix = peek() == "b" || peek() == "B"
        if isPrefix, peek(1) == "\"" || peek(1) == "'" {
            throw fail("no measurement gives bytes, which `b\"…\"` makes; write a string without the `b`")
        }
        while peek()?.continuesWord == true { advance() }
        return .word
    }

    private mutating func symbol() throws(ExpressionError) -> Token.Kind {
        let pair = text(from: position, count: 2)
        if Lexer.pairs.contains(pair) {
            advance(2)
        } else if Lexer.singles.contains(pair.prefix(1)) {
            advance()
        } else {
            throw fail("unexpected character `\(text(from: position, count: 1))`")
        }
        return .symbol
    }

    private static let pairs: Set<String> = [
        "||", "&&", "==", "!=", "<=", ">=", "**", "??", "?.", "..", "::",
    ]
    private static let singles: Set<Substring> = [
        "+", "-", "*", "/", "%", "^", "<", ">", "!", "?", ":", ".", ",", "#", "|", ";", "=", "(", ")", "[",
        "]",
        "{", "}",
    ]

    private mutating func skipBlanks() throws(ExpressionError) {
        while let next = peek() {
            if next.isBlank {
                advance()
            } else if next == "/", peek(1) == "/" {
                while let inside = peek(), inside != "\n" { advance() }
            } else if next == "/", peek(1) == "*" {
                try skipBlockComment()
            } else {
                return
            }
        }
    }

    private mutating func skipBlockComment() throws(ExpressionError) {
        let start = offset
        advance(2)
        while !(peek() == "*" && peek(1) == "/") {
            guard peek() != nil else { throw fail("this comment is never closed; expected `*/`", at: start) }
            advance()
        }
        advance(2)
    }
}

/// How the other parts of the lexer read.
extension Lexer {
    func peek(_ ahead: Int = 0) -> Unicode.Scalar? {
        position + ahead < scalars.count ? scalars[position + ahead] : nil
    }

    mutating func advance(_ count: Int = 1) {
        for _ in 0..<count where position < scalars.count {
            offset += UTF8.width(scalars[position])
            position += 1
        }
    }

    /// Takes scalars as long as they fit, and returns them.
    mutating func take(while fits: (Unicode.Scalar) -> Bool) -> String {
        let start = position
        while let next = peek(), fits(next) { advance() }
        return text(from: start)
    }

    func fail(_ message: String, at place: Int? = nil) -> ExpressionError {
        ExpressionError(.lex, at: place ?? offset, message)
    }

    private func text(from start: Int) -> String {
        text(from: start, count: position - start)
    }

    private func text(from start: Int, count: Int) -> String {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars[start..<min(start + count, scalars.count)])
        return String(text)
    }
}

extension Unicode.Scalar {
    var isDigit: Bool { "0"..."9" ~= self }
    var startsWord: Bool { self == "_" || self == "$" || isLetter }
    var continuesWord: Bool { isDigit || startsWord || properties.generalCategory == .decimalNumber }
    fileprivate var isBlank: Bool { properties.isWhitespace }

    private var isLetter: Bool {
        switch properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
        default: false
        }
    }
}
