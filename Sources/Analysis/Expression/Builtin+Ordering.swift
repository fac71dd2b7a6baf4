/// The functions that put elements in order. What is equal stays as it was; what can't be compared is an error.
enum Ordering {
    static func sort(_ evaluator: inout Evaluator, _ call: Call) throws(ExpressionError) -> Value {
        let elements = try call.array(0)
        return .array(try evaluator.sorted(elements, by: elements, call))
    }

    static func sortBy(_ evaluator: inout Evaluator, _ call: Call) throws(ExpressionError) -> Value {
        let elements = try call.array(0)
        var keys: [Value] = []
        for element in elements { keys.append(try evaluator.apply(call, to: element)) }
        return .array(try evaluator.sorted(elements, by: keys, call))
    }
}

extension Evaluator {
    /// How many elements are put in order by moving each to its place. Up to here an array with NaN in it, which
    /// has no order, comes out as expr has it.
    private static let runLength = 12

    fileprivate mutating func sorted(
        _ elements: [Value], by keys: [Value], _ call: Call
    ) throws(ExpressionError) -> [Value] {
        let isDescending = try isDescending(call)
        try allocate(elements.count, at: call.offset)
        var places = Array(elements.indices)
        for start in stride(from: 0, to: places.count, by: Evaluator.runLength) {
            let end = min(start + Evaluator.runLength, places.count)
            try sort(&places, from: start, to: end, keys, isDescending, call)
        }
        var width = Evaluator.runLength
        while width < places.count {
            places = try merged(places, width, keys, isDescending, call)
            width *= 2
        }
        return places.map { elements[$0] }
    }

    private mutating func sort(
        _ places: inout [Int], from start: Int, to end: Int, _ keys: [Value], _ isDescending: Bool,
        _ call: Call
    ) throws(ExpressionError) {
        for next in start..<end {
            var place = next
            while place > start,
                try isBefore(keys[places[place]], keys[places[place - 1]], isDescending, call)
            {
                places.swapAt(place, place - 1)
                place -= 1
            }
        }
    }

    /// One round of a merge sort, over runs that are in order already.
    private mutating func merged(
        _ places: [Int], _ width: Int, _ keys: [Value], _ isDescending: Bool, _ call: Call
    ) throws(ExpressionError) -> [Int] {
        var merged: [Int] = []
        merged.reserveCapacity(places.count)
        for start in stride(from: 0, to: places.count, by: 2 * width) {
            let middle = min(start + width, places.count)
            let end = min(start + 2 * width, places.count)
            var (left, right) = (start, middle)
            while left < middle, right < end {
                if try isBefore(keys[places[right]], keys[places[left]], isDescending, call) {
                    merged.append(places[right])
                    right += 1
                } else {
                    merged.append(places[left])
                    left += 1
                }
            }
            merged += places[left..<middle] + places[right..<end]
        }
        return merged
    }

    private mutating func isBefore(
        _ one: Value, _ other: Value, _ isDescending: Bool, _ call: Call
    ) throws(ExpressionError) -> Bool {
        try spend(1, at: call.offset)
        return isDescending
            ? try compare(.less, other, one, at: call.offset)
            : try compare(.less, one, other, at: call.offset)
    }

    private func isDescending(_ call: Call) throws(ExpressionError) -> Bool {
        guard call.values.count > 1 else { return false }
        switch call.values[1] {
        case .string("asc"): return false
        case .string("desc"): return true
        case let other: throw call.fail("sorts \"asc\" or \"desc\", not \(other)")
        }
    }
}
