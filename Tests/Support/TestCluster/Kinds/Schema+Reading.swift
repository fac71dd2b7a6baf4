import Foundation
import Transport

extension Schema {
    /// The first value of a built-in kind that is of another type than its field, as a server's decoder puts it.
    func unreadable(in value: JSON, at path: String) -> String? {
        switch value {
        case .null: nil
        case .object(let members) where type == nil || type == "object":
            members.sorted { $0.key < $1.key }.lazy
                .compactMap { name, inner in self.member(name)?.unreadable(in: inner, at: path.member(name)) }
                .first
        case .array(let list) where type == nil || type == "array":
            list.lazy.compactMap { self.items?.unreadable(in: $0, at: path) }.first
        default: mistake(in: value, at: path)
        }
    }

    private func mistake(in value: JSON, at path: String) -> String? {
        switch (type, value) {
        case (nil, _), ("boolean", .bool), ("number", .number), ("number", .integer), ("integer", .integer):
            nil
        case ("integer", .number) where value.integer != nil: nil
        case ("string", .string(let text)): timeMistake(text)
        default:
            "json: cannot unmarshal \(value.goName) into Go struct field \(path) of type \(limits.format ?? type ?? "")"
        }
    }

    /// Times of leases and events have six digits after the second, no more and no fewer.
    private func timeMistake(_ text: String) -> String? {
        let (pattern, layout): (String, String)
        switch limits.format {
        case "microtime":
            (pattern, layout) = (
                #"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}(Z|[+-]\d\d:\d\d)$"#,
                "2006-01-02T15:04:05.000000Z07:00"
            )
        case "date-time":
            (pattern, layout) = (
                #"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$"#, "2006-01-02T15:04:05Z07:00"
            )
        default: return nil
        }
        guard text.range(of: pattern, options: .regularExpression) == nil else { return nil }
        return "parsing time \"\(text)\" as \"\(layout)\": cannot parse"
    }
}

extension JSON {
    fileprivate var goName: String {
        switch self {
        case .integer, .number: "number"
        case .bool: "bool"
        default: typeName
        }
    }
}
