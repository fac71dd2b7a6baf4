/// The way to values in a JSON document, as Kubernetes writes it: `{$.data.items[?(@.ok == true)].rate}`.
///
/// Fields, quoted fields, indices from either end, slices, unions, wildcards, recursive descent and filters. Templates
/// of several such ways, `range` and text around them have no meaning for a measurement and are refused.
package struct JSONPath: Hashable, Sendable {
    package let source: String
    let steps: [Step]

    package init(parsing source: String) throws(JSONPathError) {
        var parser = JSONPathParser(source)
        steps = try parser.path()
        self.source = source
    }

    /// One step from some values to others.
    indirect enum Step: Hashable, Sendable {
        case field(String)
        case wildcard
        /// The value itself and all that is in it, itself first.
        case descent
        case slice(Slice)
        case union([[Step]])
        case filter(Filter)
    }

    struct Slice: Hashable, Sendable {
        var start: Int?
        /// None: to the end.
        var end: Int?
        var step = 1
        /// `[2]` is what `[2:3]` is, and `[-1]` has no end that could be written.
        var isIndex = false
    }

    struct Filter: Hashable, Sendable {
        let left: Operand
        /// None: it is enough that the left side is there.
        var comparison: Comparison?
    }

    struct Comparison: Hashable, Sendable {
        let relation: Relation
        let right: Operand
    }

    enum Relation: String, CaseIterable, Sendable {
        case equal = "=="
        case unequal = "!="
        case atMost = "<="
        case atLeast = ">="
        case less = "<"
        case greater = ">"
    }

    enum Operand: Hashable, Sendable {
        /// From the element that is looked at.
        case fromElement([Step])
        case fromRoot([Step])
        case literal(Value)
    }
}

/// Why a path can't be read, or leads nowhere in a document.
package struct JSONPathError: Error, Hashable, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}
