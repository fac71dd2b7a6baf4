import Analysis
import Manifests
import Sampling
import Transport

/// One of `stores`: an account of a metrics store, and of which kind that is.
struct StoreConfiguration {
    let kind: String
    let account: StoreAccount
}

extension ServerConfiguration {
    /// Of two accounts that are found by the same word, one would never be taken.
    func flaw(of store: StoreConfiguration) -> String? {
        let others = stores[store.kind]?.all ?? []
        if let name = store.account.name, others.contains(where: { $0.name == name }) {
            return "stores has a second account of \(store.kind) that is called \"\(name)\""
        }
        guard store.account.name == nil, let address = store.account.address,
            others.contains(where: { $0.name == nil && $0.address == address })
        else { return nil }
        return "\(store.kind) at \(place(of: address)) is there twice"
    }
}

extension Shape where Output == StoreConfiguration {
    /// `{kind: datadog, name: eu, address: …, keys: {apiKey: {env: DD_API_KEY}}}`.
    static func store(_ folder: Folder) -> Shape {
        .object { fields in
            let kinds = StoreKinds.names
            let kind = fields.required(
                "kind",
                .nonEmptyString.refusing {
                    kinds.contains($0) ? nil : "no kind of store; known: \(kinds.joined(separator: ", "))"
                })
            let address = fields.optional("address", .webAddress)
            var account = fields.account(folder)
            account.name = fields.optional("name", .nonEmptyString)
            account.address = address.map(StoreAccount.address)
            account.keys = fields.optional("keys", .dictionary(of: .secret(folder))) ?? [:]
            account.settings = fields.optional("settings", .dictionary(of: .stringOrNumber)) ?? [:]
            if let kind, !fields.has("address"), StoreKinds.needsAddress(kind, account) {
                fields.field.refuse("missing `address`: where a \(kind) store is, nobody else says")
            }
            return kind.map { StoreConfiguration(kind: $0, account: account) }
        }
    }
}

extension Shape where Output == String {
    /// May hold a user and a password, as URLs have them: nothing shows them.
    static var webAddress: Shape {
        nonEmptyString.refusing { address in
            ["http://", "https://"].contains(where: address.hasPrefix)
                ? nil : "is no address; it begins with http:// or https://"
        }
    }
}

extension Fields {
    /// Who we are at a store, and how it is reached: what all kinds have in common.
    mutating func account(_ folder: Folder) -> StoreAccount {
        let tokenFile = optional("bearerTokenFile", .path(folder))
        let token = optional("bearerToken", .secret(folder))
        let basic = optional("basicAuth", .basicAuth(folder))
        let client = optional("oauth2", .clientCredentials(folder))
        let signature = optional("sigv4", .signature(folder))
        let headers = optional("headers", .dictionary(of: .stringOrNumber)) ?? [:]
        let connection = optional("tls", .tls(folder))
        let proofs = ["bearerTokenFile", "bearerToken", "basicAuth", "oauth2", "sigv4"].filter(has)
        if proofs.count > 1 {
            field.refuse("has \(proofs.joined(separator: " and ")); only one of them can be meant")
        }
        var account = StoreAccount()
        let bearer = tokenFile.map { .file($0) } ?? token
        let found = [bearer.map { .bearer($0) }, basic, client, signature]
        account.authorization = found.compactMap(\.self).first ?? .none
        for (name, value) in headers.sorted(by: { $0.key < $1.key }) { account.headers[name] = value }
        account.connection = connection ?? account.connection
        return account
    }
}

extension Shape where Output == StoreAccount.Authorization {
    fileprivate static func basicAuth(_ folder: Folder) -> Shape {
        .object { fields in
            let user = fields.required("username", .nonEmptyString)
            let file = fields.optional("passwordFile", .path(folder))
            let password = fields.optional("password", .secret(folder))
            guard fields.exactlyOne(of: ["password", "passwordFile"]) != nil, let user,
                let password = file.map({ .file($0) }) ?? password
            else { return nil }
            return .basic(user: user, password: password)
        }
    }

    fileprivate static func clientCredentials(_ folder: Folder) -> Shape {
        .object { fields in
            let url = fields.required("tokenUrl", .webAddress)
            let id = fields.required("clientId", .nonEmptyString)
            let secret = fields.required("clientSecret", .secret(folder))
            let scopes = fields.optional("scopes", .list(of: .nonEmptyString)) ?? []
            guard let url, let id, let secret else { return nil }
            return .clientCredentials(
                .init(tokenURL: url, clientID: id, clientSecret: secret, scopes: scopes))
        }
    }

    /// Without keys: those of the environment.
    fileprivate static func signature(_ folder: Folder) -> Shape {
        .object { fields in
            let region = fields.required("region", .nonEmptyString)
            let service = fields.optional("service", .nonEmptyString) ?? "aps"
            let access = fields.optional("accessKey", .secret(folder))
            let secret = fields.optional("secretKey", .secret(folder))
            let token = fields.optional("sessionToken", .secret(folder))
            if (access == nil) != (secret == nil) || token != nil && access == nil {
                fields.field.refuse("accessKey and secretKey go together, and sessionToken with them")
            }
            guard let region else { return nil }
            var account = StoreAccount.AWSAccount(region: region, service: service)
            if let access, let secret {
                account.keys = .init(accessKey: access, secretKey: secret, sessionToken: token)
            }
            return .signature(account)
        }
    }
}

extension Shape where Output == StoreAccount.Secret {
    /// Where a secret is: `{env: NAME}`, `{file: PATH}`, or `{secretKeyRef: {name: …, key: …}}` of the cluster.
    static func secret(_ folder: Folder) -> Shape {
        Shape { field in
            guard field.node.mapping != nil else {
                // What stands here is not shown: it may be the secret.
                field.refuse(
                    "says where a secret is: {env: NAME}, {file: PATH} or {secretKeyRef: {name, key}}")
                return nil
            }
            return field.read(.place(folder))
        }
    }

    private static func place(_ folder: Folder) -> Shape {
        .object { fields in
            let name = fields.optional("env", .nonEmptyString)
            let path = fields.optional("file", .path(folder))
            let object = fields.optional("secretKeyRef", .secretObject)
            guard fields.exactlyOne(of: ["env", "file", "secretKeyRef"]) != nil else { return nil }
            return name.map { .environment($0) } ?? path.map { .file($0) } ?? object.map { .object($0) }
        }
    }
}

extension Shape where Output == SecretReference {
    fileprivate static var secretObject: Shape {
        .object { fields in
            let namespace = fields.optional("namespace", .nonEmptyString)
            let name = fields.required("name", .nonEmptyString)
            let key = fields.required("key", .nonEmptyString)
            guard let name, let key else { return nil }
            return SecretReference(namespace: namespace, name: name, key: key)
        }
    }
}
