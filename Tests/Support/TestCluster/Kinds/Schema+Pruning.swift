import Transport

extension Schema {
    /// The value without what its kind does not know, and where that stood.
    func pruned(_ value: JSON, at path: String = "") -> (JSON, unknown: [String]) {
        switch value {
        case .object(let members): prunedObject(members, at: path)
        case .array(let list): prunedList(list, at: path)
        default: (value, [])
        }
    }

    private func prunedObject(_ members: [String: JSON], at path: String) -> (JSON, unknown: [String]) {
        var kept: [String: JSON] = [:]
        var unknown: [String] = []
        for (name, value) in members.sorted(by: { $0.key < $1.key }) {
            let place = path.isEmpty ? name : path + "." + name
            guard let schema = member(name) ?? (type == nil || isEmbeddedHead(name) ? .anything : nil) else {
                unknown.append(place)
                continue
            }
            let (inner, lost) = schema.pruned(value, at: place)
            kept[name] = inner
            unknown += lost
        }
        return (.object(kept), unknown)
    }

    private func prunedList(_ list: [JSON], at path: String) -> (JSON, unknown: [String]) {
        guard let items else { return (.array(list), []) }
        let results = list.enumerated().map { items.pruned($1, at: "\(path)[\($0)]") }
        return (.array(results.map(\.0)), results.flatMap(\.unknown))
    }

    private func isEmbeddedHead(_ name: String) -> Bool {
        isEmbedded && ["apiVersion", "kind", "metadata"].contains(name)
    }
}
