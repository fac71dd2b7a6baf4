import Transport

/// How a value is owned: as one, or by the parts that these steps lead to.
enum Parts {
    case one
    case members([String: JSON])
    /// In the list's order.
    case items([(step: PathStep, value: JSON)])
}

extension Schema {
    func below(_ step: PathStep) -> Schema {
        if case .field(let name) = step { member(name) ?? .anything } else { items ?? .anything }
    }

    func parts(of value: JSON) -> Parts {
        switch value {
        case .object(let members) where ownership != .atomic: .members(members)
        case .array(let list): listParts(list)
        default: .one
        }
    }

    private func listParts(_ list: [JSON]) -> Parts {
        switch ownership {
        case .set: .items(list.map { (.value($0), $0) })
        case .map(let keys): .items(list.map { (.key(keyValues(keys, of: $0)), $0) })
        default: .one
        }
    }

    private func keyValues(_ keys: [String], of item: JSON) -> [String: JSON] {
        var values: [String: JSON] = [:]
        for key in keys { values[key] = item[key] ?? items?.properties[key]?.defaultValue }
        return values
    }
}

// MARK: - What is there, and what is not known

extension Schema {
    /// The places that an applied object claims.
    func fieldSet(of value: JSON) -> FieldSet {
        var set = FieldSet()
        switch parts(of: value) {
        case .one: break
        case .members(let members):
            for (name, inner) in members { claim(.field(name), inner, in: &set, isMember: !isField(name)) }
        case .items(let items):
            for (step, inner) in items { claim(step, inner, in: &set, isMember: true) }
        }
        return set
    }

    private func claim(_ step: PathStep, _ value: JSON, in set: inout FieldSet, isMember: Bool) {
        let schema = below(step)
        set[step] = schema.fieldSet(of: value)
        let isLeaf: Bool
        switch schema.parts(of: value) {
        case .one: isLeaf = true
        case .members(let members): isLeaf = members.isEmpty
        case .items: isLeaf = false
        }
        if isMember || isLeaf { set.members.insert(step) }
    }

    /// The first places that the schema has no room for, as server-side apply complains of them.
    func undeclared(in value: JSON) -> [String] {
        switch value {
        case .object(let members):
            members.sorted { $0.key < $1.key }.flatMap { name, inner -> [String] in
                guard let schema = member(name) else { return [".\(name)"] }
                return schema.undeclared(in: inner).map { ".\(name)\($0)" }
            }
        case .array(let list):
            list.enumerated().flatMap { index, inner -> [String] in
                guard let items else { return [] }
                return items.undeclared(in: inner).map { shownStep(inner, index) + $0 }
            }
        default: []
        }
    }

    private func shownStep(_ item: JSON, _ index: Int) -> String {
        if case .items(let items) = listParts([item]), let step = items.first?.step { return step.shown }
        return "[\(index)]"
    }
}

// MARK: - Comparing

struct Difference: Hashable, Sendable {
    var added = FieldSet()
    var modified = FieldSet()
    var removed = FieldSet()
}

extension Schema {
    func difference(from old: JSON?, to new: JSON?) -> Difference {
        var result = Difference()
        compare(old, new, at: [], &result)
        return result
    }

    private func compare(_ old: JSON?, _ new: JSON?, at path: [PathStep], _ result: inout Difference) {
        guard old != new else { return }
        guard let steps = commonSteps(old, new) else { return mark(old, new, path, &result) }
        for step in steps.order {
            below(step).compare(steps.old[step], steps.new[step], at: path + [step], &result)
        }
        if old == nil { result.added.insert(path) } else if new == nil { result.removed.insert(path) }
    }

    private func mark(_ old: JSON?, _ new: JSON?, _ path: [PathStep], _ result: inout Difference) {
        if old == nil {
            result.added.insert(path)
        } else if new == nil {
            result.removed.insert(path)
        } else {
            result.modified.insert(path)
        }
    }

