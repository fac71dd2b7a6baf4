/// A regular expression in RE2's language, read once and asked many times: whether a text has a place that fits.
///
/// It is followed in all ways at once, so that no text takes longer than its length times the size of the pattern.
struct Pattern: Sendable {
    enum Instruction: Sendable {
        case scalar(Unicode.Scalar)
        case set(ScalarSet)
        case either(Int, Int)
        case jump(Int)
        case require(PatternSyntax.Condition)
        case found
    }

    let instructions: [Instruction]

    /// What it takes to read, and to get ready for a text.
    var cost: Int { instructions.count }

    init(_ source: String) throws(PatternError) {
        let syntax = try PatternParser.parse(source)
        guard syntax.repetitions <= Limits.repetitions else {
            throw PatternError("it repeats something more than \(Limits.repetitions) times")
        }
        guard syntax.size < Limits.patternSize else { throw PatternError("it is too large") }
        var writer = PatternWriter()
        writer.write(syntax)
        instructions = writer.instructions + [.found]
    }
}

/// Why a text is no regular expression; it follows "… is no regular expression: ".
struct PatternError: Error {
    let message: String

    init(_ message: String) {
        self.message = message
    }
}

/// Lays the tree out as instructions; what follows a part is what stands behind it.
private struct PatternWriter {
    private(set) var instructions: [Pattern.Instruction] = []

    mutating func write(_ syntax: PatternSyntax) {
        switch syntax {
        case .scalar(let scalar): instructions.append(.scalar(scalar))
        case .set(let set): instructions.append(.set(set))
        case .condition(let condition): instructions.append(.require(condition))
        case .sequence(let parts): parts.forEach { write($0) }
        case .choice(let ways): write(ways[...])
        case .repeated(let part, let least, let most): write(part, least, most)
        }
    }

    private mutating func write(_ ways: ArraySlice<PatternSyntax>) {
        var ends: [Int] = []
        for (index, way) in ways.enumerated() {
            guard index < ways.count - 1 else {
                write(way)
                break
            }
            let fork = reserve()
            write(way)
            ends.append(reserve())
            instructions[fork] = .either(fork + 1, instructions.count)
        }
        for end in ends { instructions[end] = .jump(instructions.count) }
    }

    private mutating func write(_ part: PatternSyntax, _ least: Int, _ most: Int?) {
        for _ in 0..<least { write(part) }
        guard let most else { return writeLoop(part) }
        var forks: [Int] = []
        for _ in least..<most {
            forks.append(reserve())
            write(part)
        }
        for fork in forks { instructions[fork] = .either(fork + 1, instructions.count) }
    }

    private mutating func writeLoop(_ part: PatternSyntax) {
        let fork = reserve()
        write(part)
        instructions.append(.jump(fork))
        instructions[fork] = .either(fork + 1, instructions.count)
    }

    private mutating func reserve() -> Int {
        instructions.append(.found)
        return instructions.count - 1
    }
}
