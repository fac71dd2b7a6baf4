import Transport

/// A set of places in an object: which of them somebody owns.
struct FieldSet: Hashable, Sendable {
    /// The places one step below that are in the set themselves.
    var members: Set<PathStep> = []
    /// What is in the set below each of them. No child is empty.
    private(set) var children: [PathStep: FieldSet] = [:]

    var isEmpty: Bool { members.isEmpty && children.isEmpty }

    subscript(step: PathStep) -> FieldSet {
        get { children[step] ?? FieldSet() }
        set { children[step] = newValue.isEmpty ? nil : newValue }
    }

    mutating func insert(_ path: some Collection<PathStep>) {
        guard let first = path.first else { return }
        if path.count == 1 { members.insert(first) } else { self[first].insert(path.dropFirst()) }
    }

    /// Every place in the set, in the order in which messages name them.
    var paths: [[PathStep]] {
        let here = members.sorted { $0.text < $1.text }.map { [$0] }
        return here
            + children.sorted { $0.key.text < $1.key.text }.flatMap { step, child in
                child.paths.map { [step] + $0 }
            }
    }
}

// MARK: - Algebra

extension FieldSet {
    func union(_ other: FieldSet) -> FieldSet {
        combined(with: other, members.union(other.members)) { $0.union($1) }
    }

    func intersection(_ other: FieldSet) -> FieldSet {
        combined(with: other, members.intersection(other.members)) { $0.intersection($1) }
    }

    func subtracting(_ other: FieldSet) -> FieldSet {
        combined(with: other, members.subtracting(other.members)) { $0.subtracting($1) }
    }

    /// Without the places of the other set and everything below them.
    func subtractingAllBelow(_ other: FieldSet) -> FieldSet {
        var result = combined(with: other, members.subtracting(other.members)) {
            $0.subtractingAllBelow($1)
        }
        for step in other.members { result[step] = FieldSet() }
        return result
    }

    private func combined(
        with other: FieldSet, _ members: Set<PathStep>, _ combine: (FieldSet, FieldSet) -> FieldSet
    ) -> FieldSet {
        var result = FieldSet(members: members)
        for step in Set(children.keys).union(other.children.keys) {
            result[step] = combine(self[step], other[step])
        }
        return result
    }

    /// With the structures that lead to the set's places in the set too. Entries of maps and items of lists are
    /// only in it when somebody put them there.
    func withFields(of schema: Schema) -> FieldSet {
        var result = FieldSet(members: members)
        for (step, child) in children {
            if case .field(let name) = step, schema.isField(name) { result.members.insert(step) }
            result[step] = child.withFields(of: schema.below(step))
        }
        return result
    }
}

// MARK: - fieldsV1

extension FieldSet {
    init(fieldsV1 json: JSON) {
        for (name, below) in json.object ?? [:] {
            guard let step = PathStep(name) else { continue }
            let child = FieldSet(fieldsV1: below)
            self[step] = child
            // `{}` is the place itself; `{".": {}, …}` the place and what is below it.
            if child.isEmpty || below["."] != nil { members.insert(step) }
        }
    }

    var fieldsV1: JSON {
        var result: [String: JSON] = [:]
        for step in members { result[step.text] = [:] }
        for (step, child) in children {
            var below = child.fieldsV1
            if members.contains(step) { below["."] = [:] }
            result[step.text] = below
        }
        return .object(result)
    }
}

extension Collection<PathStep> {
    /// `.spec.http`
    var shown: String { map(\.shown).joined() }
}
