import Foundation
import Manifests
import Transport

/// A kubeconfig: which clusters there are, who may ask them, and which pair of both is meant.
package struct Kubeconfig {
    private let file: String
    private let field: Field
    private let diagnostics: Diagnostics

    /// Reads the file. Relative paths in it are relative to its folder.
    package init(_ path: String) throws {
        diagnostics = Diagnostics()
        let documents = YAMLReader().readFile(path, diagnostics)
        try diagnostics.throwIfErrors()
        guard let document = documents.first, documents.count == 1 else {
            throw AccessError("\(path): expected one document, found \(documents.count)")
        }
        file = path
        field = Field(document, diagnostics)
    }

    /// The access that a context stands for; none: the current one.
    package func access(context name: String? = nil) throws -> ClusterAccess {
        let access = readAccess(of: name)
        try diagnostics.throwIfErrors()
        guard let access else { throw AccessError("\(file): the context can't be read") }
        return access
    }

    private func readAccess(of name: String?) -> ClusterAccess? {
        guard var root = Fields(field) else { return nil }
        let current = root.optional("current-context", .string)
        guard let name = name ?? current, !name.isEmpty else {
            field.refuse("names no current-context; say which context is meant")
            return nil
        }
        guard var context = entry(named: name, in: "contexts", "context") else { return nil }
        let cluster = context.required("cluster", .nonEmptyString)
        let user = context.optional("user", .nonEmptyString)
        let namespace = context.optional("namespace", .string)
        guard let cluster, let place = readCluster(cluster) else { return nil }
        let papers = user.map(readUser) ?? Papers()
        guard let papers else { return nil }
        var connection = place.connection
        connection.clientCertificate = papers.certificate
        return ClusterAccess(
            server: place.server, connection: connection, credentials: papers.credentials,
            namespace: namespace.flatMap { $0.isEmpty ? nil : $0 } ?? "default")
    }

    /// `clusters: [{name: …, cluster: {…}}]`
    private func entry(named name: String, in list: String, _ key: String) -> Fields? {
        let items =
            field.node[list].flatMap { Field($0, at: .root.appending(key: list), diagnostics).items } ?? []
        for item in items {
            guard var fields = Fields(item), fields.required("name", .string) == name else { continue }
            return fields.field(key).flatMap(Fields.init)
        }
        field.refuse("has no entry \"\(name)\" in \(list)")
        return nil
    }
}

// MARK: - Clusters

extension Kubeconfig {
    private func readCluster(_ name: String) -> (server: String, connection: ConnectionOptions)? {
        guard var cluster = entry(named: name, in: "clusters", "cluster") else { return nil }
        let server = cluster.required("server", .nonEmptyString)
        var connection = ConnectionOptions()
        if let authority = pem(&cluster, "certificate-authority") {
            connection.authorities = .only(authority)
        }
        connection.serverName = cluster.optional("tls-server-name", .nonEmptyString)
        connection.verifies = !(cluster.optional("insecure-skip-tls-verify", .bool) ?? false)
        if let proxy = cluster.optional("proxy-url", .nonEmptyString) { connection.proxy = .url(proxy) }
        return server.map { ($0, connection) }
    }

    /// `KEY-data`, base64 of PEM, goes before `KEY`, a path.
    private func pem(_ fields: inout Fields, _ key: String) -> ConnectionOptions.PEM? {
        let path = fields.optional(key, .nonEmptyString)
        guard let data = fields.field(key + "-data") else { return path.map { .file(resolve($0)) } }
        guard let text = data.read(.string), let bytes = Data(base64Encoded: text),
            let pem = String(data: bytes, encoding: .utf8)
        else {
            // What stands there may be a key: it is not repeated.
            data.refuse("is no base64 of PEM text")
            return nil
        }
        return .text(pem)
    }

    private func resolve(_ path: String) -> String {
        path.hasPrefix("/") ? path : URL(filePath: file).deletingLastPathComponent().path + "/" + path
    }
}

// MARK: - Users

extension Kubeconfig {
    private struct Papers {
        var credentials = Credentials.none
        var certificate: ConnectionOptions.ClientCertificate?
    }

    private func readUser(_ name: String) -> Papers? {
        guard var user = entry(named: name, in: "users", "user") else { return nil }
        let certificate = pem(&user, "client-certificate")
        let key = pem(&user, "client-key")
        if (certificate == nil) != (key == nil) {
            user.field.refuse("client-certificate and client-key go together")
        }
        var papers = Papers()
        if let certificate, let key {
            papers.certificate = ConnectionOptions.ClientCertificate(certificate: certificate, key: key)
        }
        papers.credentials = credentials(&user)
        return papers
    }

    /// In the order in which other clients prefer them.
    private func credentials(_ user: inout Fields) -> Credentials {
        user.refuseUnsupported(["auth-provider": "it is gone from Kubernetes since 1.26; use exec"])
        let token = user.optional("token", .nonEmptyString)
        let tokenFile = user.optional("tokenFile", .nonEmptyString)
        let name = user.optional("username", .nonEmptyString)
        let password = user.optional("password", .string)
        let exec = user.optional("exec", readPlugin)
        if let tokenFile { return .tokenFile(resolve(tokenFile)) }
        if let token { return .token(token) }
        if let name { return .basic(user: name, password: password ?? "") }
        return exec.map { .exec($0) } ?? .none
    }

    private func readPlugin(_ field: Field) -> ExecPlugin? {
        guard var fields = Fields(field) else { return nil }
        let version = fields.required(
            "apiVersion",
            .oneOf([
                "client.authentication.k8s.io/v1": "v1", "client.authentication.k8s.io/v1beta1": "v1beta1",
            ])
        )
        let command = fields.required("command", .nonEmptyString)
        let arguments = fields.optional("args", .list(of: .string), nullIsAbsent: true) ?? []
        let pairs = fields.optional("env", .list(of: .environmentPair), nullIsAbsent: true) ?? []
        guard let version, let command else { return nil }
        return ExecPlugin(
            version: version, command: command.contains("/") ? resolve(command) : command,
            arguments: arguments,
            environment: Dictionary(pairs.map { ($0.name, $0.value) }) { _, last in last })
    }
}

private struct EnvironmentPair {
    let name: String
    let value: String
}

extension Shape where Output == EnvironmentPair {
    fileprivate static var environmentPair: Shape {
        .object { fields in
            let name = fields.required("name", .nonEmptyString)
            let value = fields.required("value", .string)
            guard let name, let value else { return nil }
            return EnvironmentPair(name: name, value: value)
        }
    }
}
