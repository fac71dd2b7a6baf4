import Transport

/// Fields that an apply would change and others own.
struct ApplyConflict: Error {
    let claims: [(owner: Owner, path: String)]

    var message: String {
        guard claims.count > 1 else {
            let only = claims.first
            return
                "Apply failed with 1 conflict: conflict with \(only?.owner.shown ?? ""): \(only?.path ?? "")"
        }
        var lines: [String] = []
        for owner in uniqueOwners {
            lines.append("conflicts with \(owner.shown):")
            lines += claims.filter { $0.owner == owner }.map { "- \($0.path)" }
        }
        return "Apply failed with \(claims.count) conflicts: " + lines.joined(separator: "\n")
    }

    var causes: [JSON] {
        claims.map { owner, path in
            [
                "reason": "FieldManagerConflict", "message": JSON("conflict with \(owner.shown)"),
                "field": JSON(path),
            ]
        }
    }

    private var uniqueOwners: [Owner] {
        var seen: Set<Owner> = []
        return claims.map(\.owner).filter { seen.insert($0).inserted }
    }
}

extension Ownerships {
    /// After a create, replace or patch: what changed belongs to whoever changed it, and to nobody else.
    mutating func update(
        from old: JSON?, to new: JSON, _ schema: Schema, by owner: Owner, resetting reset: FieldSet,
        at time: String
    ) {
        let difference = schema.difference(from: old?.withoutOwners ?? [:], to: new.withoutOwners)
        let changed = difference.modified.union(difference.added)
        take(changed.union(difference.removed))
        let won = changed.subtractingAllBelow(reset).subtracting(.neverOwned)
        if !won.isEmpty { set(self[owner].union(won), of: owner, at: time) }
    }

    /// The object after an apply. Fails where it would change what others own, unless it is forced.
    mutating func apply(
        _ applied: JSON, onto live: JSON?, _ schema: Schema, by owner: Owner, resetting reset: FieldSet,
        force: Bool, at time: String
    ) throws(ApplyConflict) -> JSON {
        let live = live?.withoutOwners ?? [:]
        let merged = schema.merged(live, with: applied)
        let before = self
        let claimed = schema.fieldSet(of: applied).subtractingAllBelow(reset).subtracting(.neverOwned)
        set(claimed, of: owner, at: time)
        let result = withoutAbandoned(merged, schema, last: before[owner])
        let difference = schema.difference(from: live, to: result)
        let changed = difference.modified.union(difference.added)
        let claims = claims(on: changed, besides: owner)
        guard claims.isEmpty || force else { throw ApplyConflict(claims) }
        take(changed.union(difference.removed), sparing: owner)
        if result == live { keepTime(of: owner, from: before) }
        return result
    }

    /// What the applier had and claims no more goes, where nobody else has it.
    private func withoutAbandoned(_ merged: JSON, _ schema: Schema, last: FieldSet) -> JSON {
        guard !last.isEmpty else { return merged }
        let had = last.withFields(of: schema)
        let pruned = schema.removing(had, from: merged)
        let everything = schema.fieldSet(of: merged).withFields(of: schema)
        let kept = schema.fieldSet(of: pruned).withFields(of: schema).union(all.withFields(of: schema))
        let owned = schema.removing(everything.subtracting(kept), from: merged)
        let left = schema.fieldSet(of: owned).withFields(of: schema)
        return schema.removing(everything.subtracting(left).intersection(had), from: merged)
    }

    private mutating func keepTime(of owner: Owner, from before: Ownerships) {
        guard let old = before.entries.first(where: { $0.owner.isSame(as: owner) }) else { return }
        if old.fields == self[owner] { set(old.fields, of: owner, at: old.time) }
    }
}

extension ApplyConflict {
    fileprivate init(_ claims: [(owner: Owner, fields: FieldSet)]) {
        self.claims = claims.sorted { $0.owner.shown < $1.owner.shown }.flatMap { owner, fields in
            fields.paths.map { (owner, $0.shown) }
        }
    }
}

extension FieldSet {
    /// What the server itself writes into every object.
    static let neverOwned: FieldSet = {
        var set = FieldSet(members: [.field("apiVersion"), .field("kind"), .field("metadata")])
        for name in [
            "name", "namespace", "creationTimestamp", "selfLink", "uid", "clusterName", "generation",
            "managedFields", "resourceVersion",
        ] { set.insert([.field("metadata"), .field(name)]) }
        return set
    }()
}

extension JSON {
    var withoutOwners: JSON {
        var result = self
        if result["metadata"] != nil { result["metadata"]?["managedFields"] = nil }
        return result
    }
}
