/// A value that is going to be written as YAML, or that JSON had.
package enum YAMLTree: Sendable, Equatable {
    case null
    case bool(Bool)
    case int(Int)
    case float(Double)
    case string(String)
    case list([YAMLTree])
    case mapping([String: YAMLTree])
}

extension YAMLTree {
    /// The member of a mapping. Setting nil takes it out; a value that is no mapping becomes one.
    package subscript(key: String) -> YAMLTree? {
        get {
            if case .mapping(let members) = self { members[key] } else { nil }
        }
        set {
            var members: [String: YAMLTree] = [:]
            if case .mapping(let old) = self { members = old }
            members[key] = newValue
            self = .mapping(members)
        }
    }

    package static func strings(_ texts: some Sequence<String>) -> YAMLTree {
        .list(texts.map(YAMLTree.string))
    }
}

extension YAMLTree: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    package init(stringLiteral value: String) { self = .string(value) }
    package init(integerLiteral value: Int) { self = .int(value) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(arrayLiteral elements: YAMLTree...) { self = .list(elements) }
    package init(dictionaryLiteral elements: (String, YAMLTree)...) {
        self = .mapping(Dictionary(elements) { _, last in last })
    }
}

extension YAMLTree: Decodable {
    /// Which kind of value it is, only trying tells.
    package init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .null
        } else if let bool = try? value.decode(Bool.self) {
            self = .bool(bool)
        } else if let int = try? value.decode(Int.self) {
            self = .int(int)
        } else if let float = try? value.decode(Double.self) {
            self = .float(float)
        } else if let string = try? value.decode(String.self) {
            self = .string(string)
        } else if let list = try? value.decode([YAMLTree].self) {
            self = .list(list)
        } else {
            self = .mapping(try value.decode([String: YAMLTree].self))
        }
    }
}
