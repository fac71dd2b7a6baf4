extension Evaluator {
    mutating func unary(
        _ meaning: UnaryOperator, _ operand: Syntax, at offset: Int
    ) throws(ExpressionError) -> Value {
        if meaning == .not { return .bool(!(try bool(operand, of: "`!`", at: offset))) }
        let value = try value(of: operand)
        switch value {
        case .int(let int): return .int(meaning == .minus ? 0 &- int : int)
        case .float(let float): return .float(meaning == .minus ? -float : float)
        case .duration(let ns): return .duration(nanoseconds: meaning == .minus ? 0 &- ns : ns)
        default: throw fail("`\(meaning.rawValue)` takes a number, but has \(value.type)", at: offset)
        }
    }

    mutating func binary(
        _ meaning: BinaryOperator, _ left: Syntax, _ right: Syntax, at offset: Int
    ) throws(ExpressionError) -> Value {
        switch meaning {
        case .or: return .bool(try decide(left, right, unless: true, "`||`", at: offset))
        case .and: return .bool(try decide(left, right, unless: false, "`&&`", at: offset))
        case .coalesce: return try coalesce(left, right)
        case .in: return .bool(try isMember(left, of: right, at: offset))
        default: return try combine(meaning, try value(of: left), try value(of: right), at: offset)
        }
    }

    /// Asks the right side only where the left one did not settle the matter.
    private mutating func decide(
        _ left: Syntax, _ right: Syntax, unless settled: Bool, _ asker: String, at offset: Int
    ) throws(ExpressionError) -> Bool {
        let first = try bool(left, of: asker, at: offset)
        return first == settled ? first : try bool(right, of: asker, at: offset)
    }

    /// The operators that need both operands whatever they are.
    private mutating func combine(
        _ meaning: BinaryOperator, _ left: Value, _ right: Value, at offset: Int
    ) throws(ExpressionError) -> Value {
        switch meaning {
        case .equal: .bool(try equal(left, right, at: offset))
        case .unequal: .bool(!(try equal(left, right, at: offset)))
        case .less, .greater, .lessOrEqual, .greaterOrEqual:
            .bool(try compare(meaning, left, right, at: offset))
        case .matches, .contains, .startsWith, .endsWith: .bool(try search(meaning, left, right, at: offset))
        case .range: try range(left, right, at: offset)
        default: try arithmetic(meaning, left, right, at: offset)
        }
    }

    private mutating func coalesce(_ left: Syntax, _ right: Syntax) throws(ExpressionError) -> Value {
        let first = try value(of: left)
        return first == .none ? try value(of: right) : first
    }

    mutating func ordering(_ first: Syntax, _ links: [Syntax.Link]) throws(ExpressionError) -> Bool {
        var left = try value(of: first)
        for link in links {
            let right = try value(of: link.operand)
            guard try compare(link.comparison, left, right, at: link.offset) else { return false }
            left = right
        }
        return true
    }

    /// Every comparison with NaN is false.
    mutating func compare(
        _ meaning: BinaryOperator, _ left: Value, _ right: Value, at offset: Int
    ) throws(ExpressionError) -> Bool {
        switch (left, right) {
        case (.int(let left), .int(let right)): return meaning.orders(left, right)
        case (.time(let left), .time(let right)): return meaning.orders(left, right)
        case (.duration(let left), .duration(let right)): return meaning.orders(left, right)
        case (.string(let left), .string(let right)):
            try spend(min(left.utf8.count, right.utf8.count) / 8, at: offset)
            return meaning.orders(Bytes(left), Bytes(right))
        default:
            guard let left = left.number, let right = right.number else {
                throw mismatch(meaning, left, right, at: offset)
            }
            return meaning.orders(left, right)
        }
    }

    private func mismatch(
        _ meaning: BinaryOperator, _ left: Value, _ right: Value, at offset: Int
    ) -> ExpressionError {
        fail(meaning.mismatch(left.type, right.type), at: offset)
    }
}

extension BinaryOperator {
    fileprivate func orders<Operand: Comparable>(_ left: Operand, _ right: Operand) -> Bool {
        switch self {
        case .less: left < right
        case .greater: left > right
        case .lessOrEqual: left <= right
        default: left >= right
        }
    }
}

/// Strings are ordered and compared by bytes. Swift's own `==` takes an `é` of one scalar and one of two for equal.
private struct Bytes: Comparable {
    let text: String

    init(_ text: String) { self.text = text }

    static func == (left: Bytes, right: Bytes) -> Bool { left.text.utf8.elementsEqual(right.text.utf8) }

    static func < (left: Bytes, right: Bytes) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }
}

extension Evaluator {
    /// Numbers are equal by value, also inside arrays; inside maps an int and a float differ.
    mutating func equal(
        _ left: Value, _ right: Value, at offset: Int, isStrict: Bool = false
    ) throws(ExpressionError) -> Bool {
        try spend(1, at: offset)
        switch (left, right) {
        case (.array(let left), .array(let right)):
            return try equal(left, right, at: offset, isStrict: isStrict)
        case (.map(let left), .map(let right)): return try equal(left, right, at: offset)
        case (.groups(let left), .groups(let right)): return try equal(left, right, at: offset)
        case (.string(let left), .string(let right)):
            try spend(min(left.utf8.count, right.utf8.count) / 8, at: offset)
            return Bytes(left) == Bytes(right)
        case (.float(let left), .float(let right)): return left == right
        case (.int(let left), .float(let right)): return !isStrict && Double(left) == right
        case (.float(let left), .int(let right)): return !isStrict && left == Double(right)
        default: return left == right
        }
    }

