import Analysis
import Engine
import Rollouts

extension ScalePlan {
    func checkHealth() throws(WorkloadFailure) {
        for (replicaSet, size) in present where !replicaSet.has(size) {
            if let refusal = replicaSet.refusal, replicaSet.existing < size {
                throw WorkloadFailure(
                    .rejected, "\(count(replicaSet, size)); \(refusal)", release: replicaSet.release)
            }
            guard let (pod, trouble) = trouble(of: replicaSet) else { continue }
            throw WorkloadFailure(
                .failing, "\(count(replicaSet, size)); \(pod.name): \(trouble.sentence)",
                release: replicaSet.release)
        }
    }

    private func trouble(of replicaSet: ReplicaSet) -> (pod: Pod, trouble: PodTrouble)? {
        instances.pods(of: replicaSet).lazy.compactMap { pod in pod.trouble.map { (pod, $0) } }
            .first { $0.1.notBefore.map { $0 <= now } ?? true }
    }

    /// What is not there yet, in counts.
    var shortage: String? {
        let short = present.filter { !$0.replicaSet.has($0.size) }
        return short.isEmpty ? nil : short.map(count).joined(separator: ", ")
    }

    /// `web-7f6b: 2 of 5 ready`
    private func count(_ replicaSet: ReplicaSet, _ size: Int) -> String {
        "\(replicaSet.name): \(min(replicaSet.available, size)) of \(size) ready"
    }
}

// MARK: - Restart

extension ScalePlan {
    /// Pods from before the restart, as many at once as may be missing.
    var restart: [Deed] {
        guard let restartAt = settings.restartAt, restartAt <= now else { return [] }
        let pods = present.flatMap { instances.pods(of: $0.replicaSet) }
        let ready = pods.count { $0.isReady && !$0.isDeleting }
        let total = present.reduce(0) { $0 + $1.size }
        let allowed = max(settings.maxUnavailable.instances(of: total, roundedUp: false), 1)
        let old = pods.filter { $0.created < restartAt && !$0.isDeleting }.sorted { $0.name < $1.name }
        return old.prefix(max(0, allowed - (total - ready))).map(Deed.evict)
    }

    var olderPod: Pod? {
        guard let restartAt = settings.restartAt, restartAt <= now else { return nil }
        return present.lazy.flatMap { instances.pods(of: $0.replicaSet) }.first { $0.created < restartAt }
    }
}
