import Transport

/// Who owns what of one object.
struct Ownerships: Hashable, Sendable {
    private(set) var entries: [Ownership]

    init(of object: JSON?) {
        entries = (object?["metadata"]?["managedFields"]?.array ?? []).map(Ownership.init)
    }

    var json: JSON? {
        entries.isEmpty ? JSON?.none : .array(entries.sorted { $0.order < $1.order }.map(\.json))
    }

    subscript(owner: Owner) -> FieldSet {
        entries.first { $0.owner.isSame(as: owner) }?.fields ?? FieldSet()
    }

    var all: FieldSet { entries.reduce(FieldSet()) { $0.union($1.fields) } }

    mutating func set(_ fields: FieldSet, of owner: Owner, at time: String) {
        entries.removeAll { $0.owner.isSame(as: owner) }
        if !fields.isEmpty { entries.append(Ownership(owner, fields, at: time)) }
    }

    /// Takes the fields away from everybody, or from everybody but one.
    mutating func take(_ fields: FieldSet, sparing owner: Owner? = nil) {
        for index in entries.indices {
            if let owner, entries[index].owner.isSame(as: owner) { continue }
            entries[index].fields = entries[index].fields.subtracting(fields)
        }
        entries.removeAll(where: \.fields.isEmpty)
    }

    /// What others own of the fields.
    func claims(on fields: FieldSet, besides owner: Owner) -> [(owner: Owner, fields: FieldSet)] {
        entries.filter { !$0.owner.isSame(as: owner) }
            .map { ($0.owner, $0.fields.intersection(fields)) }
            .filter { !$0.fields.isEmpty }
    }
}

extension Ownership {
    /// Appliers first, then the oldest.
    fileprivate var order: (String, String, String, String, String) {
        (owner.operation, time, owner.name, owner.apiVersion, owner.subresource ?? "")
    }
}
