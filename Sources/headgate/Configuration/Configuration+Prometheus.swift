import Manifests
import Sampling
import Transport

extension Shape where Output == PrometheusSettings {
    /// One store, or the default one and more `stores` that metrics name by their `address`.
    static func prometheus(_ folder: Folder) -> Shape {
        .object { fields in
            let first = fields.required("address", .nonEmptyString)
            let store = readStore(&fields, folder)
            let others = fields.optional("stores", .list(of: .namedStore(folder))) ?? []
            guard let first else { return nil }
            let stores = [(first, store)] + others.map { ($0.address, $0.store) }
            return PrometheusSettings(address: first, stores: Dictionary(stores) { first, _ in first })
        }
    }
}

private struct NamedStore {
    let address: String
    let store: PrometheusStore
}

extension Shape where Output == NamedStore {
    fileprivate static func namedStore(_ folder: Folder) -> Shape {
        .object { fields in
            let address = fields.required("address", .nonEmptyString)
            let store = readStore(&fields, folder)
            return address.map { NamedStore(address: $0, store: store) }
        }
    }
}

private func readStore(_ fields: inout Fields, _ folder: Folder) -> PrometheusStore {
    let bearer = fields.optional("bearerTokenFile", .path(folder))
    let basic = fields.optional("basicAuth", .basicAuth(folder))
    let headers = fields.optional("headers", .dictionary(of: .stringOrNumber)) ?? [:]
    let connection = fields.optional("tls", .tls(folder))
    if bearer != nil, basic != nil {
        fields.field.refuse("has bearerTokenFile and basicAuth; only one of them can be meant")
    }
    var store = PrometheusStore(authorization: bearer.map { .bearer(.file($0)) } ?? basic ?? .none)
    for (name, value) in headers.sorted(by: { $0.key < $1.key }) { store.headers[name] = value }
    store.connection = connection ?? store.connection
    return store
}

extension Shape where Output == PrometheusStore.Authorization {
    fileprivate static func basicAuth(_ folder: Folder) -> Shape {
        .object { fields in
            let user = fields.required("username", .nonEmptyString)
            let password = fields.required("passwordFile", .path(folder))
            guard let user, let password else { return nil }
            return .basic(user: user, password: .file(password))
        }
    }
}

extension Shape where Output == ConnectionOptions {
    static func tls(_ folder: Folder) -> Shape {
        .object { fields in
            let authorities = fields.optional("caFile", .path(folder))
            let certificate = fields.optional("certificateFile", .path(folder))
            let key = fields.optional("keyFile", .path(folder))
            let name = fields.optional("serverName", .nonEmptyString)
            let isInsecure = fields.optional("insecureSkipVerify", .bool) ?? false
            if (certificate == nil) != (key == nil) {
                fields.field.refuse("certificateFile and keyFile go together")
            }
            var options = ConnectionOptions()
            if let authorities { options.authorities = .only(.file(authorities)) }
            if let certificate, let key {
                options.clientCertificate = .init(certificate: .file(certificate), key: .file(key))
            }
            options.serverName = name
            options.verifies = !isInsecure
            return options
        }
    }
}
