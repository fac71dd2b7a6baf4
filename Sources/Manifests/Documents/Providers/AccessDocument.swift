import Analysis

extension Fields {
    /// `authentication` and `insecure`, in Argo's words: who asks, and whether anybody's certificate will do. Nil
    /// where neither is written.
    mutating func access(_ dialect: Dialect) -> Value? {
        let authentication = optional("authentication", in: dialect, .authentication(dialect))
        let isInsecure = optional("insecure", in: dialect, .bool) ?? false
        var details: [String: Value] = [:]
        if let authentication { details["authentication"] = authentication }
        if isInsecure { details["insecure"] = .bool(true) }
        return details.isEmpty ? nil : .map(details)
    }
}

extension Shape where Output == Value {
    /// `{oauth2: {…}}`, `{sigv4: {…}}` or `{basicAuth: {…}}`.
    static func authentication(_ dialect: Dialect) -> Shape {
        .object { fields in
            let kinds = ["basicAuth", "oauth2", "sigv4"]
            let read = kinds.map { fields.field($0) }
            guard let kind = fields.exactlyOne(of: kinds), let index = kinds.firstIndex(of: kind) else {
                return nil
            }
            let shapes: [Shape] = [.basicAuth, .oauth2, .sigv4]
            return read[index]?.read(shapes[index]).map { .map([kind: $0]) }
        }
    }

    private static var basicAuth: Shape {
        .object { fields in
            let user = fields.required("username", .nonEmptyString)
            let password = fields.required("password", .secretText)
            guard let user, let password else { return nil }
            return .map(["username": .string(user), "password": .string(password)])
        }
    }

    private static var oauth2: Shape {
        .object { fields in
            let url = fields.required("tokenUrl", .storeAddress)
            let id = fields.required("clientId", .nonEmptyString)
            let secret = fields.required("clientSecret", .secretText)
            let scopes = fields.optional("scopes", Shape<[String]>.list(of: .nonEmptyString).upTo(20)) ?? []
            guard let url, let id, let secret else { return nil }
            return .map([
                "tokenUrl": .string(url), "clientId": .string(id), "clientSecret": .string(secret),
                "scopes": .array(scopes.map(Value.string)),
            ])
        }
    }

    /// With the server's own keys: a document has none.
    private static var sigv4: Shape {
        .object { fields in
            let region = fields.required("region", .nonEmptyString)
            fields.refuseUnsupported([
                "profile": "give the server's configuration the account of this address",
                "roleArn": "give the server's configuration the keys of the role",
            ])
            return region.map { .map(["region": .string($0)]) }
        }
    }
}

extension Shape where Output == String {
    /// What is no secret any more once it is written down: a document names where it is.
    fileprivate static var secretText: Shape {
        Shape { field in
            guard let text = field.read(.nonEmptyString), field.sketch == nil else { return nil }
            if !field.isOpen, !SecretReference.isNamed(in: text) {
                field.warn("a secret stands in the document; write {{args.…}} with a valueFrom.secretKeyRef")
            }
            return text
        }
    }
}
