/// What a value must look like, and what it becomes: `.string`, `.int(in: 1...10)`, `.list(of: .duration)`.
///
/// A shape that does not fit reports why, and answers nil.
package struct Shape<Output> {
    package let read: (Field) -> Output?

    package init(_ read: @escaping (Field) -> Output?) {
        self.read = read
    }

    /// The same shape, with its value made into something else.
    package func map<New>(_ transform: @escaping (Output) -> New) -> Shape<New> {
        Shape<New> { field in self.read(field).map(transform) }
    }

    /// The same shape with one more demand: `problem` says what is wrong with a value, or nil.
    package func refusing(_ problem: @escaping (Output) -> String?) -> Shape {
        Shape { field in
            guard let output = self.read(field) else { return nil }
            guard let problem = problem(output) else { return output }
            field.refuse(problem)
            return nil
        }
    }
}

extension Shape {
    /// A mapping whose fields `read` asks for one by one. Keys that it did not ask for are refused.
    package static func object(_ read: @escaping (inout Fields) -> Output?) -> Shape {
        Shape { field in
            guard var fields = Fields(field) else { return nil }
            if let sketch = field.sketch {
                sketch.eachAlternative { _ = read(&fields) }
                return nil
            }
            let output = read(&fields)
            fields.refuseUnknown()
            return output
        }
    }

    /// A shape, or nothing: `key:` and `key: null` become `.some(nil)`.
    package static func orNull<Wrapped>(_ shape: Shape<Wrapped>) -> Shape where Output == Wrapped? {
        Shape { field in
            field.note(.nullable)
            return field.isNull ? .some(nil) : shape.read(field).map(Optional.some)
        }
    }

    /// A scalar in the one shape, anything else in the other.
    package static func scalar(_ scalar: Shape, orElse other: Shape) -> Shape {
        Shape { field in
            if field.sketch != nil { _ = scalar.read(field) }
            return field.sketch == nil && field.node.scalar != nil ? scalar.read(field) : other.read(field)
        }
    }

    /// A list, all of whose items have one shape.
    package static func list<Item>(of shape: Shape<Item>) -> Shape where Output == [Item] {
        Shape { field in
            guard let items = field.items else { return nil }
            let read = items.map(shape.read)
            let whole = read.compactMap(\.self)
            return whole.count == read.count ? whole : nil
        }
    }

    /// A mapping from names that people chose to values of one shape.
    package static func dictionary<Value>(of shape: Shape<Value>) -> Shape where Output == [String: Value] {
        Shape { field in
            guard var fields = Fields(field) else { return nil }
            let read = fields.all().map { ($0.key.text, shape.read($0.field)) }
            let whole = read.compactMap { name, value in value.map { (name, $0) } }
            // A name that occurs twice was reported by the reader; the first stands, as in `Fields`.
            return whole.count == read.count ? Dictionary(whole) { first, _ in first } : nil
        }
    }
}

extension Shape where Output == YAMLNode {
    /// Any value at all, as it was written.
    package static var any: Shape { Shape(noting: .anything, read: \.node) }
}
