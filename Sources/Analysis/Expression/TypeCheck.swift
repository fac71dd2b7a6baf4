/// Finds the type of an expression for results of a given type, or the place where the types do not fit.
struct TypeCheck {
    let result: ValueType
    /// The element types of the predicates around, innermost last.
    private var elements: [ValueType] = []
    /// The types of what `let` has named, innermost last.
    private var named: [ValueType] = []

    init(result: ValueType) {
        self.result = result
    }

    mutating func type(of syntax: Syntax) throws(ExpressionError) -> ValueType {
        switch syntax.form {
        case .binary(let meaning, let left, let right):
            return try binary(meaning, left, right, at: syntax.offset)
        case .unary(let meaning, let operand): return try unary(meaning, operand, at: syntax.offset)
        case .member(let base, let index, _): return try member(base, index, at: syntax.offset)
        case .literal, .result, .variable, .names, .element, .index, .accumulator: return try leaf(syntax)
        case .call, .method, .array, .map, .slice: return try made(syntax)
        case .ordering, .match, .conditional, .binding, .sequence: return try decided(syntax)
        }
    }

    private func leaf(_ syntax: Syntax) throws(ExpressionError) -> ValueType {
        switch syntax.form {
        case .literal(let value): return value.type
        case .result: return result
        case .variable(let name): return name < named.count ? named[name] : .any
        case .element: return elements.last ?? .any
        case .index: return .int
        case .accumulator: return .any
        default: throw fail("`$env` is no value; name what you need of it, as in `$env[\"result\"]`", syntax)
        }
    }

    private mutating func made(_ syntax: Syntax) throws(ExpressionError) -> ValueType {
        switch syntax.form {
        case .call(let builtin, let arguments): return try call(builtin, arguments)
        case .method(let base, let method, let arguments):
            return try call(method, of: base, arguments, at: syntax.offset)
        case .map(let pairs): return try map(pairs)
        case .slice(let base, let from, let to): return try slice(base, from, to, at: syntax.offset)
        default: return .array(try common(syntax.form.children))
        }
    }

    private mutating func decided(_ syntax: Syntax) throws(ExpressionError) -> ValueType {
        switch syntax.form {
        case .ordering(let first, let links): return try ordering(first, links)
        case .match(let operand, _): return try match(operand, at: syntax.offset)
        case .conditional(let test, let then, let otherwise): return try conditional(test, then, otherwise)
        case .binding(let value, let body): return try bind(value, in: body)
        default: return try last(of: syntax.form.children)
        }
    }

    private mutating func bind(_ value: Syntax, in body: Syntax) throws(ExpressionError) -> ValueType {
        named.append(try type(of: value))
        defer { named.removeLast() }
        return try type(of: body)
    }

    private mutating func last(of parts: [Syntax]) throws(ExpressionError) -> ValueType {
        var last = ValueType.none
        for part in parts { last = try type(of: part) }
        return last
    }

    /// The type that all elements have, or `any`.
    private mutating func common(_ elements: [Syntax]) throws(ExpressionError) -> ValueType {
        var common: ValueType?
        for element in elements {
            let type = try type(of: element)
            common = common == nil || common == type ? type : .any
        }
        return common?.asElement ?? .any
    }

    private mutating func map(_ pairs: [Syntax.Pair]) throws(ExpressionError) -> ValueType {
        for pair in pairs {
            let key = try type(of: pair.key)
            guard key == .string || key == .any else {
                throw fail("a key must be a string, not \(key)", pair.key)
            }
            _ = try type(of: pair.value)
        }
        return .map
    }

    private mutating func ordering(
        _ first: Syntax, _ links: [Syntax.Link]
    ) throws(ExpressionError) -> ValueType {
        var left = try type(of: first)
        for link in links {
            let right = try type(of: link.operand)
            guard let type = link.comparison.type(left, right) else {
                throw mismatch(link.comparison, left, right, at: link.offset)
            }
            assert(type == .bool)
            left = right
        }
        return .bool
    }

    private mutating func conditional(
        _ test: Syntax, _ then: Syntax?, _ otherwise: Syntax
    ) throws(ExpressionError) -> ValueType {
        let tested = try type(of: test)
        guard tested == .bool || tested == .any else {
            throw fail("`?` asks for true or false, but has \(tested)", test)
        }
        let first = try then.map { (then) throws(ExpressionError) in try type(of: then) } ?? tested
        return first.or(try type(of: otherwise))
    }

    private mutating func call(
        _ method: Method, of base: Syntax, _ arguments: [Syntax], at offset: Int
    ) throws(ExpressionError) -> ValueType {
        let type = try type(of: base)
        guard type == method.receiver || type == .any else {
            let message = "`.\(method.name)()` is a method of \(method.receiver), not of \(type)"
            throw ExpressionError(.check, at: offset, message)
        }
        for (argument, expected) in zip(arguments, method.parameters) {
            let type = try self.type(of: argument)
            guard type == expected || type == .any else {
                throw fail("`.\(method.name)` takes a \(expected), but got \(type)", argument)
            }
        }
        return method.returns
    }

