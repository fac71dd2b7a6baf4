import Foundation
import Transport

/// One thing that is wrong with an object, as a cause in the answer.
struct Fault: Hashable, Sendable {
    let reason: Reason
    let path: String
    let message: String

    enum Reason: String, Sendable {
        case required = "FieldValueRequired"
        case invalid = "FieldValueInvalid"
        case typeInvalid = "FieldValueTypeInvalid"
        case notSupported = "FieldValueNotSupported"
        case duplicate = "FieldValueDuplicate"
        case tooLong = "FieldValueTooLong"
        case tooMany = "FieldValueTooMany"
        case forbidden = "FieldValueForbidden"
    }

    var cause: JSON { ["reason": JSON(reason.rawValue), "message": JSON(message), "field": JSON(path)] }
    var text: String { "\(path): \(message)" }
}

extension Schema {
    /// Everything in the value that is against its schema.
    func faults(in value: JSON, at path: String) -> [Fault] {
        if value == .null, isNullable || type == nil { return [] }
        guard accepts(value) else { return wrongTypes(value, at: path) }
        let faults =
            limits.faults(in: value, at: path) + memberFaults(in: value, at: path)
            + combinations.faults(in: value, at: path)
        // A rule is asked about what has the right shape only.
        return faults.isEmpty ? rules.faults(in: value, at: path) : faults
    }

    private func accepts(_ value: JSON) -> Bool {
        if isIntOrString { return value.string != nil || value.integer != nil }
        switch type {
        case "object": return value.object != nil
        case "array": return value.array != nil
        case "string": return value.string != nil
        case "boolean": return value.bool != nil
        case "integer": return value.integer != nil
        case "number": return value.number != nil
        default: return true
        }
    }

    private func wrongTypes(_ value: JSON, at path: String) -> [Fault] {
        guard type == "integer", let format = limits.format, case .number = value else {
            return [wrongType(value, at: path)]
        }
        return [
            Fault(
                reason: .typeInvalid, path: path,
                message: "Invalid value: \"float64\": \(path) in body must be of type \(format): \"float64\""),
            limits.wrongFormat(format, at: path),
        ]
    }

    private func wrongType(_ value: JSON, at path: String) -> Fault {
        let seen = value.typeName
        let shown = value == .null ? "null" : "\"\(seen)\""
        let wanted = isIntOrString ? "integer,string" : type ?? ""
        return Fault(
            reason: .typeInvalid, path: path,
            message: "Invalid value: \(shown): \(path) in body must be of type \(wanted): \"\(seen)\"")
    }

    private func memberFaults(in value: JSON, at path: String) -> [Fault] {
        switch value {
        case .object(let members): faults(of: members, at: path) + missing(in: members, at: path)
        case .array(let list):
            list.enumerated().flatMap { items?.faults(in: $1, at: "\(path)[\($0)]") ?? [] }
                + duplicates(in: list, at: path)
        default: []
        }
    }

    private func missing(in members: [String: JSON], at path: String) -> [Fault] {
        required.filter { members[$0] == nil }.map { name in
            Fault(reason: .required, path: path.member(name), message: "Required value")
        }
    }

    private func faults(of members: [String: JSON], at path: String) -> [Fault] {
        members.sorted { $0.key < $1.key }.flatMap { name, value in
            (properties[name] ?? additional)?.faults(in: value, at: path.member(name)) ?? []
        }
    }

    private func duplicates(in list: [JSON], at path: String) -> [Fault] {
        var seen: Set<JSON> = []
        return list.enumerated().compactMap { index, item in
            guard let key = listKey(of: item), !seen.insert(key).inserted else { return nil }
            return Fault(
                reason: .duplicate, path: "\(path)[\(index)]", message: "Duplicate value: \(key.text)")
        }
    }

    /// What two items of a list may not have in common.
    private func listKey(of item: JSON) -> JSON? {
        switch ownership {
        case .set: return item
        case .map(let keys):
            let pairs = keys.compactMap { key in
                (item[key] ?? items?.properties[key]?.defaultValue).map { (key, $0) }
            }
            return .object(Dictionary(uniqueKeysWithValues: pairs))
        default: return nil
        }
    }
}

extension Schema.Combinations {
    fileprivate func faults(in value: JSON, at path: String) -> [Fault] {
        func fits(_ schema: Schema) -> Bool { schema.faults(in: value, at: path).isEmpty }
        func says(_ rule: String) -> Fault {
            Fault(
                reason: .invalid, path: nowhere,
                message: "Invalid value: \"\": \"\(path)\" must validate \(rule)")
        }
        var faults = all.flatMap { $0.faults(in: value, at: path) }
        if !any.isEmpty, !any.contains(where: fits) { faults.append(says("at least one schema (anyOf)")) }
        if !one.isEmpty {
            let count = one.count(where: fits)
            if count != 1 {
                let found = count == 0 ? "Found none valid" : "Found \(count) valid alternatives"
                faults.append(says("one and only one schema (oneOf). \(found)"))
            }
        }
        if not.contains(where: fits) { faults.append(says("the schema (not)")) }
        return faults
    }
}

/// What a server calls the place of a fault that it can't place.
let nowhere = "<nil>"

extension String {
    /// The path of a member of what is at this path.
    func member(_ name: String) -> String { isEmpty ? name : "\(self).\(name)" }
}

extension JSON {
    /// As the messages of the API server call it.
    var typeName: String {
        switch self {
        case .null: "null"
        case .bool: "boolean"
        case .integer: "integer"
        case .number: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }

}
