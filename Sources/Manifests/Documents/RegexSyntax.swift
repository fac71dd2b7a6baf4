/// Whether a text is a regular expression that RE2 can read.
///
/// Not the whole grammar, but what people bring along from engines that go back and forth (lookaround,
/// backreferences, possessive repeats), and what stays open. The mesh checks the rest and says so.
struct RegexSyntax {
    private static let repeatMax = 1_000
    private static let depthMax = 50

    private var rest: Substring.UnicodeScalarView
    private var depth = 0
    /// Whether something stands before that can be repeated.
    private var canRepeat = false
    private var hasRepeated = false

    private init(_ text: String) {
        rest = text[...].unicodeScalars
    }

    /// What is wrong with it, to stand behind the expression; nil when nothing was found.
    static func flaw(of text: String) -> String? {
        var syntax = RegexSyntax(text)
        do throws(Flaw) {
            try syntax.read()
            return nil
        } catch {
            return "is no regular expression of RE2: it \(error.message)"
        }
    }

    private struct Flaw: Error {
        let message: String
    }

    private mutating func read() throws(Flaw) {
        while let scalar = rest.popFirst() { try take(scalar) }
        if depth > 0 { throw Flaw(message: "has a ( without its )") }
    }

    private mutating func take(_ scalar: Unicode.Scalar) throws(Flaw) {
        switch scalar {
        case "\\": try escape()
        case "(": try open()
        case ")": try close()
        case "[": try brackets()
        case "*", "+", "?": try repetition(scalar)
        case "{": try counts()
        case "|", "^": stands(canRepeat: false)
        default: stands(canRepeat: true)
        }
    }

    private mutating func stands(canRepeat: Bool) {
        self.canRepeat = canRepeat
        hasRepeated = false
    }
}

// MARK: - Groups

extension RegexSyntax {
    private mutating func open() throws(Flaw) {
        depth += 1
        if depth > Self.depthMax { throw Flaw(message: "has too many parentheses in one another") }
        stands(canRepeat: false)
        guard rest.first == "?" else { return }
        rest.removeFirst()
        for look in ["=", "!", "<=", "<!"] where rest.starts(with: look.unicodeScalars) {
            throw Flaw(message: "looks around with (?\(look), which RE2 can't; match the whole text instead")
        }
        let word = rest.prefix { !":)>".unicodeScalars.contains($0) }
        rest.removeFirst(word.count)
        try checkKind(of: word, end: rest.popFirst())
    }

    /// `(?:`, `(?i)`, `(?i:`, `(?P<name>` and `(?<name>`.
    private mutating func checkKind(
        of word: Substring.UnicodeScalarView, end: Unicode.Scalar?
    ) throws(Flaw) {
        let isNamed = word.starts(with: "P<".unicodeScalars) || word.first == "<"
        let isFlags = word.allSatisfy { "imsU-".unicodeScalars.contains($0) }
        switch end {
        case ">" where isNamed && word.last != "<", ":" where isFlags: return
        case ")" where isFlags && !word.isEmpty: depth -= 1
        default: throw Flaw(message: "has (?\(String(word)), which RE2 does not know")
        }
    }

    private mutating func close() throws(Flaw) {
        guard depth > 0 else { throw Flaw(message: "has a ) without its (") }
        depth -= 1
        stands(canRepeat: true)
    }

    private mutating func brackets() throws(Flaw) {
        if rest.first == "^" { rest.removeFirst() }
        var last: Unicode.Scalar?
        var isFirst = true
        while let scalar = rest.popFirst() {
            if scalar == "]", !isFirst { return stands(canRepeat: true) }
            isFirst = false
            if scalar == "[", rest.first == ":" {
                try namedClass()
                last = nil
            } else if scalar == "\\" {
                try escape(inBrackets: true)
                last = nil
            } else if scalar == "-", let start = last, let end = rest.first, end != "]", end != "\\" {
                rest.removeFirst()
                if end < start { throw Flaw(message: "has the range \(start)-\(end), which is backwards") }
                last = nil
            } else {
                last = scalar
            }
        }
        throw Flaw(message: "has a [ without its ]")
    }