    private mutating func call(_ builtin: Builtin, _ arguments: [Syntax]) throws(ExpressionError) -> ValueType
    {
        var types: [ValueType] = []
        for (index, argument) in arguments.enumerated() {
            guard let parameter = builtin.parameter(index) else { continue }
            if parameter.isPredicate { elements.append(types.first?.element ?? .any) }
            let type = try type(of: argument)
            if parameter.isPredicate { elements.removeLast() }
            guard type == .any || parameter.accepts(type) else {
                throw fail("`\(builtin.name)` takes \(parameter.expected), but got \(type)", argument)
            }
            types.append(type)
        }
        try checkElements(builtin, types, arguments)
        return builtin.returns(types)
    }

    /// `count(array)` asks of the elements themselves what `count(array, predicate)` asks of the predicate.
    private func checkElements(
        _ builtin: Builtin, _ types: [ValueType], _ arguments: [Syntax]
    ) throws(ExpressionError) {
        guard builtin.required == 1, types.count == 1, let parameter = builtin.parameter(1) else { return }
        guard parameter.isPredicate, let element = types[0].element, element != .any else { return }
        guard parameter.accepts(element) else {
            throw fail("`\(builtin.name)` can't use an \(types[0]) without a predicate", arguments[0])
        }
    }
}

extension TypeCheck {
    private mutating func unary(
        _ meaning: UnaryOperator, _ operand: Syntax, at offset: Int
    ) throws(ExpressionError) -> ValueType {
        let type = try type(of: operand)
        guard let outcome = meaning.type(type) else {
            let hint =
                meaning == .not && type != .none
                ? "; it is asked before comparisons: write `not (a > b)`" : ""
            throw ExpressionError(
                .check, at: offset, "`\(meaning.rawValue)` takes \(meaning.expected), but has \(type)\(hint)")
        }
        return outcome
    }

    private mutating func binary(
        _ meaning: BinaryOperator, _ left: Syntax, _ right: Syntax, at offset: Int
    ) throws(ExpressionError) -> ValueType {
        if meaning == .in, case .names = right.form { return try nameCheck(left) }
        let types = (try type(of: left), try type(of: right))
        guard let outcome = meaning.type(types.0, types.1) else {
            throw mismatch(meaning, types.0, types.1, at: offset)
        }
        if meaning == .remainder, case .literal(.int(0)) = right.form {
            throw ExpressionError(.check, at: offset, "a remainder by 0 does not exist")
        }
        return outcome
    }

    private mutating func match(_ operand: Syntax, at offset: Int) throws(ExpressionError) -> ValueType {
        let type = try type(of: operand)
        guard type == .string || type == .any else { throw mismatch(.matches, type, .string, at: offset) }
        return .bool
    }

    /// `"result" in $env`.
    private mutating func nameCheck(_ name: Syntax) throws(ExpressionError) -> ValueType {
        let type = try type(of: name)
        guard type == .string || type == .any else { throw fail("a name is a string, not \(type)", name) }
        return .bool
    }

    private mutating func member(
        _ base: Syntax, _ index: Syntax, at offset: Int
    ) throws(ExpressionError) -> ValueType {
        let types = (base: try type(of: base), index: try type(of: index))
        switch types.base {
        case .any: return .any
        case .map:
            guard types.index == .string || types.index == .any else {
                throw fail("a member of a map is named by a string, not by \(types.index)", index)
            }
            return .any
        case .groups(let element): return .array(element)
        case .array(let element):
            guard types.index == .int || types.index == .any else {
                throw fail("an element of an array is named by an int, not by \(types.index)", index)
            }
            return element
        case let other:
            throw ExpressionError(.check, at: offset, "\(other) has no members and no elements")
        }
    }

    private mutating func slice(
        _ base: Syntax, _ from: Syntax?, _ to: Syntax?, at offset: Int
    ) throws(ExpressionError) -> ValueType {
        let type = try type(of: base)
        guard type == .string || type.element != nil else {
            throw ExpressionError(.check, at: offset, "\(type) can't be sliced")
        }
        for bound in [from, to].compactMap({ $0 }) {
            let type = try self.type(of: bound)
            guard type == .int || type == .any else {
                throw fail("a slice has ints for bounds, not \(type)", bound)
            }
        }
        return type
    }

    private func fail(_ message: String, _ syntax: Syntax) -> ExpressionError {
        ExpressionError(.check, at: syntax.offset, message)
    }

    private func mismatch(
        _ meaning: BinaryOperator, _ left: ValueType, _ right: ValueType, at offset: Int
    ) -> ExpressionError {
        ExpressionError(.check, at: offset, meaning.mismatch(left, right))
    }
}
