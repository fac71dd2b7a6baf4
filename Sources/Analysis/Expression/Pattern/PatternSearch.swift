/// Follows a pattern along a text, in all ways at once.
struct PatternSearch {
    private let pattern: Pattern
    /// Where the ways stand, before the next character is known.
    private var ways: [Int] = []
    private var previous: Unicode.Scalar?
    /// For each instruction the place in the text at which it was last reached.
    private var reached: [Int]
    private var place = 0
    /// Whether the text fits, whatever else it holds.
    private(set) var isOver = false

    init(_ pattern: Pattern) {
        self.pattern = pattern
        reached = Array(repeating: -1, count: pattern.instructions.count)
    }

    /// How many ways there are to follow.
    var width: Int { ways.count }

    mutating func feed(_ scalar: Unicode.Scalar) {
        let takers = takers(before: scalar)
        place += 1
        previous = scalar
        ways = takers.filter { takes(scalar, at: $0) }.map { $0 + 1 }
    }

    /// Whether the text fits, now that nothing follows.
    mutating func end() -> Bool {
        if !isOver { _ = takers(before: nil) }
        return isOver
    }

    private func takes(_ scalar: Unicode.Scalar, at index: Int) -> Bool {
        switch pattern.instructions[index] {
        case .scalar(let expected): scalar == expected
        case .set(let set): set.contains(scalar)
        default: false
        }
    }

    /// Goes on from where the ways stand, and from the beginning too, up to the instructions that take a character.
    private mutating func takers(before next: Unicode.Scalar?) -> [Int] {
        var takers: [Int] = []
        var rest = ways + [0]
        while let index = rest.popLast() {
            guard reached[index] < place else { continue }
            reached[index] = place
            switch pattern.instructions[index] {
            case .scalar, .set: takers.append(index)
            case .jump(let target): rest.append(target)
            case .either(let one, let other): rest += [one, other]
            case .require(let condition): if holds(condition, before: next) { rest.append(index + 1) }
            case .found: isOver = true
            }
        }
        return takers
    }

    private func holds(_ condition: PatternSyntax.Condition, before next: Unicode.Scalar?) -> Bool {
        switch condition {
        case .textBegins: previous == nil
        case .textEnds: next == nil
        case .lineBegins: previous == nil || previous == "\n"
        case .lineEnds: next == nil || next == "\n"
        case .wordBoundary: isWord(previous) != isWord(next)
        case .noWordBoundary: isWord(previous) == isWord(next)
        }
    }

    private func isWord(_ scalar: Unicode.Scalar?) -> Bool {
        guard let scalar else { return false }
        return scalar == "_" || scalar.isDigit || "a"..."z" ~= scalar || "A"..."Z" ~= scalar
    }
}
