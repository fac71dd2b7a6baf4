import Transport

extension Schema {
    /// The value with what its kind adds where nothing is written. A null that may not be one
    /// counts as nothing.
    func filled(_ value: JSON) -> JSON {
        switch value {
        case .object(let members): .object(filled(members))
        case .array(let list): .array(items.map { items in list.map(items.filled) } ?? list)
        default: value
        }
    }

    private func filled(_ members: [String: JSON]) -> [String: JSON] {
        var result = members.filter { $1 != .null || keepsNull($0) }
        for (name, schema) in properties where result[name] == nil { result[name] = schema.defaultValue }
        for (name, value) in result {
            if let schema = member(name) { result[name] = schema.filled(value) }
        }
        return result
    }

    private func keepsNull(_ name: String) -> Bool {
        guard let schema = member(name) else { return true }
        return schema.isNullable || schema.type == nil && !schema.isOpen && !schema.isIntOrString
    }
}
