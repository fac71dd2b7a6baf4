import Testing

@testable import Analysis

@Suite("Every text is answered")
struct ExpressionFuzzTests {
    /// Numerical Recipes' generator: the same texts on every machine.
    struct Chance: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ (state >> 33)
        }
    }

    static let words = [
        "result", "#", ".a", "?.a", "[", "]", "[0]", "[-1:]", "(", ")", "{", "}", ",", ":", "?", "??", "?:",
        "..",
        "1", "0", "-", "+", "*", "/", "%", "**", "<", ">=", "==", "!=", "in", "not", "!", "and", "||", "nil",
        "true", "1.5e308", "9223372036854775807", "\"a\"", "'é'", "`x`", "\\", "all(", "any(", "filter(",
        "map(",
        "sum(", "count(", "max(", "mean(", "len(", "asInt(", "asFloat(", "isNaN(", "now()",
        "duration(\"1h\")",
        "default(", "contains", "//", "/*", "\u{301}", "\n", "0x", ".", ";", "let x =", "x", "|", "if",
        "else",
        "matches", "\"(?i)a+\"", "#acc", "#index", "reduce(", "groupBy(", "sortBy(", "find(", "sort(",
        "uniq(",
        "keys(", "get(", "first(", "split(", "replace(", "repeat(", "join(", "string(", "toJSON(",
        "fromJSON(",
        "date(", ".Unix()", ".Hours()", "bitshl(", "round(", "median(", "$env", "::",
    ]

    static let results: [(Value, ValueType)] = [
        (.array([.float(1), .float(.nan), .float(-.infinity)]), .array(.float)),
        (.array([.map(["a": .float(1e300)]), .string("é"), .none]), .any),
        (.map(["a": .array([.float(-1), .bool(true)])]), .map),
        (.float(.nan), .any), (.int(.min), .any), (.string("9e99"), .string), (.none, .none), (.none, .any),
    ]

    /// A row with a few words put in, taken out or exchanged.
    static func mutated(_ source: String, _ chance: inout Chance) -> String {
        var scalars = Array(source.unicodeScalars)
        for _ in 0..<Int.random(in: 1...4, using: &chance) {
            let start = Int.random(in: 0...scalars.count, using: &chance)
            let end = min(scalars.count, start + Int.random(in: 0...3, using: &chance))
            let word = Bool.random(using: &chance) ? words.randomElement(using: &chance) ?? "" : ""
            scalars.replaceSubrange(start..<end, with: Array(word.unicodeScalars))
        }
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars)
        return String(text)
    }

    static func invented(_ chance: inout Chance) -> String {
        let length = Int.random(in: 1...14, using: &chance)
        return (0..<length).map { _ in words.randomElement(using: &chance) ?? "" }.joined(separator: " ")
    }

    @Test("mutated rows never trap, and errors point into the source", arguments: 0..<8)
    func mutatedRows(seed: Int) {
        var chance = Chance(state: UInt64(seed))
        for vector in Vector.all {
            for (result, type) in ExpressionFuzzTests.results {
                let source = ExpressionFuzzTests.mutated(vector.source, &chance)
                expectAnswer(to: source, Environment(result: result, type: type, nowNanoseconds: .max))
            }
        }
    }

    @Test("words in any order never trap", arguments: 0..<8)
    func inventedTexts(seed: Int) {
        var chance = Chance(state: UInt64(seed))
        for _ in 0..<3_000 {
            let (result, type) = ExpressionFuzzTests.results.randomElement(using: &chance) ?? (.none, .none)
            let source = ExpressionFuzzTests.invented(&chance)
            expectAnswer(to: source, Environment(result: result, type: type, nowNanoseconds: .min))
        }
    }

    @Test("what libFuzzer once found is answered", arguments: FoundInput.all)
    func foundInputs(input: FoundInput) {
        for (result, type) in ExpressionFuzzTests.results {
            expectAnswer(to: input.source, Environment(result: result, type: type, nowNanoseconds: 1 << 60))
            if let condition = try? Condition(parsing: input.source) {
                _ = condition.pitfalls(for: type, as: .success, judgedBy: .argo)
            }
        }
    }

    private func expectAnswer(to source: String, _ environment: Environment) {
        do throws(ExpressionError) {
            let expression = try Expression(parsing: source)
            let type = try expression.check(result: environment.type)
            expect(try expression.evaluate(environment), isA: type, source)
        } catch {
            #expect(0...source.utf8.count ~= error.offset && !error.message.isEmpty, "\(source): \(error)")
        }
    }

    /// The check may know less than the value shows, never something else; nil fits everywhere, and the sum of an
    /// empty array is the int 0.
    private func expect(_ value: Value, isA type: ValueType, _ source: String) {
        let fits =
            switch (value, type) {
            case (_, .any), (.none, _), (.array, .array), (.int(0), .float), (.groups, .groups): true
            default: value.type == type
            }
        // What `reduce` starts from may be of another type than what its predicate gives.
        #expect(fits || source.contains("reduce"), "\(source) was checked to be \(type), but is \(value)")
    }
}
