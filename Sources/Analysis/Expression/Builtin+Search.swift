/// The functions that look for elements. What is not found is nil, also where a place was asked for.
enum Search {
    static func find(_ evaluator: inout Evaluator, _ call: Call) throws(ExpressionError) -> Value {
        let elements = try call.array(0)
        return try place(&evaluator, call, elements, elements.indices).map { elements[$0] } ?? .none
    }

    static func findIndex(_ evaluator: inout Evaluator, _ call: Call) throws(ExpressionError) -> Value {
        let elements = try call.array(0)
        return try place(&evaluator, call, elements, elements.indices).map { .int(Int64($0)) } ?? .none
    }

    static func findLast(_ evaluator: inout Evaluator, _ call: Call) throws(ExpressionError) -> Value {
        let elements = try call.array(0)
        let found = try place(&evaluator, call, elements, elements.indices.reversed())
        return found.map { elements[$0] } ?? .none
    }

    static func findLastIndex(_ evaluator: inout Evaluator, _ call: Call) throws(ExpressionError) -> Value {
        let elements = try call.array(0)
        let found = try place(&evaluator, call, elements, elements.indices.reversed())
        return found.map { .int(Int64($0)) } ?? .none
    }

    /// The first of the places whose element fits; the others are not even asked.
    private static func place(
        _ evaluator: inout Evaluator, _ call: Call, _ elements: [Value], _ places: some Sequence<Int>
    ) throws(ExpressionError) -> Int? {
        for place in places where try evaluator.test(call, on: elements[place]) { return place }
        return nil
    }

    static func groupBy(_ evaluator: inout Evaluator, _ call: Call) throws(ExpressionError) -> Value {
        var groups = Groups()
        for element in try call.array(0) {
            try evaluator.allocate(1, at: call.offset)
            let key = try evaluator.apply(call, to: element)
            guard groups.add(element, to: key) else { throw call.fail("can't group by \(key.type)") }
        }
        return .groups(groups)
    }
}
