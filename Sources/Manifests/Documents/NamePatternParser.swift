/// Turns the text of a `NamePattern` into its states, from the last to the first: a part is told what follows it.
struct NamePatternParser {
    private var rest: Substring.UnicodeScalarView
    private var states: [NamePattern.State] = [.matched]
    private static let depthMax = 50

    init(_ text: String) {
        rest = text[...].unicodeScalars
    }

    mutating func parse() throws(NamePattern.Flaw) -> (states: [NamePattern.State], start: Int) {
        let tree = try alternatives(depth: 0)
        guard rest.isEmpty else { throw flaw("has a ) without its (") }
        let start = emit(tree, before: 0)
        return (states, start)
    }

    /// The pattern as it is written.
    private indirect enum Part {
        case set(NamePattern.CharacterSet)
        case start, end
        case sequence([Part])
        case anyOf([Part])
        case repeated(Part, atLeastOnce: Bool, atMostOnce: Bool)
    }

    private func flaw(_ what: String) -> NamePattern.Flaw {
        NamePattern.Flaw(message: "is no regular expression that can be used here: it \(what)")
    }

    private mutating func alternatives(depth: Int) throws(NamePattern.Flaw) -> Part {
        guard depth < Self.depthMax else { throw flaw("has too many parentheses in one another") }
        var parts = [try sequence(depth: depth)]
        while rest.first == "|" {
            rest.removeFirst()
            parts.append(try sequence(depth: depth))
        }
        return parts.count == 1 ? parts[0] : .anyOf(parts)
    }

    private mutating func sequence(depth: Int) throws(NamePattern.Flaw) -> Part {
        var parts: [Part] = []
        while let next = rest.first, next != "|", next != ")" {
            let part = try single(depth: depth)
            parts.append(try repeated(part))
        }
        return .sequence(parts)
    }

    private mutating func repeated(_ part: Part) throws(NamePattern.Flaw) -> Part {
        guard let mark = rest.first, "*+?".unicodeScalars.contains(mark) else { return part }
        rest.removeFirst()
        // `*?` asks for the shortest match; whether there is one stays the same.
        if rest.first == "?" { rest.removeFirst() }
        if let next = rest.first, "*+".unicodeScalars.contains(next) { throw flaw("repeats a repetition") }
        return .repeated(part, atLeastOnce: mark == "+", atMostOnce: mark == "?")
    }

    private mutating func single(depth: Int) throws(NamePattern.Flaw) -> Part {
        let scalar = rest.removeFirst()
        switch scalar {
        case "^": return .start
        case "$": return .end
        case ".": return .set(NamePattern.CharacterSet(ranges: ["\n"..."\n"], isInverted: true))
        case "(": return try group(depth: depth)
        case "[": return .set(try brackets())
        case "\\": return .set(try escaped())
        case "*", "+", "?": throw flaw("has nothing before \(scalar)")
        case "{":
            throw flaw("has {, whose counts are not supported; write the part out, or \\{ for the character")
        default: return .set(NamePattern.CharacterSet(ranges: [scalar...scalar]))
        }
    }

    private mutating func group(depth: Int) throws(NamePattern.Flaw) -> Part {
        if rest.starts(with: "?:".unicodeScalars) { rest.removeFirst(2) }
        if rest.first == "?" { throw flaw("has (?, of which only (?: is supported") }
        let inner = try alternatives(depth: depth + 1)
        guard rest.popFirst() == ")" else { throw flaw("has a ( without its )") }
        return inner
    }

    private mutating func brackets() throws(NamePattern.Flaw) -> NamePattern.CharacterSet {
        var set = NamePattern.CharacterSet(ranges: [])
        if rest.first == "^" {
            rest.removeFirst()
            set.isInverted = true
        }
        while let scalar = rest.popFirst() {
            if scalar == "]", !set.ranges.isEmpty { return set }
            set.ranges += try member(scalar)
        }
        throw flaw("has a [ without its ]")
    }

    private mutating func member(
        _ scalar: Unicode.Scalar
    ) throws(NamePattern.Flaw) -> [ClosedRange<Unicode.Scalar>] {
        if scalar == "\\" { return try escaped().ranges }
        guard rest.first == "-", let last = rest.dropFirst().first, last != "]" else {
            return [scalar...scalar]
        }
        rest.removeFirst(2)
        guard last >= scalar else { throw flaw("has the range \(scalar)-\(last), which is backwards") }
        return [scalar...last]
    }

    private mutating func escaped() throws(NamePattern.Flaw) -> NamePattern.CharacterSet {
        guard let scalar = rest.popFirst() else { throw flaw("ends in \\") }
        switch scalar {
        case "d": return NamePattern.CharacterSet(ranges: ["0"..."9"])
        case "w": return NamePattern.CharacterSet(ranges: ["0"..."9", "a"..."z", "A"..."Z", "_"..."_"])
        case "s": return NamePattern.CharacterSet(ranges: [" "..." ", "\t"..."\r"])
        case "a"..."z", "A"..."Z", "0"..."9": throw flaw("has \\\(scalar), which is not supported")
        default: return NamePattern.CharacterSet(ranges: [scalar...scalar])
        }
    }
}

extension NamePatternParser {
    private mutating func add(_ state: NamePattern.State) -> Int {
        states.append(state)
        return states.count - 1
    }

    /// Makes the states of a part, and answers the first of them.
    private mutating func emit(_ part: Part, before next: Int) -> Int {
        switch part {
        case .set(let set): return add(.one(of: set, next: next))
        case .start: return add(.atStart(next: next))
        case .end: return add(.atEnd(next: next))
        case .sequence(let parts): return parts.reversed().reduce(next) { emit($1, before: $0) }
        case .anyOf(let parts):
            let starts = parts.map { emit($0, before: next) }
            return starts.dropFirst().reduce(starts[0]) { add(.either($0, $1)) }
        case .repeated(let part, _, atMostOnce: true):
            return add(.either(emit(part, before: next), next))
        case .repeated(let part, let atLeastOnce, _):
            let loop = add(.either(next, next))
            let body = emit(part, before: loop)
            states[loop] = .either(body, next)
            return atLeastOnce ? body : loop
        }
    }
}
