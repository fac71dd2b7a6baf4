import Foundation
import Kubernetes
import Logging
import Manifests
import Resources
import Traffic
import Transport

/// Which Lease says who leads, of several processes.
struct ElectionConfiguration {
    let lease: ObjectReference
    let terms: ElectionTerms
}

/// Which cluster, and how it is asked.
struct KubernetesConfiguration {
    /// None: this process runs in a pod of the cluster.
    var kubeconfig: String?
    /// None: the kubeconfig's current one.
    var context: String?
    /// Where objects are that name no namespace; none: as the access says.
    var namespace: String?
    /// Whether the pods are run here that manifests speak of; else a template of our own kind is refused, and Argo's
    /// are left to whoever deploys them.
    var runsPods = false
    var settings = KubernetesClient.Settings()
    /// None: this process is the only one.
    var election: ElectionConfiguration?
    /// None: rollouts stand in files only.
    var resources: ResourceSettings?

    func client(_ http: any HTTPSender) throws -> KubernetesClient {
        KubernetesClient(
            try access(), sender: http, settings: settings, log: Logger(label: "kubernetes"))
    }

    private func access() throws -> ClusterAccess {
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
            configuration.runsPods = fields.optional("runsPods", .bool) ?? false
            let rate = fields.optional("requestsPerSecond", .int(in: 1...10_000))
            if let rate {
                configuration.settings.pace.perSecond = Double(rate)
                configuration.settings.pace.burst = Double(rate * 2)
            }
            configuration.election = fields.optional(
                "leaderElection", .election(in: configuration.namespace))
            configuration.resources = fields.optional("resources", .resources)
            configuration.resources?.runsPods = configuration.runsPods
            return configuration
        }
    }
}

extension Shape where Output == ElectionConfiguration {
    /// `{name: headgate, namespace: headgate}`, and how long things may take, as with Kubernetes' own controllers.
    fileprivate static func election(in namespace: String?) -> Shape {
        .object { fields in
            let name = fields.optional("name", .nonEmptyString) ?? "headgate"
            let namespace = fields.optional("namespace", .nonEmptyString) ?? namespace ?? "default"
            guard let terms = fields.electionTerms() else { return nil }
            return ElectionConfiguration(lease: ObjectReference(.lease, name, in: namespace), terms: terms)
        }
    }
}

extension Fields {
    /// How long things may take. Nil, reported, where two could lead.
    mutating func electionTerms() -> ElectionTerms? {
        let usual = ElectionTerms()
        let duration = optional("leaseDuration", .positiveSpan) ?? usual.duration
        let renewal = optional("renewDeadline", .positiveSpan) ?? usual.renewal
        let retry = optional("retryPeriod", .positiveSpan) ?? usual.retry
        guard duration > renewal, renewal > retry else {
            field.refuse(
                "leaseDuration must be longer than renewDeadline, and that longer than retryPeriod: a leader "
                    + "that gives up later than others take over is one of two leaders")
            return nil
        }
        return ElectionTerms(duration: duration, renewal: renewal, retry: retry)
    }
}

extension Shape where Output == ResourceSettings {
    /// `{}` is our own group in all namespaces.
    fileprivate static var resources: Shape {
        .object { fields in
            var settings = ResourceSettings()
            let groups: Shape<[ResourceGroup]> = .list(of: .name(of: ResourceGroup.self))
            settings.groups = fields.optional("groups", groups) ?? settings.groups
            settings.namespaces = fields.optional("namespaces", .list(of: .nonEmptyString))
            if settings.groups.isEmpty || settings.namespaces?.isEmpty == true {
                fields.field.refuse("an empty list reads nothing; leave `resources` out instead")
            }
            return settings
        }
    }
}

extension Shape where Output == IstioSettings {
    static func istio(in namespace: String?) -> Shape {
        .object { fields in
            var settings = IstioSettings(namespace: namespace ?? "default")
            settings.settle = fields.optional("settle", .duration) ?? settings.settle
            settings.rootNamespace =
                fields.optional("rootNamespace", .nonEmptyString) ?? settings.rootNamespace
            settings.istiods = fields.optional("istiods", .list(of: .nonEmptyString)) ?? []
            settings.level = fields.optional("proof", .oneOf(proofLevels)) ?? settings.level
            settings.prometheus = fields.optional("prometheus", .nonEmptyString)
            return settings
        }
    }
}

extension Shape where Output == GatewaySettings {
    /// Of the Gateway API's router, and of Linkerd's. Nothing there tells of acks.
    static func gateway(in namespace: String?) -> Shape {
        .object { fields in
            var settings = GatewaySettings(namespace: namespace ?? "default")
            settings.settle = fields.optional("settle", .duration) ?? settings.settle
            settings.level = fields.optional("proof", .oneOf(proofLevelsOfRoutes)) ?? settings.level
            settings.prometheus = fields.optional("prometheus", .nonEmptyString)
            return settings
        }
    }
}

private let proofLevels: KeyValuePairs<String, ProofLevel> = [
    "stored": .stored, "accepted": .accepted, "acked": .acked, "observed": .observed,
]

private let proofLevelsOfRoutes: KeyValuePairs<String, ProofLevel> = [
    "stored": .stored, "accepted": .accepted, "observed": .observed,
]
