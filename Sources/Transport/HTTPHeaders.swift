/// Header fields in the order of the wire; names are compared without regard to case.
package struct HTTPHeaders: Sendable, Hashable, ExpressibleByDictionaryLiteral {
    package struct Field: Sendable, Hashable {
        package let name: String
        package let value: String
    }

    package private(set) var fields: [Field] = []

    package init() {}

    package init(_ pairs: [(String, String)]) {
        fields = pairs.map { Field(name: $0, value: $1) }
    }

    package init(dictionaryLiteral pairs: (String, String)...) {
        self.init(pairs)
    }

    /// The first value of a field. Setting replaces all its values; setting nil removes them.
    package subscript(name: String) -> String? {
        get { fields.first { sameName($0.name, name) }?.value }
        set {
            fields.removeAll { sameName($0.name, name) }
            if let newValue { add(name, newValue) }
        }
    }

    /// All values of a field that may come more than once.
    package func values(_ name: String) -> [String] {
        fields.filter { sameName($0.name, name) }.map(\.value)
    }

    package mutating func add(_ name: String, _ value: String) {
        fields.append(Field(name: name, value: value))
    }

    /// Adds a folded line to the last value: an obsolete form that old servers still send.
    mutating func extendLast(with text: String) {
        guard let last = fields.popLast() else { return }
        add(last.name, last.value + " " + text)
    }
}

private func sameName(_ one: String, _ other: String) -> Bool {
    one.utf8.count == other.utf8.count && one.lowercased() == other.lowercased()
}
