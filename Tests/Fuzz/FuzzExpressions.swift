/// libFuzzer asks this of every text that it makes up: read it as an expression, check it, evaluate it.
///
/// Built by `make fuzz` in one module with `Sources/Analysis`, because libFuzzer looks into what it is built with.
/// A trap, an address error, a hang and a broken promise each end the run and leave the input behind.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzExpression(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = UnsafeBufferPointer(start: start, count: count)
    guard let kind = bytes.first else { return 0 }
    let (result, type) = results[Int(kind) % results.count]
    ask(String(decoding: bytes.dropFirst(), as: UTF8.self), of: result, type)
    return 0
}

private func ask(_ source: String, of result: Value, _ type: ValueType) {
    do throws(ExpressionError) {
        let expression = try Expression(parsing: source)
        try expression.check(result: type)
        let outcome = try expression.evaluate(
            Environment(result: result, type: type, nowNanoseconds: 1 << 60))
        precondition(!outcome.description.isEmpty)
    } catch {
        precondition(0...source.utf8.count ~= error.offset, "the error points out of the source: \(error)")
        precondition(!error.message.isEmpty && error.line > 0 && error.column > 0)
    }
    if let condition = try? Condition(parsing: source) {
        _ = condition.pitfalls(for: type, as: .success, judgedBy: .argo)
    }
}

/// What providers may have measured. The first byte of an input chooses one.
private let results: [(Value, ValueType)] = [
    (.none, .none), (.none, .any), (.bool(true), .bool), (.int(7), .int), (.int(.min), .any),
    (.float(0.98), .float),
    (.float(.nan), .float), (.string("v1.2.3 é"), .string), (.array([]), .array(.float)),
    (.array([.float(0.98), .float(.nan), .float(-.infinity)]), .array(.float)),
    (.array([.map(["a": .float(1e300), "b": .none]), .string("b"), .array([.bool(false)])]), .any),
    (.map(["a": .map(["b": .array([.float(1), .float(2)])]), "ok": .bool(true), "s": .string("12")]), .map),
]