    /// None where the values are to be compared as a whole.
    private func commonSteps(
        _ old: JSON?, _ new: JSON?
    ) -> (order: [PathStep], old: [PathStep: JSON], new: [PathStep: JSON])? {
        guard let before = steps(of: old), let after = steps(of: new) else { return nil }
        if before.isEmpty, after.isEmpty { return nil }
        let old = Dictionary(before) { first, _ in first }
        let new = Dictionary(after) { first, _ in first }
        return (before.map(\.0) + after.map(\.0).filter { old[$0] == nil }, old, new)
    }

    private func steps(of value: JSON?) -> [(PathStep, JSON)]? {
        guard let value, value != .null else { return [] }
        switch parts(of: value) {
        case .one: return nil
        case .members(let members): return members.map { (.field($0), $1) }
        case .items(let items): return items.map { ($0.step, $0.value) }
        }
    }
}

// MARK: - Merging and removing

extension Schema {
    /// What is there with what is applied laid over it.
    func merged(_ live: JSON?, with applied: JSON) -> JSON {
        guard let live else { return applied }
        switch (parts(of: live), parts(of: applied)) {
        case (.members(let old), .members(let new)):
            return .object(
                old.merging(new) { $1 }.reduce(into: [:]) { result, entry in
                    let (name, value) = entry
                    guard let laid = new[name] else { return result[name] = value }
                    result[name] = below(.field(name)).merged(old[name], with: laid)
                })
        case (.items(let old), .items(let new)): return .array(mergedItems(old, new))
        default: return applied
        }
    }

    /// Items keep the live order; new ones come behind them, in the applied order.
    private func mergedItems(
        _ old: [(step: PathStep, value: JSON)], _ new: [(step: PathStep, value: JSON)]
    ) -> [JSON] {
        let applied = Dictionary(new.map { ($0.step, $0.value) }) { first, _ in first }
        let live = Set(old.map(\.step))
        let kept = old.map { step, value in
            applied[step].map { below(step).merged(value, with: $0) } ?? value
        }
        return kept + new.filter { !live.contains($0.step) }.map(\.value)
    }

    /// The value without the places of a set. What becomes empty by that stays, empty.
    func removing(_ set: FieldSet, from value: JSON) -> JSON {
        guard !set.isEmpty else { return value }
        switch parts(of: value) {
        case .one: return value
        case .members(let members):
            return .object(
                members.reduce(into: [:]) { result, entry in
                    let step = PathStep.field(entry.key)
                    guard !set.members.contains(step) else { return }
                    result[entry.key] = below(step).removing(set[step], from: entry.value)
                })
        case .items(let items):
            return .array(
                items.filter { !set.members.contains($0.step) }
                    .map { below($0.step).removing(set[$0.step], from: $0.value) })
        }
    }
}

// MARK: - Shapes

extension Schema {
    /// Why server-side apply can't make sense of a value; none where it can.
    func misshapen(in value: JSON) -> String? {
        wrongShapes(in: value).first
            ?? undeclared(in: value).first.map { "\($0): field not declared in schema" }
    }

    private func wrongShapes(in value: JSON) -> [String] {
        switch (type, value) {
        case ("array", .object), ("array", .string), ("array", .integer), ("array", .bool),
            ("array", .number):
            return [": expected list, got &{\(value.bareText)}"]
        case ("object", .array), ("object", .string), ("object", .integer), ("object", .bool),
            ("object", .number):
            return [": expected map, got &{\(value.bareText)}"]
        case ("integer", .string): return [": expected numeric (int or float), got string"]
        case (_, .object(let members)):
            return members.sorted { $0.key < $1.key }.flatMap { name, inner in
                (member(name)?.wrongShapes(in: inner) ?? []).map { ".\(name)\($0)" }
            }
        case (_, .array(let list)):
            return list.enumerated().flatMap { index, inner in
                (items?.wrongShapes(in: inner) ?? []).map { shownStep(inner, index) + $0 }
            }
        default: return []
        }
    }
}

extension JSON {
    fileprivate var bareText: String { string ?? text }
}
