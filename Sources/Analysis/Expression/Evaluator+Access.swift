/// Members, indices and slices.
extension Evaluator {
    /// The value at the end of a chain of accesses; nil when a `?.` on the way found nil and ended the chain.
    mutating func access(_ syntax: Syntax) throws(ExpressionError) -> Value? {
        switch syntax.form {
        case .member(let base, let index, let isOptional):
            guard let base = try access(base), !(isOptional && base == .none) else { return nil }
            return try member(of: base, try value(of: index), at: syntax.offset)
        case .slice(let base, let from, let to):
            guard let base = try access(base) else { return nil }
            return try slice(of: base, from: from, to: to, at: syntax.offset)
        default:
            return try value(of: syntax)
        }
    }

    private func member(of base: Value, _ index: Value, at offset: Int) throws(ExpressionError) -> Value {
        switch (base, index) {
        case (.map(let map), .string(let name)):
            return map[name] ?? .none
        case (.groups(let groups), let key):
            return groups[key] ?? .none
        case (.array(let elements), _):
            let position = try position(index, at: offset)
            let fromStart = position < 0 ? position &+ elements.count : position
            guard elements.indices.contains(fromStart) else {
                throw fail("there is no element \(position) in an array of \(elements.count)", at: offset)
            }
            return elements[fromStart]
        default:
            throw fail("\(base.type) has no member \(index)", at: offset)
        }
    }

    /// Bounds beyond the ends are moved to the ends; a slice is never an error for its length.
    private mutating func slice(
        of base: Value, from: Syntax?, to: Syntax?, at offset: Int
    ) throws(ExpressionError) -> Value {
        switch base {
        case .array(let elements):
            let range = try range(from, to, of: elements.count)
            try allocate(range.count, at: offset)
            return .array(Array(elements[range]))
        case .string(let string):
            let bytes = Array(string.utf8)
            try spend(bytes.count / 8, at: offset)
            let range = try range(from, to, of: bytes.count)
            try allocate(range.count, at: offset)
            return .string(try text(bytes, range, at: offset))
        default:
            throw fail("\(base.type) can't be sliced", at: offset)
        }
    }

    /// Strings are cut by bytes, which may leave half a character; such a string could only mislead.
    private func text(_ bytes: [UInt8], _ range: Range<Int>, at offset: Int) throws(ExpressionError) -> String
    {
        guard let text = String(validating: bytes[range], as: UTF8.self) else {
            throw fail("the slice cuts a character in two; bounds of a string count bytes", at: offset)
        }
        return text
    }

    private mutating func range(
        _ from: Syntax?, _ to: Syntax?, of count: Int
    ) throws(ExpressionError) -> Range<Int> {
        let upper = try bound(to, of: count) ?? count
        let lower = try bound(from, of: count) ?? 0
        return min(lower, upper)..<upper
    }

    private mutating func bound(_ syntax: Syntax?, of count: Int) throws(ExpressionError) -> Int? {
        guard let syntax else { return nil }
        let position = try position(try value(of: syntax), at: syntax.offset)
        return min(max(position < 0 ? position &+ count : position, 0), count)
    }

    /// Numbers of JSON documents are floats, and may be indices all the same.
    func position(_ value: Value, at offset: Int) throws(ExpressionError) -> Int {
        switch value {
        case .int(let int): return Int(clamping: int)
        case .float(let float):
            if let int = Int64(truncating: float) { return Int(clamping: int) }
        default: break
        }
        throw fail("an index must be an int, not \(value)", at: offset)
    }
}
