import Transport

extension ServedKind {
    /// What every API server has. Only what this project reads or writes, and only as far as it does.
    static let builtIn: [ServedKind] = core + apps + others

    private static let core: [ServedKind] = [
        ServedKind(
            "", "v1", "Namespace", "namespaces", ["ns"], isNamespaced: false, [.status],
            [.replacesUnconditionally, .returnsDeleted], .namespace),
        ServedKind(
            "", "v1", "Service", "services", ["svc"], [.status],
            [.createsOnReplace, .replacesUnconditionally, .returnsDeleted], .service),
        ServedKind(
            "", "v1", "Pod", "pods", ["po"], [.status, .eviction],
            [.replacesUnconditionally, .returnsDeleted, .countsGenerations], .pod),
        ServedKind("", "v1", "Secret", "secrets", [], [], .replacesUnconditionally, .secret),
        ServedKind("", "v1", "ConfigMap", "configmaps", ["cm"], [], .replacesUnconditionally, .configMap),
        ServedKind(
            "", "v1", "Event", "events", ["ev"], [], [.createsOnReplace, .replacesUnconditionally], .coreEvent
        ),
        ServedKind(
            "", "v1", "ServiceAccount", "serviceaccounts", ["sa"], [],
            [.replacesUnconditionally, .returnsDeleted], .serviceAccount),
    ]

    private static let apps: [ServedKind] = [
        ServedKind(
            "apps", "v1", "ReplicaSet", "replicasets", ["rs"], [.status, .scale],
            [.countsGenerations, .replacesUnconditionally], .replicaSet, .ofWorkloads),
        ServedKind(
            "apps", "v1", "Deployment", "deployments", ["deploy"], [.status, .scale],
            [.countsGenerations, .countsAnnotations, .replacesUnconditionally], .deployment, .ofWorkloads),
    ]

    private static let others: [ServedKind] = [
        ServedKind(
            "batch", "v1", "Job", "jobs", [], [.status],
            [.countsGenerations, .replacesUnconditionally, .returnsDeleted], .job),
        ServedKind(
            "events.k8s.io", "v1", "Event", "events", ["ev"], [],
            [.createsOnReplace, .replacesUnconditionally], .event),
        ServedKind("coordination.k8s.io", "v1", "Lease", "leases", [], [], .createsOnReplace, .lease),
        ServedKind(
            "discovery.k8s.io", "v1", "EndpointSlice", "endpointslices", [], [],
            [.countsGenerations, .replacesUnconditionally], .endpointSlice),
        ServedKind(
            "autoscaling", "v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers", ["hpa"], [.status],
            .replacesUnconditionally, .autoscaler),
        ServedKind(
            "policy", "v1", "PodDisruptionBudget", "poddisruptionbudgets", ["pdb"], [.status],
            .countsGenerations, .disruptionBudget),
    ]

    private init(
        _ group: String, _ version: String, _ kind: String, _ plural: String, _ shortNames: [String],
        isNamespaced: Bool = true, _ subresources: Set<Subresource>, _ traits: Traits, _ schema: SchemaTable,
        _ scale: ScalePaths? = nil
    ) {
        self.init(
            group: group, kind: kind, plural: plural, shortNames: shortNames, isNamespaced: isNamespaced,
            storageVersion: version, schemas: [version: .object(schema.json)],
            subresources: subresources, scale: scale, traits: traits)
    }
}

extension ScalePaths {
    fileprivate static let ofWorkloads = ScalePaths(
        specReplicas: ["spec", "replicas"], statusReplicas: ["status", "replicas"],
        selector: ["spec", "selector"])
}
