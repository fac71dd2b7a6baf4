import Rollouts
import Transport

/// Reads one object of a target's settings: every key is known, or is an error that lists the known ones.
struct TargetFields {
    private var members: [String: JSON]
    private var known: Set<String> = []
    let path: String

    init(_ document: JSON, _ path: String) throws(RouteFailure) {
        guard let members = document.object else { throw Self.refused(path, "must be an object") }
        (self.members, self.path) = (members, path)
    }

    mutating func take(_ key: String) -> JSON? {
        known.insert(key)
        guard let value = members.removeValue(forKey: key), !value.isNull else { return nil }
        return value
    }

    mutating func text(_ key: String) throws(RouteFailure) -> String? {
        guard let value = take(key) else { return nil }
        guard let text = value.string, !text.isEmpty else { throw refused(key, "must be a text") }
        return text
    }

    mutating func flag(_ key: String) throws(RouteFailure) -> Bool {
        guard let value = take(key) else { return false }
        guard let flag = value.bool else { throw refused(key, "must be true or false") }
        return flag
    }

    mutating func port(_ key: String) throws(RouteFailure) -> Int? {
        guard let value = take(key) else { return nil }
        guard let port = value.integer, (1...65_535).contains(port) else {
            throw refused(key, "must be a port, 1 to 65535")
        }
        return port
    }

    mutating func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ key: String
    ) throws(RouteFailure) -> Choice? {
        guard let text = try text(key) else { return nil }
        guard let choice = Choice(rawValue: text) else {
            let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw refused(key, "is \"\(text)\"; known: \(known)")
        }
        return choice
    }

    mutating func texts(_ key: String) throws(RouteFailure) -> [String] {
        try list(key) { item, path throws(RouteFailure) in
            guard let text = item.string, !text.isEmpty else { throw Self.refused(path, "must be a text") }
            return text
        }
    }

    mutating func list<Item>(
        _ key: String, _ read: (JSON, String) throws(RouteFailure) -> Item
    ) throws(RouteFailure) -> [Item] {
        guard let value = take(key) else { return [] }
        guard let items = value.array else { throw refused(key, "must be a list") }
        var list: [Item] = []
        for (index, item) in items.enumerated() { list.append(try read(item, "\(path).\(key)[\(index)]")) }
        return list
    }

    mutating func member<Value>(
        _ key: String, _ read: (JSON, String) throws(RouteFailure) -> Value
    ) throws(RouteFailure) -> Value? {
        guard let value = take(key) else { return nil }
        return try read(value, "\(path).\(key)")
    }

    /// `name` and `namespace`. As with Argo Rollouts the name may hold both: `web.shop`; or `shop/web`.
    mutating func location() throws(RouteFailure) -> (name: String, namespace: String?) {
        let namespace = try text("namespace")
        guard let text = try text("name") else { throw refused("name", "is missing") }
        let slashed = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        if slashed.count == 2 { return try agreed(slashed[1], slashed[0], namespace) }
        guard namespace == nil, let dot = text.firstIndex(of: ".") else { return (text, namespace) }
        return (String(text[..<dot]), String(text[text.index(after: dot)...]))
    }

    private func agreed(
        _ name: String, _ namespace: String, _ other: String?
    ) throws(RouteFailure) -> (String, String?) {
        guard !name.isEmpty, !namespace.isEmpty, other == nil || other == namespace else {
            throw refused(
                "name", "\"\(namespace)/\(name)\" must be namespace and name, and agree with `namespace`")
        }
        return (name, namespace)
    }

    func finish() throws(RouteFailure) {
        guard let unknown = members.keys.sorted().first else { return }
        throw Self.refused(
            path, "has the unknown key \"\(unknown)\"; known: \(known.sorted().joined(separator: ", "))")
    }

    private func refused(_ key: String, _ what: String) -> RouteFailure {
        Self.refused("\(path).\(key)", what)
    }

    private static func refused(_ path: String, _ what: String) -> RouteFailure {
        RouteFailure(.rejected, "\(path) \(what)")
    }
}
