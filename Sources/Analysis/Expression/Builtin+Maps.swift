/// The functions about maps. Their order is that of the keys, so that the same value always gives the same answer.
enum Maps {
    static func keys(_ evaluator: inout Evaluator, _ call: Call) throws(ExpressionError) -> Value {
        .array(try pairs(&evaluator, call).map(\.key))
    }

    static func values(_ evaluator: inout Evaluator, _ call: Call) throws(ExpressionError) -> Value {
        .array(try pairs(&evaluator, call).map(\.value))
    }

    static func toPairs(_ evaluator: inout Evaluator, _ call: Call) throws(ExpressionError) -> Value {
        .array(try pairs(&evaluator, call).map { .array([$0.key, $0.value]) })
    }

    static func fromPairs(_ evaluator: inout Evaluator, _ call: Call) throws(ExpressionError) -> Value {
        var map: [String: Value] = [:]
        for pair in try call.array(0) {
            try evaluator.allocate(1, at: call.offset)
            guard case .array(let parts) = pair, parts.count == 2 else {
                throw call.fail("takes pairs such as [\"key\", value], but got \(pair)")
            }
            guard case .string(let key) = parts[0] else {
                throw call.fail("makes keys of strings, but got \(parts[0].type)")
            }
            map[key] = parts[1]
        }
        return .map(map)
    }

    private static func pairs(
        _ evaluator: inout Evaluator, _ call: Call
    ) throws(ExpressionError) -> [(key: Value, value: Value)] {
        switch call.values[0] {
        case .map(let map):
            try evaluator.allocate(map.count, at: call.offset)
            return map.sorted { $0.key < $1.key }.map { (.string($0.key), $0.value) }
        case .groups(let groups):
            try evaluator.allocate(groups.count, at: call.offset)
            return Array(zip(groups.keys, groups.values))
        default: throw call.mismatch(0)
        }
    }
}
