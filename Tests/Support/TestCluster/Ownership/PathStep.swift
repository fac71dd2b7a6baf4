import Transport

/// One step into a value, as `fieldsV1` names it.
enum PathStep: Hashable, Sendable {
    case field(String)
    /// An item of a list that is owned by item, by the values of its keys.
    case key([String: JSON])
    /// An item of a set.
    case value(JSON)
    case index(Int)
}

extension PathStep {
    /// `f:spec`, `k:{"name":"web"}`, `v:"a"`, `i:0`
    init?(_ text: String) {
        let body = String(text.dropFirst(2))
        switch text.prefix(2) {
        case "f:": self = .field(body)
        case "k:":
            guard let keys = JSON(readable: body)?.object else { return nil }
            self = .key(keys)
        case "v:":
            guard let value = JSON(readable: body) else { return nil }
            self = .value(value)
        case "i:":
            guard let index = Int(body) else { return nil }
            self = .index(index)
        default: return nil
        }
    }

    var text: String {
        switch self {
        case .field(let name): "f:" + name
        case .key(let keys): "k:" + JSON.object(keys).text
        case .value(let value): "v:" + value.text
        case .index(let index): "i:\(index)"
        }
    }

    /// As messages show it: `.spec`, `[name="web"]`
    var shown: String {
        switch self {
        case .field(let name): ".\(name)"
        case .key(let keys):
            "[" + keys.sorted { $0.key < $1.key }.map { "\($0)=\($1.text)" }.joined(separator: ",") + "]"
        case .value(let value): "[=\(value.text)]"
        case .index(let index): "[\(index)]"
        }
    }
}

extension JSON {
    /// None where the text is no JSON.
    init?(readable text: String) {
        guard let value = try? JSON(parsing: text) else { return nil }
        self = value
    }
}
