import Foundation
import Testing

@testable import Analysis

@Suite("No expression costs more than a moment")
struct ExpressionBoundsTests {
    /// Each repeats one way to nest.
    static let bombs: [@Sendable (Int) -> String] = [
        { String(repeating: "(", count: $0) + "1" + String(repeating: ")", count: $0) },
        { String(repeating: "[", count: $0) + "1" + String(repeating: "]", count: $0) },
        { String(repeating: "{a: ", count: $0) + "1" + String(repeating: "}", count: $0) },
        { String(repeating: "-", count: $0) + "1" },
        { String(repeating: "not ", count: $0) + "true" },
        { String(repeating: "1 + ", count: $0) + "1" },
        { String(repeating: "1 ** ", count: $0) + "1" },
        { String(repeating: "nil ?? ", count: $0) + "1" },
        { String(repeating: "true ? ", count: $0) + "1" + String(repeating: " : 2", count: $0) },
        { String(repeating: "false ?: ", count: $0) + "true" },
        { String(repeating: "(", count: $0) + "1" + String(repeating: " < 2 ? 1 : 2)", count: $0) },
        { "result" + String(repeating: ".a", count: $0) },
        { "result" + String(repeating: "?.a", count: $0) },
        { "result" + String(repeating: "[0]", count: $0) },
        { "result" + String(repeating: "[:]", count: $0) },
        { String(repeating: "[[1]][", count: $0) + "0" + String(repeating: "]", count: $0) },
        { String(repeating: "len([", count: $0) + "1" + String(repeating: "])", count: $0) },
        { String(repeating: "all([1], ", count: $0) + "true" + String(repeating: ")", count: $0) },
        { String(repeating: "all([1], {", count: $0) + "true" + String(repeating: "})", count: $0) },
        { String(repeating: "let x = (", count: $0) + "1" + String(repeating: "); 1", count: $0) },
        { String(repeating: "if true {", count: $0) + "1" + String(repeating: "} else {2}", count: $0) },
        { String(repeating: "if false {1} else ", count: $0) + "{1}" },
        { "1" + String(repeating: " | max(1)", count: $0) },
        { String(repeating: "reduce([1], #acc + ", count: $0) + "1" + String(repeating: ")", count: $0) },
        { String(repeating: "map([1], [{a: -(", count: $0) + "1" + String(repeating: ")}])", count: $0) },
    ]

    @Test(
        "nesting is refused before it fills the stack", arguments: bombs.indices,
        [50, 99, 199, 201, 1_000, 100_000])
    func bombsAreRefused(bomb: Int, depth: Int) async throws {
        let source = ExpressionBoundsTests.bombs[bomb](depth)
        let answer = await onSmallStack { outcome(of: source, for: nested(250)) }
        if depth > Limits.height {
            let error = try #require(answer.failure)
            #expect(error.stage == (source.utf8.count > Limits.sourceBytes ? .lex : .parse))
        }
    }

    @Test(
        "what is nested less deep is answered",
        arguments: [0, 1, 3, 5, 6, 7, 8, 9, 10, 16, 17, 18, 19, 20, 21, 22, 23])
    func lessIsAnswered(bomb: Int) async throws {
        let source = ExpressionBoundsTests.bombs[bomb](45)
        let answer = await onSmallStack { outcome(of: source, for: .none) }
        #expect(throws: Never.self) { try answer.get() }
    }

    @Test("a source of more than 16 KiB is not read")
    func longSourcesAreNotRead() {
        let error = outcome(of: String(repeating: " ", count: 16_385), for: .none).failure
        #expect(error?.description == "column 1: the expression has 16385 bytes; at most 16384 are read")
    }

    @Test("an expression of more than 10,000 parts is not built")
    func manyPartsAreNotBuilt() {
        let source = "[" + String(repeating: "-1,", count: 5_001) + "]"
        #expect(
            outcome(of: source, for: .none).failure?.message == "the expression has more than 10000 parts")
    }

    @Test("a wide list is no deep one")
    func wideIsNotDeep() {
        #expect(
            outcome(of: "len([" + String(repeating: "1,", count: 8_000) + "])", for: .none)
                == .success(.int(8_000)))
    }

    @Test(
        "what would fill the memory gives up",
        arguments: [
            "1..1000000000", "len(0..9223372036854775807)", "len(-9223372036854775807..9223372036854775807)",
            "map(1..1000, 1..1001)", "map(1..1000, [1, 2, 3][:] == (1..1000))",
            "map(1..200, map(1..200, \"0123456789012345678901234567890123456789\" + \"\"))",
        ])
    func memoryIsBounded(source: String) {
        let error = outcome(of: source, for: .none).failure
        #expect(error?.stage == .run)
        #expect(error?.message.contains("1000000 elements") == true)
    }

    @Test(
        "what would run for long gives up",
        arguments: [
            "all(result, all([1, 2, 3, 4, 5, 6], all([1, 2, 3, 4], true)))",
            "count(result, len(result) == max(result)) == 0",
            "count(result, result == result) == 0", "none(result, -1 in result)",
            "any(result, mean(result) < 0)",
        ])
    func timeIsBounded(source: String) {
        let measured = Value.array((0..<100_000).map { .float(Double($0)) })
        #expect(outcome(of: source, for: measured).failure?.message == "gave up after 2000000 steps")
    }

    @Test("a wide range costs nothing where only membership is asked")
    func membershipInARangeIsFree() {
        #expect(outcome(of: "result in 0..9223372036854775807", for: .float(2e18)) == .success(.bool(true)))
        #expect(
            outcome(of: "9223372036854775807 in 0..9223372036854775807", for: .none) == .success(.bool(true)))
    }

    /// `[[[…1…]]]` inside of `{"a": …}`, so that every access finds something for a while.
    private func nested(_ depth: Int) -> Value {
        (0..<depth).reduce(.float(1)) { inner, level in level % 2 == 0 ? .array([inner]) : .map(["a": inner])
        }
    }
}

func outcome(of source: String, for result: Value) -> Result<Value, ExpressionError> {
    Result { () throws(ExpressionError) in
        try Expression(parsing: source).evaluate(Environment(result: result, nowNanoseconds: 0))
    }
}

extension Result {
    var failure: Failure? {
        if case .failure(let failure) = self { failure } else { nil }
    }
}

/// Runs the work on an eighth of the usual stack; unoptimised code needs the most of it.
private func onSmallStack<Outcome: Sendable>(_ work: @escaping @Sendable () -> Outcome) async -> Outcome {
    await withCheckedContinuation { continuation in
        let thread = Thread { continuation.resume(returning: work()) }
        thread.stackSize = 1024 * 1024
        thread.start()
    }
}
