extension Deed {
    /// What is not as it was ordered; none for what nobody misses.
    var lack: String? {
        switch self {
        case .create: "the ReplicaSet of the release is gone"
        case .resize(let replicaSet, let size):
            "\(replicaSet.name) asks for \(replicaSet.wanted) instances instead of \(size)"
        case .mark(let replicaSet): "\(replicaSet.name) does not bear the mark of the order"
        case .dress(let replicaSet, _): "the pods of \(replicaSet.name) have not the metadata of their role"
        case .point(let service, let replicaSet):
            "Service \(service.name) does not select \(replicaSet.name)"
        case .evict(let pod): "pod \(pod.name) is older than the restart"
        case .shrink(let deployment, let size):
            "Deployment \(deployment.name) has \(deployment.replicas) instances instead of \(size)"
        case .delete: nil
        }
    }
}