    private mutating func namedClass() throws(Flaw) {
        let name = rest.dropFirst().prefix { $0 != ":" && $0 != "]" }
        let bare = String(name.first == "^" ? name.dropFirst() : name)
        rest.removeFirst(1 + name.count)
        let known = [
            "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space",
            "upper", "word", "xdigit",
        ]
        guard known.contains(bare), rest.starts(with: ":]".unicodeScalars) else {
            throw Flaw(message: "has the unknown class [:\(bare.shown):]")
        }
        rest.removeFirst(2)
    }
}

// MARK: - Repeats and escapes

extension RegexSyntax {
    private mutating func repetition(_ mark: Unicode.Scalar) throws(Flaw) {
        guard canRepeat else {
            throw Flaw(
                message: hasRepeated
                    ? "repeats a repetition with \(mark), which RE2 does not know"
                    : "has nothing before \(mark)")
        }
        // `*?` asks for the shortest match.
        if rest.first == "?" { rest.removeFirst() }
        canRepeat = false
        hasRepeated = true
    }

    /// `{2}`, `{2,}`, `{2,5}`; any other brace is a brace.
    private mutating func counts() throws(Flaw) {
        let inner = rest.prefix { $0 != "}" }
        let parts = String(inner).split(separator: ",", omittingEmptySubsequences: false)
        let isCount = parts.first?.isEmpty == false && parts.count <= 2 && parts.allSatisfy(\.isDigits)
        guard isCount, inner.endIndex < rest.endIndex else { return stands(canRepeat: true) }
        rest.removeFirst(inner.count + 1)
        let numbers = parts.filter { !$0.isEmpty }.map { Int($0) ?? .max }
        guard numbers.allSatisfy({ $0 <= Self.repeatMax }) else {
            throw Flaw(message: "repeats more than \(Self.repeatMax) times")
        }
        if numbers.count == 2, numbers[1] < numbers[0] {
            throw Flaw(message: "has the count {\(String(inner))}, which is backwards")
        }
        try repetition("{")
    }

    private mutating func escape(inBrackets: Bool = false) throws(Flaw) {
        guard let scalar = rest.popFirst() else { throw Flaw(message: "ends in \\") }
        stands(canRepeat: true)
        switch scalar {
        case "1"..."9", "k", "g":
            throw Flaw(message: "refers back with \\\(scalar), which RE2 can't; write the part out")
        case "Q": quotation()
        case "p", "P": try property()
        case "x": try hexadecimal()
        case "A", "b", "B", "z": if !inBrackets { stands(canRepeat: false) }
        case "0", "a", "d", "D", "f", "n", "r", "s", "S", "t", "v", "w", "W", "C": break
        case "a"..."z", "A"..."Z": throw Flaw(message: "has \\\(scalar), which RE2 does not know")
        default: break
        }
    }

    /// `\Q…\E` takes everything between as it is.
    private mutating func quotation() {
        while let scalar = rest.popFirst() {
            if scalar == "\\", rest.first == "E" {
                rest.removeFirst()
                return
            }
        }
    }

    private mutating func property() throws(Flaw) {
        guard let first = rest.popFirst() else { throw Flaw(message: "ends in \\p") }
        guard first == "{" else { return }
        let name = rest.prefix { $0 != "}" }
        guard !name.isEmpty, name.endIndex < rest.endIndex else {
            throw Flaw(message: "has \\p{ without its name and }")
        }
        rest.removeFirst(name.count + 1)
    }

    private mutating func hexadecimal() throws(Flaw) {
        let isBraced = rest.first == "{"
        if isBraced { rest.removeFirst() }
        let digits = rest.prefix(isBraced ? 6 : 2).prefix { $0.properties.isASCIIHexDigit }
        rest.removeFirst(digits.count)
        let isClosed = !isBraced || rest.popFirst() == "}"
        guard isClosed, isBraced ? !digits.isEmpty : digits.count == 2 else {
            throw Flaw(message: "has \\x without its number; write \\x7F or \\x{10FFFF}")
        }
    }
}

extension Substring {
    fileprivate var isDigits: Bool {
        utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }
}
