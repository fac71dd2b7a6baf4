import Foundation
import Kubernetes
import Manifests
import Traffic

/// Which cluster, and how it is asked.
struct KubernetesConfiguration {
    /// None: this process runs in a pod of the cluster.
    var kubeconfig: String?
    /// None: the kubeconfig's current one.
    var context: String?
    /// Where objects are that name no namespace; none: as the access says.
    var namespace: String?
    var settings = KubernetesClient.Settings()

    func access() throws -> ClusterAccess {
        guard let kubeconfig else {
            return try ClusterAccess.inCluster(environment: ProcessInfo.processInfo.environment)
        }
        return try Kubeconfig(kubeconfig).access(context: context)
    }
}

extension Shape where Output == KubernetesConfiguration {
    /// `{kubeconfig: …, context: …}`, or `{inCluster: true}`.
    static func kubernetes(_ folder: Folder) -> Shape {
        .object { fields in
            let kubeconfig = fields.optional("kubeconfig", .path(folder))
            let context = fields.optional("context", .nonEmptyString)
            let isInside = fields.optional("inCluster", .bool) ?? false
            if isInside == fields.has("kubeconfig") {
                fields.field.refuse("needs one of: kubeconfig, inCluster: true")
            }
            var configuration = KubernetesConfiguration(kubeconfig: kubeconfig, context: context)
            configuration.namespace = fields.optional("namespace", .nonEmptyString)
            let rate = fields.optional("requestsPerSecond", .int(in: 1...10_000))
            if let rate {
                configuration.settings.pace.perSecond = Double(rate)
                configuration.settings.pace.burst = Double(rate * 2)
            }
            return configuration
        }
    }
}

extension Shape where Output == IstioSettings {
    static func istio(in namespace: String?) -> Shape {
        .object { fields in
            var settings = IstioSettings(namespace: namespace ?? "default")
            settings.settle = fields.optional("settle", .duration) ?? settings.settle
            settings.istiods = fields.optional("istiods", .list(of: .nonEmptyString)) ?? []
            settings.level = fields.optional("proof", .oneOf(levels)) ?? settings.level
            settings.prometheus = fields.optional("prometheus", .nonEmptyString)
            return settings
        }
    }

    private static var levels: KeyValuePairs<String, ProofLevel> {
        ["stored": .stored, "accepted": .accepted, "acked": .acked, "observed": .observed]
    }
}
