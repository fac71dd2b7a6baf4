import Transport

/// A patch that can't be carried out; a server doesn't say more.
struct BadPatch: Error {}

/// RFC 6902.
struct JSONPatch: Sendable {
    private let operations: [JSON]

    init(_ operations: [JSON]) {
        self.operations = operations
    }

    func applied(to document: JSON) throws(BadPatch) -> JSON {
        var result = document
        for operation in operations { try apply(operation, to: &result) }
        return result
    }

    private func apply(_ operation: JSON, to document: inout JSON) throws(BadPatch) {
        guard let path = operation["path"]?.string else { throw BadPatch() }
        let value = operation["value"]
        switch operation["op"]?.string {
        case "test": guard document.value(at: path) == value else { throw BadPatch() }
        case "add": try edit(&document, path, .add(try required(value)))
        case "replace": try edit(&document, path, .replace(try required(value)))
        case "remove": try edit(&document, path, .remove)
        case "copy", "move":
            guard let from = operation["from"]?.string, let found = document.value(at: from) else {
                throw BadPatch()
            }
            if operation["op"] == "move" { try edit(&document, from, .remove) }
            try edit(&document, path, .add(found))
        default: throw BadPatch()
        }
    }

    private func edit(_ document: inout JSON, _ path: String, _ edit: Edit) throws(BadPatch) {
        try document.edit(JSON.pointer(path)[...], edit)
    }
}

private enum Edit {
    case add(JSON)
    case replace(JSON)
    case remove
}

private func required(_ value: JSON?) throws(BadPatch) -> JSON {
    guard let value else { throw BadPatch() }
    return value
}

extension JSON {
    fileprivate static func pointer(_ text: String) -> [String] {
        text.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map {
            String($0.replacing("~1", with: "/").replacing("~0", with: "~"))
        }
    }

    fileprivate func value(at path: String) -> JSON? {
        Self.pointer(path).reduce(self) { value, step in
            value?.array == nil ? value?[step] : Int(step).flatMap { value?[$0] }
        }
    }

    fileprivate mutating func edit(_ path: ArraySlice<String>, _ edit: Edit) throws(BadPatch) {
        guard let step = path.first else {
            guard case .add(let value) = edit else {
                guard case .replace(let value) = edit else { throw BadPatch() }
                return self = value
            }
            return self = value
        }
        switch self {
        case .object(var members):
            try Self.edit(&members, step, path.dropFirst(), edit)
            self = .object(members)
        case .array(var items):
            try Self.edit(&items, step, path.dropFirst(), edit)
            self = .array(items)
        default: throw BadPatch()
        }
    }

    private static func edit(
        _ members: inout [String: JSON], _ step: String, _ rest: ArraySlice<String>, _ edit: Edit
    ) throws(BadPatch) {
        if case .add(let value) = edit, rest.isEmpty { return members[step] = value }
        guard var inner = members[step] else { throw BadPatch() }
        if case .remove = edit, rest.isEmpty { return members[step] = nil }
        try inner.edit(rest, edit)
        members[step] = inner
    }

    private static func edit(
        _ items: inout [JSON], _ step: String, _ rest: ArraySlice<String>, _ edit: Edit
    ) throws(BadPatch) {
        let index = step == "-" ? items.count : Int(step) ?? -1
        if case .add(let value) = edit, rest.isEmpty {
            guard (0...items.count).contains(index) else { throw BadPatch() }
            return items.insert(value, at: index)
        }
        guard items.indices.contains(index) else { throw BadPatch() }
        if case .remove = edit, rest.isEmpty {
            items.remove(at: index)
        } else {
            try items[index].edit(rest, edit)
        }
    }
}
