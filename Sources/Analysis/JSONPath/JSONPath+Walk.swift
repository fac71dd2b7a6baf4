extension JSONPath {
    /// Everything in a document that the path leads to, in the order of the document; of maps in the order of names.
    ///
    /// As with Kubernetes, a name that nothing has and an index beyond the end are errors and not nothing.
    package func matches(in document: Value) throws(JSONPathError) -> [Value] {
        var walk = Walk(root: document)
        return try walk.follow(steps, from: [document], mayMiss: false)
    }
}

/// One walk through one document, of bounded length: `$..*..*..*` would have no end that anybody sees.
private struct Walk {
    let root: Value
    private var visitsLeft = 200_000

    init(root: Value) {
        self.root = root
    }

    /// - Parameter mayMiss: in a filter, what leads nowhere is only not there.
    mutating func follow(
        _ steps: [JSONPath.Step], from start: [Value], mayMiss: Bool
    ) throws(JSONPathError) -> [Value] {
        var values = start
        for step in steps {
            values = try take(step, from: values, mayMiss)
            visitsLeft -= values.count + 1
            guard visitsLeft > 0 else { throw JSONPathError("leads to too much; name more of the way") }
        }
        return values
    }

    private mutating func take(
        _ step: JSONPath.Step, from values: [Value], _ mayMiss: Bool
    ) throws(JSONPathError) -> [Value] {
        switch step {
        case .field(let name):
            let found = values.compactMap { $0[name] }
            guard mayMiss || !found.isEmpty else { throw JSONPathError("\(name.quoted) is not found") }
            return found
        case .wildcard: return values.flatMap(\.inOrder)
        case .descent:
            var all: [Value] = []
            for value in values { try descend(value, into: &all) }
            return all
        case .slice(let slice):
            var found: [Value] = []
            for value in values { found += try elements(slice, of: value, mayMiss) }
            return found
        case .union(let ways):
            var found: [Value] = []
            for way in ways { found += try follow(way, from: values, mayMiss: mayMiss) }
            return found
        case .filter(let filter):
            var found: [Value] = []
            for value in values { found += try filtered(value, filter, mayMiss) }
            return found
        }
    }

    private mutating func descend(_ value: Value, into all: inout [Value]) throws(JSONPathError) {
        let parts = value.inOrder
        guard !parts.isEmpty else { return }
        visitsLeft -= 1
        guard visitsLeft > 0 else { throw JSONPathError("leads to too much; name more of the way") }
        all.append(value)
        for part in parts { try descend(part, into: &all) }
    }

    private func elements(
        _ slice: JSONPath.Slice, of value: Value, _ mayMiss: Bool
    ) throws(JSONPathError) -> [Value] {
        guard let elements = value.elements else {
            if mayMiss { return [] }
            throw JSONPathError("an index into what is no list")
        }
        guard let bounds = slice.bounds(in: elements.count) else {
            if mayMiss { return [] }
            throw JSONPathError("\(slice) is out of a list of \(elements.count)")
        }
        return stride(from: bounds.lowerBound, to: bounds.upperBound, by: slice.step).map { elements[$0] }
    }
}

// MARK: - Filters

extension Walk {
    private mutating func filtered(
        _ value: Value, _ filter: JSONPath.Filter, _ mayMiss: Bool
    ) throws(JSONPathError) -> [Value] {
        guard let elements = value.elements else {
            if mayMiss { return [] }
            throw JSONPathError("a filter on what is no list")
        }
        var passed: [Value] = []
        for element in elements {
            visitsLeft -= 1
            if try passes(element, filter) { passed.append(element) }
        }
        return passed
    }

    private mutating func passes(_ element: Value, _ filter: JSONPath.Filter) throws(JSONPathError) -> Bool {
        let left = try values(of: filter.left, element)
        guard let comparison = filter.comparison else { return !left.isEmpty }
        let right = try values(of: comparison.right, element)
        guard left.count <= 1, right.count <= 1 else {
            throw JSONPathError("a filter compares one value with one, and a side of it has several")
        }
        guard let left = left.first, let right = right.first else { return false }
        return comparison.relation.holds(left, right)
    }

    private mutating func values(
        of operand: JSONPath.Operand, _ element: Value
    ) throws(JSONPathError) -> [Value] {
        switch operand {
        case .literal(let value): [value]
        case .fromElement(let steps): try follow(steps, from: [element], mayMiss: true)
        case .fromRoot(let steps): try follow(steps, from: [root], mayMiss: true)
        }
    }
}

extension JSONPath.Relation {
    /// Values of two kinds are unequal and in no order.
    fileprivate func holds(_ left: Value, _ right: Value) -> Bool {
        if let (left, right) = left.number.flatMap({ left in right.number.map { (left, $0) } }) {
            return holds(left, right)
        }
        if let left = left.text, let right = right.text { return holds(left, right) }
        switch self {
        case .equal: return left == right
        case .unequal: return left != right
        default: return false
        }
    }

    private func holds<Kind: Comparable>(_ left: Kind, _ right: Kind) -> Bool {
        switch self {
        case .equal: left == right
        case .unequal: left != right
        case .less: left < right
        case .atMost: left <= right
        case .greater: left > right
        case .atLeast: left >= right
        }
    }
}

extension JSONPath.Slice: CustomStringConvertible {
    /// Nil where it begins or ends beyond the list, or ends before it begins.
    func bounds(in count: Int) -> Range<Int>? {
        let start = start.map { $0 < 0 ? $0 + count : $0 } ?? 0
        let end = isIndex ? start + 1 : end.map { $0 < 0 ? $0 + count : $0 } ?? count
        if start == end { return 0..<0 }
        return (0..<count).contains(start) && start <= end && end <= count ? start..<end : nil
    }

    var description: String {
        let parts = [start.map(String.init) ?? ""] + (isIndex ? [] : [end.map(String.init) ?? ""])
        return "[" + (parts + (step > 1 ? ["\(step)"] : [])).joined(separator: ":") + "]"
    }
}

extension Value {
    /// What a list or a map holds.
    fileprivate var inOrder: [Value] {
        switch self {
        case .array(let elements): elements
        case .map(let map): map.sorted { $0.key < $1.key }.map(\.value)
        default: []
        }
    }
}

extension String {
    /// Of a name from a document that may be any.
    fileprivate var quoted: String { "\"\(prefix(80))\"" }
}
