import Transport

extension ServedKind {
    /// What every API server has. Only what this project reads or writes, and only as far as it does.
    static let builtIn: [ServedKind] = core + apps + others

    private static let core: [ServedKind] = [
        ServedKind(
            "", "v1", "Namespace", "namespaces", ["ns"], isNamespaced: false, [.status],
            [.replacesUnconditionally, .returnsDeleted]),
        ServedKind(
            "", "v1", "Service", "services", ["svc"], [.status],
            [.createsOnReplace, .replacesUnconditionally, .returnsDeleted], serviceSchema),
        ServedKind(
            "", "v1", "Pod", "pods", ["po"], [.status, .eviction],
            [.replacesUnconditionally, .returnsDeleted, .countsGenerations], podSchema(at: "")),
        ServedKind("", "v1", "Secret", "secrets", [], [], .replacesUnconditionally),
        ServedKind("", "v1", "ConfigMap", "configmaps", ["cm"], [], .replacesUnconditionally),
        ServedKind(
            "", "v1", "Event", "events", ["ev"], [], [.createsOnReplace, .replacesUnconditionally]),
        ServedKind(
            "", "v1", "ServiceAccount", "serviceaccounts", ["sa"], [],
            [.replacesUnconditionally, .returnsDeleted]),
    ]

    private static let apps: [ServedKind] = [
        ServedKind(
            "apps", "v1", "ReplicaSet", "replicasets", ["rs"], [.status, .scale],
            [.countsGenerations, .replacesUnconditionally], workloadSchema, .ofWorkloads),
        ServedKind(
            "apps", "v1", "Deployment", "deployments", ["deploy"], [.status, .scale],
            [.countsGenerations, .replacesUnconditionally], workloadSchema, .ofWorkloads),
    ]

    private static let others: [ServedKind] = [
        ServedKind(
            "batch", "v1", "Job", "jobs", [], [.status], [.countsGenerations, .replacesUnconditionally],
            "spec.selector: atomic\nstatus.conditions: list\n" + podSchema(at: "spec.template.")),
        ServedKind(
            "events.k8s.io", "v1", "Event", "events", ["ev"], [],
            [.createsOnReplace, .replacesUnconditionally]),
        ServedKind("coordination.k8s.io", "v1", "Lease", "leases", [], [], .createsOnReplace),
        ServedKind(
            "discovery.k8s.io", "v1", "EndpointSlice", "endpointslices", [], [],
            [.countsGenerations, .replacesUnconditionally]),
        ServedKind(
            "autoscaling", "v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers", ["hpa"], [.status],
            .replacesUnconditionally, "spec.scaleTargetRef: atomic\nstatus.conditions: map type"),
        ServedKind(
            "policy", "v1", "PodDisruptionBudget", "poddisruptionbudgets", ["pdb"], [.status],
            .countsGenerations, "spec.selector: atomic\nstatus.conditions: map type"),
    ]

    private init(
        _ group: String, _ version: String, _ kind: String, _ plural: String, _ shortNames: [String],
        isNamespaced: Bool = true, _ subresources: Set<Subresource>, _ traits: Traits, _ schema: String = "",
        _ scale: ScalePaths? = nil
    ) {
        self.init(
            group: group, kind: kind, plural: plural, shortNames: shortNames, isNamespaced: isNamespaced,
            storageVersion: version, schemas: [version: .object(SchemaTable(schema).json)],
            subresources: subresources, scale: scale, traits: traits)
    }
}

extension ScalePaths {
    fileprivate static let ofWorkloads = ScalePaths(
        specReplicas: ["spec", "replicas"], statusReplicas: ["status", "replicas"],
        selector: ["spec", "selector"])
}

private let serviceSchema = """
    spec.selector: atomic
    spec.type: default "ClusterIP"
    spec.sessionAffinity: default "None"
    spec.ports: map port,protocol
    spec.ports.protocol: default "TCP"
    status.loadBalancer: default {}
    status.conditions: map type
    """

private let workloadSchema =
    """
    spec.replicas: default 1
    spec.selector: atomic
    status.conditions: map type

    """ + podSchema(at: "spec.template.")

/// Of a pod, or of the template of one.
private func podSchema(at place: String) -> String {
    let rows = """
        spec.containers: map name
        spec.containers.ports: map containerPort,protocol
        spec.containers.ports.protocol: default "TCP"
        spec.containers.env: map name
        spec.containers.env.valueFrom.fieldRef: atomic
        spec.containers.env.valueFrom.configMapKeyRef: atomic
        spec.containers.env.valueFrom.secretKeyRef: atomic
        spec.containers.volumeMounts: map mountPath
        spec.initContainers: map name
        spec.initContainers.env: map name
        spec.imagePullSecrets: map name
        spec.nodeSelector: atomic
        spec.volumes: map name
        spec.topologySpreadConstraints: map topologyKey,whenUnsatisfiable
        status.conditions: map type
        """
    return rows.split(separator: "\n").map { place + $0 }.joined(separator: "\n")
}
