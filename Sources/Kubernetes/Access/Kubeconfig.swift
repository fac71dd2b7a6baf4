import Foundation
import Manifests
import Transport

/// A kubeconfig: which clusters there are, who may ask them, and which pair of both is meant.
package struct Kubeconfig {
    let file: String
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
        let place = name == nil ? root.field("current-context") ?? field : field
        guard let name = name ?? current, !name.isEmpty else {
            place.refuse("no context is named; say which is meant")
            return nil
        }
        guard var context = entry(named: name, in: "contexts", "context", for: place) else { return nil }
        let namespace = context.optional("namespace", .string)
        // Both are read before giving up on one of them, so that all their errors are told at once.
        let cluster = context.required("cluster") { readCluster($0) }
        let user = context.optional("user") { readUser($0, of: cluster) }
        guard let cluster, let papers = context.has("user") ? user : UserPapers() else { return nil }
        var connection = cluster.connection
        connection.clientCertificate = papers.certificate
        return ClusterAccess(
            server: cluster.server, connection: connection, credentials: papers.credentials,
            namespace: namespace.flatMap { $0.isEmpty ? nil : $0 } ?? "default")
    }

    private func readCluster(_ name: Field) -> ClusterPlace? {
        name.read(.nonEmptyString).flatMap { entry(named: $0, in: "clusters", "cluster", for: name) }
            .flatMap { ClusterPlace($0, in: self) }
    }

    private func readUser(_ name: Field, of cluster: ClusterPlace?) -> UserPapers? {
        name.read(.nonEmptyString).flatMap { entry(named: $0, in: "users", "user", for: name) }
            .flatMap { UserPapers($0, of: cluster, in: self) }
    }

    /// `clusters: [{name: …, cluster: {…}}]`
    private func entry(named name: String, in list: String, _ key: String, for place: Field) -> Fields? {
        guard var root = Fields(field) else { return nil }
        let items = root.optional(list, nullIsAbsent: true, \.items) ?? []
        var known: [String] = []
        for item in items {
            guard var fields = Fields(item), let itsName = fields.required("name", .string) else { continue }
            if itsName == name { return fields.required(key, Fields.init) }
            known.append(itsName)
        }
        let others = known.isEmpty ? "there are none" : "known: \(known.sorted().joined(separator: ", "))"
        place.refuse("\(quoted(name)) is not in \(list); \(others)")
        return nil
    }
}

// MARK: - What both clusters and users have

extension Kubeconfig {
    /// `KEY-data`, base64 of PEM, goes before `KEY`, a path.
    func pem(_ fields: inout Fields, _ key: String) -> ConnectionOptions.PEM? {
        let path = fields.optional(key, .string).flatMap { $0.isEmpty ? nil : $0 }
        guard let data = fields.field(key + "-data"), data.node.value != .string("") else {
            return path.map { .file(resolve($0)) }
        }
        guard let text = data.read(.secret) else { return nil }
        guard let bytes = Data(base64Encoded: text, options: .ignoreUnknownCharacters),
            let pem = String(data: bytes, encoding: .utf8), pem.contains("-----BEGIN ")
        else {
            // What stands there may be a key: it is not repeated.
            data.refuse("is no base64 of PEM text")
            return nil
        }
        return .text(pem)
    }

    func resolve(_ path: String) -> String {
        path.hasPrefix("/") ? path : URL(filePath: file).deletingLastPathComponent().path + "/" + path
    }
}

extension Shape where Output == String {
    /// A string that stands in no message, whatever is wrong with it.
    static var secret: Shape {
        Shape { field in
            if case .string(let text) = field.node.value { return text }
            field.refuse("is no string; put it in quotes")
            return nil
        }
    }
}
