import Analysis

/// The headers that a document adds to a request, and the secrets that stand in them.
struct HeadersDocument {
    var headers: [RequestHeader] = []
    var secrets: [String: SecretReference] = [:]

    fileprivate init(_ items: [HeaderDocument]) {
        headers = items.map { item in
            let label = "headers." + item.name
            return RequestHeader(name: item.name, value: item.value ?? SecretReference.token(label))
        }
        for item in items { secrets["headers." + item.name] = item.secret }
    }
}

/// One of them: its value, or where that is.
private struct HeaderDocument {
    let name: String
    let value: String?
    let secret: SecretReference?
}

extension Shape where Output == HeadersDocument {
    /// `[{key: X-Scope-OrgID, value: shop}]`; in our own kind also `valueFrom: {secretKeyRef: {name: …, key: …}}`.
    static func headers(_ dialect: Dialect) -> Shape {
        Shape { field in
            field.note(.key("key"))
            let list: Shape<[HeaderDocument]> = .list(of: .header(dialect))
            guard let items = field.read(list.upTo(20)) else { return nil }
            var seen: Set<String> = []
            for item in items where !seen.insert(item.name.lowercased()).inserted {
                field.refuse("a second header \(quoted(item.name)) in the same list")
            }
            return HeadersDocument(items)
        }
    }
}

extension Shape where Output == HeaderDocument {
    fileprivate static func header(_ dialect: Dialect) -> Shape {
        .object { fields in
            let name = fields.required("key", .headerName)
            let value = fields.optional("value", .headerValue)
            var secret: SecretReference?
            if dialect == .headgate {
                secret = fields.optional(
                    "valueFrom", .object { $0.required("secretKeyRef", .secretReference) })
            }
            let keys = dialect == .headgate ? ["value", "valueFrom"] : ["value"]
            guard fields.exactlyOne(of: keys) != nil, let name, value != nil || secret != nil else {
                return nil
            }
            return HeaderDocument(name: name, value: value, secret: secret)
        }
    }
}

extension Shape where Output == SecretReference {
    /// `{name: prometheus, key: token}`: of a Secret in the rollout's namespace.
    static var secretReference: Shape {
        .object { fields in
            let name = fields.required("name", .dnsName(lengthMax: 253))
            let key = fields.required("key", .secretKey)
            guard let name, let key else { return nil }
            return SecretReference(name: name, key: key)
        }
    }
}

extension Shape where Output == String {
    /// Letters of a name in a Secret's `data`, as Kubernetes has them.
    fileprivate static var secretKey: Shape {
        nonEmptyString.refusing { key in
            let isKey = key.utf8.count <= 253 && key.unicodeScalars.allSatisfy { $0.isWord || $0 == "." }
            return isKey ? nil : "\(quoted(key)) is no key of a Secret; use letters, digits, . _ and -"
        }.noting(.length(to: 253))
    }

    /// What frames a request is not for documents to say.
    private static var headersOfTransport: Set<String> {
        ["connection", "content-length", "content-type", "host", "transfer-encoding", "upgrade"]
    }

    fileprivate static var headerName: Shape {
        nonEmptyString.refusing { name in
            guard name.unicodeScalars.allSatisfy(\.isWord) else {
                return "\(quoted(name)) is no name of a header; use letters, digits, - and _"
            }
            return headersOfTransport.contains(name.lowercased())
                ? "\(name) is set by the request itself" : nil
        }
    }

    fileprivate static var headerValue: Shape {
        nonEmptyString.refusing { value in
            value.unicodeScalars.contains { $0.value < 32 || $0.value == 127 }
                ? "a header's value is one line" : nil
        }
    }
}

extension Unicode.Scalar {
    fileprivate var isWord: Bool {
        switch self {
        case "a"..."z", "A"..."Z", "0"..."9", "_", "-": true
        default: false
        }
    }
}
