/// The functions that make arrays of arrays, and take elements out of them.
enum Arrays {
    /// What is no array has no first element, and that is nil, as in expr.
    static func first(_ evaluator: inout Evaluator, _ call: Call) throws(ExpressionError) -> Value {
        switch call.values[0] {
        case .array(let elements): elements.first ?? .none
        case .string(let string): string.utf8.first.map { .int(Int64($0)) } ?? .none
        default: .none
        }
    }

    static func last(_ evaluator: inout Evaluator, _ call: Call) throws(ExpressionError) -> Value {
        switch call.values[0] {
        case .array(let elements): elements.last ?? .none
        case .string(let string): string.utf8.last.map { .int(Int64($0)) } ?? .none
        default: .none
        }
    }

    /// Like `[…]`, but what is not there is nil.
    static func get(_ evaluator: inout Evaluator, _ call: Call) throws(ExpressionError) -> Value {
        switch (call.values[0], call.values[1]) {
        case (.none, _): return .none
        case (.map(let map), .string(let name)): return map[name] ?? .none
        case (.groups(let groups), let key): return groups[key] ?? .none
        case (.array(let elements), let index):
            let position = try evaluator.position(index, at: call.offset)
            let fromStart = position < 0 ? position &+ elements.count : position
            return elements.indices.contains(fromStart) ? elements[fromStart] : .none
        case (let base, let key): throw call.fail("can't get \(key) of \(base.type)")
        }
    }

    static func getType(of arguments: [ValueType]) -> ValueType {
        if case .array(let element) = arguments[0] { element } else { .any }
    }

    static func take(_ evaluator: inout Evaluator, _ call: Call) throws(ExpressionError) -> Value {
        let elements = try call.array(0)
        let count = try call.int(1)
        guard count >= 0 else { throw call.fail("can't take \(count) elements") }
        let taken = elements.prefix(Int(clamping: count))
        try evaluator.allocate(taken.count, at: call.offset)
        return .array(Array(taken))
    }

    static func reverse(_ evaluator: inout Evaluator, _ call: Call) throws(ExpressionError) -> Value {
        let elements = try call.array(0)
        try evaluator.allocate(elements.count, at: call.offset)
        return .array(elements.reversed())
    }

    static func concat(_ evaluator: inout Evaluator, _ call: Call) throws(ExpressionError) -> Value {
        var all: [Value] = []
        for index in call.values.indices {
            let elements = try call.array(index)
            try evaluator.allocate(elements.count, at: call.offset)
            all += elements
        }
        return .array(all)
    }

    static func flatten(_ evaluator: inout Evaluator, _ call: Call) throws(ExpressionError) -> Value {
        var flat: [Value] = []
        var rest = Array(try call.array(0).reversed())
        while let next = rest.popLast() {
            try evaluator.allocate(1, at: call.offset)
            if case .array(let elements) = next {
                rest += elements.reversed()
            } else {
                flat.append(next)
            }
        }
        return .array(flat)
    }

    /// Keeps the first of those that are equal.
    static func uniq(_ evaluator: inout Evaluator, _ call: Call) throws(ExpressionError) -> Value {
        var kept: [Value] = []
        for element in try call.array(0) where !(try evaluator.contains(kept, element, at: call.offset)) {
            kept.append(element)
        }
        try evaluator.allocate(kept.count, at: call.offset)
        return .array(kept)
    }
}
