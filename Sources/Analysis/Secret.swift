/// Where a text is that no document, no log and no journal may hold: it is read when it is needed, and forgotten.
package struct SecretReference: Hashable, Codable, Sendable {
    /// None: where objects are that name no namespace.
    package var namespace: String?
    package var name: String
    package var key: String

    package init(namespace: String? = nil, name: String, key: String) {
        self.namespace = namespace
        self.name = name
        self.key = key
    }

    /// What stands for a secret in a text that is written down: `{{secret.args.token}}`.
    package static func token(_ label: String) -> String { "{{\(prefix)\(label)}}" }

    private static let prefix = "secret."

    /// Whether a text would have a secret in it.
    package static func isNamed(in text: String) -> Bool { text.contains("{{" + prefix) }
}

/// A header that a document adds to a request. Its value may hold tokens, of a release or of a secret.
package struct RequestHeader: Hashable, Codable, Sendable {
    package var name: String
    package var value: String

    package init(name: String, value: String) {
        self.name = name
        self.value = value
    }
}

extension Query {
    /// The same question with its secrets in it: for the one who asks it, and for nobody's eyes.
    package func filled(_ secrets: (String) -> String) -> Query {
        var query = rewritten(secrets)
        query.secrets = nil
        return query
    }
}
