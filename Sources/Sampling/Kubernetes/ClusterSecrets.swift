package import Analysis
package import Engine
import Foundation
package import Kubernetes
import Transport

/// Reads Secrets of a cluster, each when it is needed: what was replaced there is in force with the next request.
package struct ClusterSecrets: SecretReader {
    private let api: any KubernetesAPI
    private let namespace: String

    /// - Parameter namespace: for secrets of manifests that name none.
    package init(_ api: any KubernetesAPI, namespace: String) {
        self.api = api
        self.namespace = namespace
    }

    package func read(_ secret: SecretReference) async throws(SecretFailure) -> String {
        let object = ObjectReference(.secret, secret.name, in: secret.namespace ?? namespace)
        do throws(KubernetesError) {
            return try text(secret.key, in: try await api.read(object, .ordinary), object)
        } catch {
            throw SecretFailure(isOutage: error.isOutage, error.message)
        }
    }

    /// Without the line break at the end that an editor leaves there.
    private func text(
        _ key: String, in secret: JSON, _ object: ObjectReference
    ) throws(KubernetesError) -> String {
        let data = secret["data"]?.object ?? [:]
        guard let encoded = data[key]?.string else {
            let known = data.keys.sorted().joined(separator: ", ")
            throw KubernetesError(.missing, "\(object) has no key \"\(key)\"; keys: \(known)")
        }
        guard let bytes = Data(base64Encoded: encoded), let text = String(bytes: bytes, encoding: .utf8)
        else {
            throw KubernetesError(.invalid, "\(object): what is under \"\(key)\" is no text")
        }
        return text.trimmingCharacters(in: .newlines)
    }
}

extension KubernetesError {
    /// Whether it says nothing about what was asked.
    var isOutage: Bool {
        switch kind {
        case .unavailable, .expired, .stale, .cancelled, .unauthenticated: true
        default: false
        }
    }
}
