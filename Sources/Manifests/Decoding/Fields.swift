/// The keys of a mapping, read one by one, so that the decoder of an object reads like a table of its fields.
///
/// ```swift
/// guard var object = Fields(field) else { return nil }
/// let name = object.required("name", .string)
/// let weight = object.optional("setWeight", .hundredths(in: 0...10_000))
/// object.refuseUnknown()
/// guard let name else { return nil }
/// ```
///
/// Ask for every key before giving up on one of them: what was not asked for is unknown.
package struct Fields {
    /// The mapping itself.
    package let field: Field
    private let entries: [YAMLEntry]
    private var known: Set<String> = []
    private var settled: Set<String> = []

    /// Nil, reported, when the value is not a mapping.
    package init?(_ field: Field) {
        field.note(.kind(.object))
        guard let entries = field.sketch == nil ? field.node.mapping : [] else {
            field.refuse(expected: "a mapping")
            return nil
        }
        self.field = field
        self.entries = entries
    }

    /// The value of a key, whatever it is; nil when the key is absent. `key:` with nothing after it is there, and null.
    package mutating func field(_ key: String) -> Field? {
        known.insert(key)
        if let sketch = field.sketch {
            return Field(sketching: sketch.member(key), at: field.path.appending(key: key))
        }
        return entries.first { $0.key.text == key }.map(child)
    }

    /// The value of a key that must be there. Nil means reported.
    package mutating func required<Output>(_ key: String, _ shape: Shape<Output>) -> Output? {
        required(key, shape.read)
    }

    package mutating func required<Output>(_ key: String, _ read: (Field) -> Output?) -> Output? {
        field.sketch?.require(key)
        guard let value = field(key) else {
            field.refuse("missing \(key.shownAsKey)")
            return nil
        }
        return read(value)
    }

    /// The value of a key that may be absent. Nil means absent, or there but wrong and reported.
    ///
    /// A key with nothing after it is wrong like any other value that does not have the shape, unless
    /// `nullIsAbsent`, which is how Kubernetes reads it.
    package mutating func optional<Output>(
        _ key: String, _ shape: Shape<Output>, nullIsAbsent: Bool = false
    ) -> Output? {
        optional(key, nullIsAbsent: nullIsAbsent, shape.read)
    }

    package mutating func optional<Output>(
        _ key: String, nullIsAbsent: Bool = false, _ read: (Field) -> Output?
    ) -> Output? {
        guard let value = field(key), !(nullIsAbsent && value.isNull) else { return nil }
        return read(value)
    }

    /// Every key and its value in the order of the file, for a mapping whose keys are names that people chose.
    /// A sketch has one that stands for all.
    package mutating func all() -> [(key: YAMLKey, field: Field)] {
        if let sketch = field.sketch {
            return [(YAMLKey("", at: field.node.mark), Field(sketching: sketch.anyValue(), at: field.path))]
        }
        settled.formUnion(entries.map(\.key.text))
        return entries.map { ($0.key, child($0)) }
    }

    private func child(_ entry: YAMLEntry) -> Field {
        Field(entry.value, at: field.path.appending(key: entry.key.text), field.diagnostics)
    }
}

extension Fields {
    /// Whether the key is there, with or without a value; in a sketch every key is. Does not make it known.
    package func has(_ key: String) -> Bool {
        field.sketch != nil || entries.contains { $0.key.text == key }
    }

    /// Whether there are keys, and none of these among them.
    package func isElse(than keys: [String]) -> Bool { !entries.isEmpty && !keys.contains(where: has) }

    /// Reports an object without a single key.
    package func refuseEmpty(_ message: String) {
        field.note(.members(from: 1))
        if field.sketch == nil, entries.isEmpty { field.refuse(message) }
    }

    /// Makes keys known whose values are somebody else's affair.
    package mutating func ignore(_ keys: String...) {
        known.formUnion(keys)
        if let sketch = field.sketch { keys.forEach { sketch.member($0).note(.anything) } }
    }

    /// Reports when several of these keys are there. Each of them is read, whichever are.
    package func atMostOne(of keys: [String]) {
        field.note(.rule(.atMostOne(keys)))
        if field.sketch == nil, keys.count(where: has) > 1 { _ = exactlyOne(of: keys) }
    }

    /// The one of these keys that is there. Nil, reported, when none is or several are.
    ///
    /// In a sketch the decoder is run once for each of them.
    package func exactlyOne(of keys: [String]) -> String? {
        if let sketch = field.sketch { return sketch.choose(among: keys) }
        let present = keys.filter(has)
        switch present.count {
        case 1: return present[0]
        case 0: field.refuse("needs one of: \(keys.joined(separator: ", "))")
        default: field.refuse("has \(present.joined(separator: " and ")); only one of them can be meant")
        }
        return nil
    }

    /// Names what is known but does not work yet: the key, and a reason in a few words, without a stop. Answers
    /// whether any of it is there.
    @discardableResult
    package mutating func refuseUnsupported(_ reasons: KeyValuePairs<String, String>) -> Bool {
        if field.sketch != nil { return false }
        for (key, reason) in reasons {
            settled.insert(key)
            guard let entry = entries.first(where: { $0.key.text == key }) else { continue }
            field.refuse(at: entry.key.mark, "\(key.shownAsKey) is not supported yet: \(reason)")
        }
        return reasons.contains { has($0.key) }
    }

    /// Refuses every key that was not asked for, with the known ones listed. Once for each key.
    package mutating func refuseUnknown() {
        let names = known.sorted()
        for entry in entries where !known.contains(entry.key.text) {
            guard settled.insert(entry.key.text).inserted else { continue }
            field.refuse(at: entry.key.mark, unknown("key", entry.key.text.shownAsKey, entry.key.text, names))
        }
    }
}
