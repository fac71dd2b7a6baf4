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
        for file in ["token", "ca.crt"]
        where !FileManager.default.isReadableFile(atPath: "\(folder)/\(file)") {
            throw AccessError(
                "\(folder)/\(file) can't be read; does the pod have automountServiceAccountToken: false?")
        }
        return ClusterAccess(
            server: "https://\(host.contains(":") ? "[\(host)]" : host):\(port)",
            connection: ConnectionOptions(authorities: .only(.file(folder + "/ca.crt")), proxy: .none),
            credentials: .tokenFile(folder + "/token"), namespace: namespace(in: folder))
    }

    /// The pod's own. Some platforms leave the file out.
    private static func namespace(in folder: String) -> String {
        let bytes = FileManager.default.contents(atPath: folder + "/namespace") ?? Data()
        let name = String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        return name.isEmpty ? "default" : name
    }
}
