/// The ReplicaSets of a rollout and their pods, as the watches show them.
package struct Instances: Hashable, Sendable {
    /// By name.
    package var replicaSets: [String: ReplicaSet] = [:]
    package var pods: [String: Pod] = [:]

    package init(replicaSets: [ReplicaSet] = [], pods: [Pod] = []) {
        for replicaSet in replicaSets { self.replicaSets[replicaSet.name] = replicaSet }
        for pod in pods { self.pods[pod.name] = pod }
    }

    var isEmpty: Bool { replicaSets.isEmpty && pods.isEmpty }

    func pods(of replicaSet: ReplicaSet) -> [Pod] {
        pods.values.filter { $0.owner == replicaSet.name }.sorted { $0.name < $1.name }
    }

    func readyPods(of replicaSet: ReplicaSet) -> [Pod] {
        pods(of: replicaSet).filter { $0.isReady && !$0.isDeleting }
    }

    /// The latest, where a crash or a person left several under one name.
    func replicaSet(of release: String) -> ReplicaSet? {
        replicaSets.values.filter { $0.release == release && !$0.isDeleting }
            .max { ($0.revision, $0.name) < ($1.revision, $1.name) }
    }

    func replicaSet(selectedBy service: ServiceSight, _ settings: WorkloadSettings) -> ReplicaSet? {
        let hash = service.selector[settings.hashLabel]
        return replicaSets.values.first { $0.hash == hash && $0.hash != nil && !$0.isDeleting }
    }
}

/// What is read only when it is needed: what the ReplicaSets stand in.
package struct Surroundings: Hashable, Sendable {
    package var services: [String: ServiceSight]
    package var deployment: DeploymentSight?

    package init(services: [ServiceSight] = [], deployment: DeploymentSight? = nil) {
        self.services = Dictionary(services.map { ($0.name, $0) }) { _, last in last }
        self.deployment = deployment
    }
}
