import Foundation
import Manifests
import Transport

/// A user of a kubeconfig.
struct UserPapers {
    var credentials = Credentials.none
    var certificate: ConnectionOptions.ClientCertificate?

    init() {}

    init?(_ fields: Fields, of cluster: ClusterPlace?, in file: Kubeconfig) {
        var user = fields
        let certificate = file.pem(&user, "client-certificate")
        let key = file.pem(&user, "client-key")
        if user.names("client-certificate") != user.names("client-key") {
            user.field.refuse("client-certificate and client-key go together")
        }
        if let certificate, let key { self.certificate = .init(certificate: certificate, key: key) }
        credentials = Self.credentials(&user, of: cluster, in: file)
    }

    /// In the order in which other clients prefer them.
    private static func credentials(
        _ user: inout Fields, of cluster: ClusterPlace?, in file: Kubeconfig
    ) -> Credentials {
        user.refuseUnsupported([
            "auth-provider": "Kubernetes itself dropped it in 1.26; use exec", "as": impersonation,
            "as-groups": impersonation, "as-uid": impersonation, "as-user-extra": impersonation,
        ])
        let token = user.optional("token", .secret)
        let tokenFile = user.optional("tokenFile", .string)
        let name = user.optional("username", .string)
        let password = user.optional("password", .secret)
        let exec = user.optional("exec", nullIsAbsent: true) { ExecPlugin($0, of: cluster, in: file) }
        if let tokenFile, !tokenFile.isEmpty { return .tokenFile(file.resolve(tokenFile)) }
        if let token = token?.trimmed, !token.isEmpty { return .token(token) }
        if let name, !name.isEmpty { return .basic(user: name, password: password ?? "") }
        return exec.map { .exec($0) } ?? .none
    }

    private static let impersonation = "give the user itself the rights that it needs"
}

extension Fields {
    /// As a path or as data.
    fileprivate func names(_ key: String) -> Bool { has(key) || has(key + "-data") }
}

extension ExecPlugin {
    fileprivate init?(_ field: Field, of cluster: ClusterPlace?, in file: Kubeconfig) {
        guard var fields = Fields(field) else { return nil }
        let version = fields.required("apiVersion", .oneOf(Self.versions))
        let command = fields.required("command", .nonEmptyString)
        let arguments = fields.optional("args", .list(of: .secret), nullIsAbsent: true) ?? []
        let pairs = fields.optional("env", .list(of: .environmentPair), nullIsAbsent: true) ?? []
        let hint = fields.optional("installHint", .string)
        let wantsCluster = fields.optional("provideClusterInfo", .bool) ?? false
        if fields.optional("interactiveMode", .string) == "Always" {
            field.refuse("interactiveMode: Always can't be kept: nobody sits here to be asked")
        }
        guard let version, let command else { return nil }
        self.init(
            apiVersion: version, command: command.contains("/") ? file.resolve(command) : command,
            arguments: arguments,
            environment: Dictionary(pairs.map { ($0.name, $0.value) }) { _, last in last },
            cluster: wantsCluster ? cluster?.info : nil,
            installHint: hint.flatMap { $0.trimmed.isEmpty ? nil : $0.trimmed })
    }

    private static var versions: KeyValuePairs<String, String> {
        [
            "client.authentication.k8s.io/v1": "client.authentication.k8s.io/v1",
            "client.authentication.k8s.io/v1beta1": "client.authentication.k8s.io/v1beta1",
        ]
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
            let value = fields.required("value", .secret)
            guard let name, let value else { return nil }
            return EnvironmentPair(name: name, value: value)
        }
    }
}

extension String {
    fileprivate var trimmed: String { trimmingCharacters(in: .whitespacesAndNewlines) }
}
