import Foundation
import Transport

extension ClusterAccess {
    /// Where the platform puts what a pod needs to ask its API server.
    package static let accountFolder = "/var/run/secrets/kubernetes.io/serviceaccount"

    /// The access of a pod's service account.
    package static func inCluster(
        environment: [String: String], folder: String = accountFolder
    ) throws(AccessError) -> ClusterAccess {
        guard let host = environment["KUBERNETES_SERVICE_HOST"], !host.isEmpty,
            let port = environment["KUBERNETES_SERVICE_PORT"], !port.isEmpty
        else {
            throw AccessError(
                "KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set: this is no pod; "
                    + "name a kubeconfig")
        }
        guard FileManager.default.isReadableFile(atPath: folder + "/token") else {
            throw AccessError(
                "\(folder)/token can't be read; does the pod have automountServiceAccountToken: false?")
        }
        let written = try? String(contentsOfFile: folder + "/namespace", encoding: .utf8)
        let namespace = written?.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
        return ClusterAccess(
            server: "https://\(host.contains(":") ? "[\(host)]" : host):\(port)",
            connection: ConnectionOptions(authorities: .only(.file(folder + "/ca.crt")), proxy: .none),
            credentials: .tokenFile(folder + "/token"), namespace: namespace.isEmpty ? "default" : namespace)
    }
}
