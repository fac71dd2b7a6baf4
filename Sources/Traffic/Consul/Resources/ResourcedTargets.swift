/// Targets whose entries were found to be made by consul-k8s. Once known it need not be asked again, least of all while
/// traffic is to be taken back and Consul is away.
actor ResourcedTargets {
    private var targets: Set<ConsulTarget> = []

    func insert(_ target: ConsulTarget) { targets.insert(target) }

    func contains(_ target: ConsulTarget) -> Bool { targets.contains(target) }
}
