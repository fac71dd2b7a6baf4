extension Sketch {
    /// What is taken here, as a structural schema (OpenAPI v3 as Kubernetes has it). The path is that of
    /// `sentences`: `Rollout.spec.paused`.
    func schema(at path: String) -> YAMLTree {
        var schema: YAMLTree = .mapping(limitMembers)
        addKinds(to: &schema)
        addMembers(to: &schema, at: path)
        if isOpen { schema["x-kubernetes-preserve-unknown-fields"] = true }
        if isNullable { schema["nullable"] = true }
        if let itemKey {
            schema["x-kubernetes-list-type"] = "map"
            schema["x-kubernetes-list-map-keys"] = [.string(itemKey)]
        }
        schema["description"] = sentences[path].map(YAMLTree.string)
        return schema
    }

    /// Whether it has a place in a schema.
    package var isTaken: Bool { !isRefused && !kinds.isEmpty }

    /// The one type that all of its values have, as far as types go in a schema.
    private var type: SketchKind? { kinds.count == 1 ? kinds.first : nil }

    /// Rules in CEL see what has a type only.
    private var isVisibleToRules: Bool { type != nil || kinds == [.integer, .string] }

    // MARK: - Kinds

    private func addKinds(to schema: inout YAMLTree) {
        if let type {
            schema["type"] = .string(type.rawValue)
        } else if kinds == [.integer, .string] {
            schema["x-kubernetes-int-or-string"] = true
        } else {
            schema["x-kubernetes-preserve-unknown-fields"] = true
            let others = Set(SketchKind.allCases).subtracting(kinds)
            for kind in others { kind.exclude(from: &schema, beside: kinds) }
        }
    }

    private var limitMembers: [String: YAMLTree] {
        let members: [(String, YAMLTree?)] = [
            ("minimum", limits.least.map(YAMLTree.init(hundredths:))),
            ("maximum", limits.most.map(YAMLTree.init(hundredths:))),
            ("minLength", limits.lengthMin.map(YAMLTree.int)),
            ("maxLength", limits.lengthMax.map(YAMLTree.int)),
            ("minItems", limits.itemsMin.map(YAMLTree.int)),
            ("maxItems", limits.itemsMax.map(YAMLTree.int)),
            ("minProperties", limits.membersMin.map(YAMLTree.int)),
            ("maxProperties", limits.membersMax.map(YAMLTree.int)),
            ("enum", limits.names.map { .strings($0.sorted()) }),
            ("pattern", limits.patterns.isEmpty ? nil : .string(limits.patterns.joined(separator: "|"))),
        ]
        return Dictionary(members.compactMap { key, value in value.map { (key, $0) } }) { first, _ in first }
    }

    // MARK: - Members

    private func addMembers(to schema: inout YAMLTree, at path: String) {
        if let item { schema["items"] = item.schema(at: path + "[]") }
        if let value { schema["additionalProperties"] = value.schema(at: path + ".*") }
        let taken = members.filter { $0.value.isTaken }
        if !required.isEmpty { schema["required"] = .strings(required.sorted()) }
        guard !taken.isEmpty else { return }
        schema["properties"] = .mapping(
            Dictionary(uniqueKeysWithValues: taken.map { ($0, $1.schema(at: "\(path).\($0)")) }))
        addRules(to: &schema, taken)
    }

    private func addRules(to schema: inout YAMLTree, _ taken: [String: Sketch]) {
        let rules = allRules.filter { $0.keys.allSatisfy { taken[$0] != nil } }
        let isSpoken = { (rule: SketchRule) in
            self.type == .object && rule.keys.allSatisfy { taken[$0]?.isVisibleToRules == true }
        }
        let spoken = rules.filter(isSpoken).map(\.celRule)
        if !spoken.isEmpty { schema["x-kubernetes-validations"] = .list(spoken) }
        let silent = rules.filter { !isSpoken($0) }
        if type == nil {
            precondition(silent.allSatisfy { $0 == .exactlyOne($0.keys) && Set($0.keys) == Set(taken.keys) })
            // What is no object passes both.
            if let rule = silent.first {
                schema["maxProperties"] = 1
                schema["anyOf"] = rule.alternatives
            }
        } else if !silent.isEmpty {
            schema["allOf"] = .list(silent.map(\.junctor))
        }
    }
}

extension SketchKind {
    /// A structural schema knows no unions of types, so what is not meant gets limits that none of it can meet.
    fileprivate func exclude(from schema: inout YAMLTree, beside kinds: Set<SketchKind>) {
        switch self {
        case .object: (schema["minProperties"], schema["maxProperties"]) = (1, 0)
        case .array: (schema["minItems"], schema["maxItems"]) = (1, 0)
        case .string: (schema["minLength"], schema["maxLength"]) = (1, 0)
        case .number: if !kinds.contains(.integer) { (schema["minimum"], schema["maximum"]) = (1, 0) }
        case .integer: break  // A number, too.
        case .boolean: schema["not"] = ["enum": [true, false]]
        }
    }
}

extension YAMLTree {
    /// A number of hundredths.
    fileprivate init(hundredths: Int) {
        self = hundredths.isMultiple(of: 100) ? .int(hundredths / 100) : .float(Double(hundredths) / 100)
    }
}
