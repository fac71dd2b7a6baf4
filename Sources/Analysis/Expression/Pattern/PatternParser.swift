/// Reads a regular expression of RE2. Lookaround, references back and possessive repeats are refused by name: nothing
/// that needs them can be followed in bounded time.
struct PatternParser {
    private var scalars: Substring.UnicodeScalarView
    private var flags = Flags()
    private var nesting = 0

    /// Set by `(?i)` and the like, up to the end of the group.
    struct Flags {
        var ignoresCase = false
        var isMultiline = false
        var dotTakesNewlines = false
    }

    static func parse(_ source: String) throws(PatternError) -> PatternSyntax {
        var parser = PatternParser(source)
        let syntax = try parser.choice()
        guard parser.peek() == nil else { throw PatternError("a `)` has no `(`") }
        return syntax
    }

    private init(_ source: String) {
        scalars = source[...].unicodeScalars
    }

    private mutating func choice() throws(PatternError) -> PatternSyntax {
        nesting += 1
        defer { nesting -= 1 }
        guard nesting <= Limits.nesting else {
            throw PatternError("it is nested more than \(Limits.nesting) deep")
        }
        var ways = [try sequence()]
        while take("|") { ways.append(try sequence()) }
        return ways.count == 1 ? ways[0] : .choice(ways)
    }

    private mutating func sequence() throws(PatternError) -> PatternSyntax {
        var parts: [PatternSyntax] = []
        while let next = peek(), next != "|", next != ")" {
            if take("\\", "Q") {
                parts += quoted()
            } else if let part = try part() {
                parts.append(try repeated(part))
            }
        }
        return .sequence(parts)
    }

    /// Everything between `\Q` and `\E`, as it stands.
    private mutating func quoted() -> [PatternSyntax] {
        var parts: [PatternSyntax] = []
        while !take("\\", "E"), let next = pop() { parts.append(literal(next)) }
        return parts
    }

    /// Nil for what sets flags only.
    private mutating func part() throws(PatternError) -> PatternSyntax? {
        guard let next = pop() else { return nil }
        switch next {
        case "(": return try group()
        case "[": return .set(try characterClass())
        case ".": return .set(flags.dotTakesNewlines ? ScalarSet.all : ScalarSet.allButNewline)
        case "^": return .condition(flags.isMultiline ? .lineBegins : .textBegins)
        case "$": return .condition(flags.isMultiline ? .lineEnds : .textEnds)
        case "*", "+", "?": throw PatternError("nothing stands before `\(next)` that it could repeat")
        case "\\": return try escape()
        default: return literal(next)
        }
    }

    func literal(_ scalar: Unicode.Scalar) -> PatternSyntax {
        guard flags.ignoresCase else { return .scalar(scalar) }
        return .set(ScalarSet(scalar.caseVariants.map { $0.value...$0.value }))
    }

    private mutating func group() throws(PatternError) -> PatternSyntax? {
        let outside = flags
        if take("?"), try !opens() { return nil }
        let inside = try choice()
        guard take(")") else { throw PatternError("a `(` has no `)`") }
        flags = outside
        return inside
    }

    /// Reads what stands behind `(?`: a name or flags. False when they are flags up to the end of the group around.
    private mutating func opens() throws(PatternError) -> Bool {
        if peek() == "=" || peek() == "!" || take("<", "=") || take("<", "!") {
            throw PatternError("it looks ahead or behind, which RE2 does not")
        }
        if take("P", "<") || take("<") {
            try name()
            return true
        }
        var (isOn, hasFlags) = (true, false)
        while let letter = pop() {
            switch letter {
            case ":": return true
            case ")" where hasFlags: return false
            case "-" where isOn: isOn = false
            case "i": flags.ignoresCase = isOn
            case "m": flags.isMultiline = isOn
            case "s": flags.dotTakesNewlines = isOn
            case "U": break
            default: throw PatternError("unknown flag `\(letter)` in `(?…)`; known: i, m, s, U")
            }
            hasFlags = letter != "-"
        }
        throw PatternError("a `(` has no `)`")
    }

    private mutating func name() throws(PatternError) {
        var isEmpty = true
        while let letter = pop(), letter != ">" {
            guard letter == "_" || letter.isDigit || letter.properties.isAlphabetic else {
                throw PatternError("a name of a group has letters, digits and `_` only")
            }
            isEmpty = false
        }
        if isEmpty { throw PatternError("a group has an empty name") }
    }
}

/// How often.
extension PatternParser {
    private mutating func repeated(_ part: PatternSyntax) throws(PatternError) -> PatternSyntax {
        guard let (least, most) = try counts() else { return part }
        // Whether it takes as little or as much as it can changes nothing about whether it fits.
        _ = take("?")
        if let next = peek(), "*+?".unicodeScalars.contains(next) {
            throw PatternError("`\(next)` repeats what is repeated already; put that in parentheses")
        }
        var ahead = self
        if peek() == "{", try ahead.counts() != nil {
            throw PatternError("`{` repeats what is repeated already; put that in parentheses")
        }
        return .repeated(part, least: least, most: most)
    }

    private mutating func counts() throws(PatternError) -> (least: Int, most: Int?)? {
        if take("*") { return (0, nil) }
        if take("+") { return (1, nil) }
        if take("?") { return (0, 1) }
        return peek() == "{" ? try bounds() : nil
    }

    /// `{2}`, `{2,}` or `{2,5}`; everything else that begins with a brace is what it is.
    private mutating func bounds() throws(PatternError) -> (least: Int, most: Int?)? {
        var ahead = self
        _ = ahead.pop()
        guard let least = ahead.number() else { return nil }
        var most: Int? = least
        if ahead.take(",") { most = ahead.peek() == "}" ? nil : ahead.number() ?? -1 }
        guard most != -1, ahead.take("}") else { return nil }
        self = ahead
        guard max(least, most ?? 0) <= Limits.repetitions, least <= most ?? least else {
            throw PatternError("a repeat counts up to \(Limits.repetitions), the smaller number first")
        }
        return (least, most)
    }

    private mutating func number() -> Int? {
        var digits = ""
        while let next = peek(), next.isDigit {
            digits.unicodeScalars.append(next)
            _ = pop()
        }
        return digits.isEmpty ? nil : Int(digits) ?? Int.max
    }
}

/// How the other parts of the parser read.
extension PatternParser {
    func peek() -> Unicode.Scalar? { scalars.first }

    mutating func pop() -> Unicode.Scalar? { scalars.popFirst() }

    mutating func take(_ expected: Unicode.Scalar) -> Bool {
        guard scalars.first == expected else { return false }
        scalars.removeFirst()
        return true
    }

    /// Both or neither.
    mutating func take(_ first: Unicode.Scalar, _ second: Unicode.Scalar) -> Bool {
        guard scalars.first == first, scalars.dropFirst().first == second else { return false }
        scalars.removeFirst(2)
        return true
    }

    var ignoresCase: Bool { flags.ignoresCase }
}
