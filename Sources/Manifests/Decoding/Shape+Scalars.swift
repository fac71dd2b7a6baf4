extension Shape where Output == String {
    /// A string. `5` and `true` are none without quotes.
    package static var string: Shape {
        Shape(noting: .text) { field in
            if case .string(let text) = field.node.value { return text }
            let hint = field.node.isBareWord ? "; put it in quotes" : ""
            field.refuse("expected a string, found \(field.node.found)\(hint)")
            return nil
        }
    }

    /// A string that has at least one character.
    package static var nonEmptyString: Shape {
        string.refusing { $0.isEmpty ? "is empty" : nil }.noting(.length(from: 1))
    }

    /// A string or a number, as it was written: where `image: 1.10` shall mean what it looks like.
    package static var stringOrNumber: Shape {
        Shape(noting: .text, .kind(.number)) { field in
            switch field.node.value {
            case .string(let text): return text
            case .integer, .hugeInteger, .float: return field.node.scalar?.text
            default:
                field.refuse(expected: "a string or a number")
                return nil
            }
        }
    }
}

extension Shape where Output == Bool {
    package static var bool: Shape {
        Shape(noting: .kind(.boolean)) { field in
            if case .bool(let bool) = field.node.value { return bool }
            field.refuse(expected: "true or false")
            return nil
        }
    }
}

extension Shape {
    /// One of a few names, each with what it stands for.
    package static func oneOf(_ names: KeyValuePairs<String, Output>) -> Shape {
        Shape(noting: .names(names.map(\.key))) { field in
            guard let name = Shape<String>.string.read(field) else { return nil }
            if let match = names.first(where: { $0.key == name }) { return match.value }
            field.refuse(unknown("name", quoted(name), name, names.map(\.key).sorted()))
            return nil
        }
    }
}

extension Shape where Output: CaseIterable & RawRepresentable<String> {
    /// One of the names of an enumeration.
    package static func name(of type: Output.Type) -> Shape {
        Shape(noting: .names(Output.allCases.map(\.rawValue))) { field in
            guard let name = Shape<String>.string.read(field) else { return nil }
            if let match = Output(rawValue: name) { return match }
            field.refuse(unknown("name", quoted(name), name, Output.allCases.map(\.rawValue).sorted()))
            return nil
        }
    }
}

extension YAMLNode {
    /// Whether quotes would make a string of it.
    fileprivate var isBareWord: Bool {
        switch value {
        case .bool, .integer, .hugeInteger, .float: true
        case .null, .string, nil: false
        }
    }
}