    private mutating func equal(
        _ left: [Value], _ right: [Value], at offset: Int, isStrict: Bool
    ) throws(ExpressionError) -> Bool {
        guard left.count == right.count else { return false }
        for (left, right) in zip(left, right) {
            guard try equal(left, right, at: offset, isStrict: isStrict) else { return false }
        }
        return true
    }

    private mutating func equal(_ left: Groups, _ right: Groups, at offset: Int) throws(ExpressionError)
        -> Bool
    {
        guard left.count == right.count else { return false }
        for (key, members) in zip(left.keys, left.values) {
            guard let others = right[key], try equal(members, others, at: offset, isStrict: true) else {
                return false
            }
        }
        return true
    }

    private mutating func equal(
        _ left: [String: Value], _ right: [String: Value], at offset: Int
    ) throws(ExpressionError) -> Bool {
        guard left.count == right.count else { return false }
        for (key, value) in left {
            guard let other = right[key], try equal(value, other, at: offset, isStrict: true) else {
                return false
            }
        }
        return true
    }
}

/// Looking for one value in another.
extension Evaluator {
    /// `a matches "…"`.
    mutating func matches(
        _ value: Value, _ pattern: Pattern, at offset: Int
    ) throws(ExpressionError) -> Bool {
        switch value {
        case .none: return false
        case .string(let text): return try find(pattern, in: text, at: offset)
        default: throw mismatch(.matches, value, .string(""), at: offset)
        }
    }

    private mutating func find(
        _ pattern: Pattern, in text: String, at offset: Int
    ) throws(ExpressionError) -> Bool {
        try spend(pattern.cost / 8, at: offset)
        var search = PatternSearch(pattern)
        for scalar in text.unicodeScalars where !search.isOver {
            try spend(1 + search.width / 4, at: offset)
            search.feed(scalar)
        }
        return search.end()
    }

    /// A pattern that is not written out is read each time.
    private mutating func find(
        _ source: String, in text: String, at offset: Int
    ) throws(ExpressionError) -> Bool {
        let pattern: Pattern
        do throws(PatternError) {
            pattern = try Pattern(source)
        } catch {
            throw fail("\"\(source)\" is no regular expression: \(error.message)", at: offset)
        }
        try spend(pattern.cost, at: offset)
        return try find(pattern, in: text, at: offset)
    }

    private mutating func isMember(
        _ left: Syntax, of right: Syntax, at offset: Int
    ) throws(ExpressionError) -> Bool {
        let needle = try value(of: left)
        if case .names = right.form { return Environment.names.contains { needle == .string($0) } }
        if case .binary(.range, let first, let last) = right.form {
            return try isMember(needle, from: first, to: last, at: right.offset)
        }
        switch try value(of: right) {
        case .none: return false
        case .array(let elements): return try contains(elements, needle, at: offset)
        case .map(let map): return try contains(map, needle, at: offset)
        case .groups(let groups): return groups[needle] != nil
        case let other: throw mismatch(.in, needle, other, at: offset)
        }
    }

    /// `x in a..b` builds no array, so that the width of the range costs nothing.
    private mutating func isMember(
        _ needle: Value, from first: Syntax, to last: Syntax, at offset: Int
    ) throws(ExpressionError) -> Bool {
        let ends = (try value(of: first), try value(of: last))
        guard case (.int(let first), .int(let last)) = ends else {
            throw mismatch(.range, ends.0, ends.1, at: offset)
        }
        switch needle {
        case .int(let int): return first <= int && int <= last
        case .float(let float): return Int64(exactly: float).map { first <= $0 && $0 <= last } ?? false
        default: return false
        }
    }

    mutating func contains(
        _ elements: [Value], _ needle: Value, at offset: Int
    ) throws(ExpressionError) -> Bool {
        for element in elements where try equal(element, needle, at: offset) { return true }
        return false
    }

    private func contains(_ map: [String: Value], _ needle: Value, at offset: Int) throws(ExpressionError)
        -> Bool
    {
        switch needle {
        case .string(let name): return map[name] != nil
        case .none: return false
        default: throw mismatch(.in, needle, .map(map), at: offset)
        }
    }

    /// What is nil holds nothing and is held by nothing.
    private mutating func search(
        _ meaning: BinaryOperator, _ left: Value, _ right: Value, at offset: Int
    ) throws(ExpressionError) -> Bool {
        if left == .none || right == .none { return false }
        guard case (.string(let text), .string(let part)) = (left, right) else {
            throw mismatch(meaning, left, right, at: offset)
        }
        if meaning == .matches { return try find(part, in: text, at: offset) }
        try spend((text.utf8.count + part.utf8.count) / 8, at: offset)
        switch meaning {
        case .startsWith: return text.utf8.starts(with: part.utf8)
        case .endsWith: return text.utf8.reversed().starts(with: part.utf8.reversed())
        default: return !Array(text.utf8).places(of: Array(part.utf8), atMost: 1).isEmpty
        }
    }
}
