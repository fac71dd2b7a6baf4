/// A `fieldPath` such as `metadata.labels['rev']`: a way through the manifest that it stands in.
///
/// It is followed when the manifest is read, so that nobody has to ask a cluster later.
struct FieldReference: Hashable {
    let text: String
    private let keys: [String]

    init?(_ text: String) {
        guard let keys = Self.keys(text[...]), !keys.isEmpty else { return nil }
        self.text = text
        self.keys = keys
    }

    /// The text of the scalar that it leads to; nil when it leads nowhere, or to something that is no scalar.
    func resolve(in root: YAMLNode) -> String? {
        let target = keys.reduce(Optional(root)) { node, key in
            node.flatMap { Int(key).flatMap($0.item) ?? $0[key] }
        }
        guard let target, !target.isNull else { return nil }
        return target.scalar?.text
    }

    /// `a.b['c.d'][0]` as `a`, `b`, `c.d`, `0`.
    private static func keys(_ text: Substring) -> [String]? {
        var rest = text
        var keys: [String] = []
        while !rest.isEmpty {
            guard let key = rest.first == "[" ? bracketed(&rest) : plain(&rest), !key.isEmpty else {
                return nil
            }
            keys.append(key)
            guard rest.first == "." else { continue }
            rest.removeFirst()
            if rest.isEmpty { return nil }
        }
        return keys
    }

    private static func plain(_ rest: inout Substring) -> String? {
        String(rest.take { $0 != "." && $0 != "[" })
    }

    private static func bracketed(_ rest: inout Substring) -> String? {
        rest.removeFirst()
        if let quote = rest.take(oneOf: "'\"") {
            let key = rest.take { $0 != quote }
            guard rest.take(oneOf: "'\"") != nil, rest.take(oneOf: "]") != nil else { return nil }
            return String(key)
        }
        let key = rest.take { $0 != "]" }
        return rest.take(oneOf: "]") == nil ? nil : String(key)
    }
}

extension YAMLNode {
    fileprivate func item(_ index: Int) -> YAMLNode? {
        sequence.flatMap { $0.indices.contains(index) ? $0[index] : nil }
    }
}

extension Shape where Output == FieldReference {
    /// `fieldRef: {fieldPath: metadata.name}`.
    static var fieldReference: Shape {
        .object { fields in
            fields.required("fieldPath") { field in
                guard let text = field.read(.nonEmptyString) else { return nil }
                if text.hasPrefix("status") {
                    field.refuse("status is not supported yet: only what the manifest says can be read")
                    return nil
                }
                let reference = FieldReference(text)
                if reference == nil {
                    field.refuse("\(quoted(text)) is no path; write it like metadata.labels['rev']")
                }
                return reference
            }
        }
    }
}
