/// Evaluates a checked syntax tree. The check knows types only where they are declared, so every operator asks
/// again here; nothing in it relies on the check for not trapping.
struct Evaluator {
    let environment: Environment
    /// The elements that the predicates around are asked about, innermost last.
    private var elements: [Value] = []
    private var steps = Limits.steps
    private var room = Limits.elements

    init(_ environment: Environment) {
        self.environment = environment
    }

    mutating func value(of syntax: Syntax) throws(ExpressionError) -> Value {
        try spend(1, at: syntax.offset)
        switch syntax.form {
        case .literal(let value): return value
        case .result: return environment.result
        case .element: return elements.last ?? .none
        case .array(let elements): return try array(elements, at: syntax.offset)
        case .map(let pairs): return try map(pairs, at: syntax.offset)
        case .unary(let meaning, let operand): return try unary(meaning, operand, at: syntax.offset)
        case .binary(let meaning, let left, let right):
            return try binary(meaning, left, right, at: syntax.offset)
        case .ordering(let first, let links): return .bool(try ordering(first, links))
        case .conditional(let test, let then, let otherwise): return try conditional(test, then, otherwise)
        case .member, .slice: return try access(syntax) ?? .none
        case .call(let builtin, let arguments): return try call(builtin, arguments, at: syntax.offset)
        }
    }

    private mutating func array(_ syntax: [Syntax], at offset: Int) throws(ExpressionError) -> Value {
        try allocate(syntax.count, at: offset)
        var elements: [Value] = []
        for element in syntax { elements.append(try value(of: element)) }
        return .array(elements)
    }

    private mutating func map(_ pairs: [Syntax.Pair], at offset: Int) throws(ExpressionError) -> Value {
        try allocate(pairs.count, at: offset)
        var map: [String: Value] = [:]
        for pair in pairs {
            let key = try value(of: pair.key)
            guard case .string(let name) = key else {
                throw fail("a key must be a string, not \(key.type)", at: pair.key.offset)
            }
            map[name] = try value(of: pair.value)
        }
        return .map(map)
    }

    private mutating func conditional(
        _ test: Syntax, _ then: Syntax?, _ otherwise: Syntax
    ) throws(ExpressionError) -> Value {
        guard try bool(test, of: "`?`", at: test.offset) else { return try value(of: otherwise) }
        guard let then else { return .bool(true) }
        return try value(of: then)
    }

    private mutating func call(
        _ builtin: Builtin, _ arguments: [Syntax], at offset: Int
    ) throws(ExpressionError) -> Value {
        var values: [Value] = []
        var predicate: Syntax?
        for (index, argument) in arguments.enumerated() {
            if builtin.parameter(index)?.isPredicate == true {
                predicate = argument
            } else {
                values.append(try value(of: argument))
            }
        }
        return try builtin.run(
            &self, Call(builtin: builtin, offset: offset, values: values, predicate: predicate))
    }
}

/// What functions need of the evaluator.
extension Evaluator {
    /// What the predicate makes of the element; without a predicate the element itself.
    mutating func apply(_ call: Call, to element: Value) throws(ExpressionError) -> Value {
        guard let predicate = call.predicate else {
            try spend(1, at: call.offset)
            return element
        }
        elements.append(element)
        defer { elements.removeLast() }
        return try value(of: predicate)
    }

    mutating func test(_ call: Call, on element: Value) throws(ExpressionError) -> Bool {
        let answer = try apply(call, to: element)
        guard case .bool(let bool) = answer else {
            throw call.fail("asks each element for true or false, but got \(answer.type)")
        }
        return bool
    }

    mutating func bool(_ syntax: Syntax, of asker: String, at offset: Int) throws(ExpressionError) -> Bool {
        let value = try value(of: syntax)
        guard case .bool(let bool) = value else {
            throw fail("\(asker) asks for true or false, but has \(value.type)", at: offset)
        }
        return bool
    }

    mutating func spend(_ count: Int, at offset: Int) throws(ExpressionError) {
        steps -= count
        guard steps >= 0 else { throw fail("gave up after \(Limits.steps) steps", at: offset) }
    }

    mutating func allocate(_ count: Int, at offset: Int) throws(ExpressionError) {
        guard count <= room else {
            throw fail("gave up: this would make more than \(Limits.elements) elements", at: offset)
        }
        room -= count
    }

    func fail(_ message: String, at offset: Int) -> ExpressionError {
        ExpressionError(.run, at: offset, message)
    }
}
