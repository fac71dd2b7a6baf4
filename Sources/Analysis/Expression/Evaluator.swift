/// Evaluates a checked syntax tree. The check knows types only where they are declared, so every operator asks
/// again here; nothing in it relies on the check for not trapping.
struct Evaluator {
    let environment: Environment
    /// What the predicates around are asked about, innermost last.
    private var scopes: [Scope] = []
    /// What `let` has named, innermost last.
    private var named: [Value] = []
    private var steps = Limits.steps
    private var room = Limits.elements

    private struct Scope {
        let element: Value
        let index: Int
        let accumulator: Value
    }

    init(_ environment: Environment) {
        self.environment = environment
    }

    /// The operators come first and by themselves: many of them in a row make the stack deep, and each function of
    /// this chain takes room for all of its cases at once.
    mutating func value(of syntax: Syntax) throws(ExpressionError) -> Value {
        try spend(1, at: syntax.offset)
        switch syntax.form {
        case .binary(let meaning, let left, let right):
            return try binary(meaning, left, right, at: syntax.offset)
        case .unary(let meaning, let operand): return try unary(meaning, operand, at: syntax.offset)
        case .member, .slice: return try access(syntax) ?? .none
        case .literal, .result, .variable, .names, .element, .index, .accumulator: return try leaf(syntax)
        case .call, .method, .array, .map: return try made(syntax)
        case .ordering, .match, .conditional, .binding, .sequence: return try decided(syntax)
        }
    }

    private func leaf(_ syntax: Syntax) throws(ExpressionError) -> Value {
        switch syntax.form {
        case .literal(let value): return value
        case .result: return environment.result
        case .variable(let name): return name < named.count ? named[name] : .none
        case .element: return scopes.last?.element ?? .none
        case .index: return .int(Int64(scopes.last?.index ?? 0))
        case .accumulator: return scopes.last?.accumulator ?? .none
        default: throw fail("`$env` is no value", at: syntax.offset)
        }
    }

    private mutating func made(_ syntax: Syntax) throws(ExpressionError) -> Value {
        switch syntax.form {
        case .call(let builtin, let arguments): return try call(builtin, arguments, at: syntax.offset)
        case .method(let base, let method, let arguments):
            return try call(method, of: base, arguments, at: syntax.offset)
        case .map(let pairs): return try map(pairs, at: syntax.offset)
        default: return try array(syntax.form.children, at: syntax.offset)
        }
    }

    private mutating func decided(_ syntax: Syntax) throws(ExpressionError) -> Value {
        switch syntax.form {
        case .ordering(let first, let links): return .bool(try ordering(first, links))
        case .match(let operand, let pattern):
            return .bool(try matches(try value(of: operand), pattern, at: syntax.offset))
        case .conditional(let test, let then, let otherwise): return try conditional(test, then, otherwise)
        case .binding(let value, let body): return try bind(value, in: body)
        default: return try last(of: syntax.form.children)
        }
    }

    private mutating func bind(_ syntax: Syntax, in body: Syntax) throws(ExpressionError) -> Value {
        named.append(try value(of: syntax))
        defer { named.removeLast() }
        return try value(of: body)
    }

    private mutating func last(of parts: [Syntax]) throws(ExpressionError) -> Value {
        var last = Value.none
        for part in parts { last = try value(of: part) }
        return last
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
    mutating func apply(
        _ call: Call, to element: Value, at index: Int = 0, after accumulator: Value = .none
    ) throws(ExpressionError) -> Value {
        guard let predicate = call.predicate else {
            try spend(1, at: call.offset)
            return element
        }
        scopes.append(Scope(element: element, index: index, accumulator: accumulator))
        defer { scopes.removeLast() }
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

    /// An accumulator may put what it was into what it becomes, again and again; nothing else makes values deep.
    mutating func checkDepth(of value: Value, _ call: Call) throws(ExpressionError) {
        var level = value.parts
        var depth = 0
        while !level.isEmpty {
            depth += 1
            try spend(level.count, at: call.offset)
            guard depth <= Limits.depth else {
                throw call.fail("gave up: its value is nested more than \(Limits.depth) deep")
            }
            level = level.flatMap(\.parts)
        }
    }

    func fail(_ message: String, at offset: Int) -> ExpressionError {
        ExpressionError(.run, at: offset, message)
    }
}
