/// The way into what a document says.
extension Value {
    /// A member of a map; nil for one that is not there, and for what is no map.
    package subscript(key: String) -> Value? {
        if case .map(let map) = self { map[key] } else { nil }
    }

    package var text: String? {
        if case .string(let text) = self { text } else { nil }
    }

    package var isTrue: Bool { self == .bool(true) }

    package var elements: [Value]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    package var members: [String: Value]? {
        if case .map(let map) = self { map } else { nil }
    }
}
