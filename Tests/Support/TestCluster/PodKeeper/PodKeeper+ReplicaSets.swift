import Foundation
import Transport

extension PodKeeper {
    /// Makes the pods that are missing and deletes those that are too many.
    func settleReplicaSets(_ state: inout some ControlledObjects, _ round: inout Round) {
        for replicaSet in state.all(.replicaSets) {
            let pods = state.owned(.pods, by: replicaSet)
            let wanted = replicaSet["spec"]?["replicas"]?.integer ?? 1
            for _ in 0..<max(0, wanted - pods.count) {
                state.make(pod(of: replicaSet), .pods, in: replicaSet.namespace, at: round.stamp)
            }
            for pod in pods.sorted(by: isKeptLonger).dropFirst(wanted) {
                state.discard(pod, .pods, at: round.stamp)
            }
        }
    }

    private func pod(of replicaSet: JSON) -> JSON {
        var pod: JSON = replicaSet["spec"]?["template"] ?? [:]
        pod["metadata"]?["generateName"] = JSON(replicaSet.name + "-")
        pod["metadata"]?["ownerReferences"] = [replicaSet.reference("apps/v1", "ReplicaSet")]
        return pod
    }

    /// Those that are not ready go first, then the youngest.
    private func isKeptLonger(_ one: JSON, _ other: JSON) -> Bool {
        (one.isReady ? 0 : 1, one.uid) < (other.isReady ? 0 : 1, other.uid)
    }

    /// Writes into ReplicaSets and Deployments how many pods they have.
    func countReplicas(_ state: inout some ControlledObjects, _ round: inout Round) {
        for replicaSet in state.all(.replicaSets) {
            var counts = counts(of: state.owned(.pods, by: replicaSet), replicaSet, &round)
            counts["observedGeneration"] = replicaSet["metadata"]?["generation"]
            state.change(replicaSet, .replicaSets, .status, at: round.stamp) { $0["status"] = counts }
        }
        for deployment in state.all(.deployments) {
            let status = status(of: deployment, state.owned(.replicaSets, by: deployment))
            state.change(deployment, .deployments, .status, at: round.stamp) { $0["status"] = status }
        }
    }

    private func counts(of pods: [JSON], _ replicaSet: JSON, _ round: inout Round) -> JSON {
        let patience = Duration.seconds(replicaSet["spec"]?["minReadySeconds"]?.integer ?? 0)
        let ready = pods.filter(\.isReady)
        var available = 0
        for pod in ready {
            guard let since = readySince[pod.uid], isOver(since, patience, &round) else { continue }
            available += 1
        }
        var status: JSON = ["replicas": JSON(pods.count)]
        // A real one leaves zeros out too.
        if !pods.isEmpty { status["fullyLabeledReplicas"] = JSON(pods.count) }
        if !ready.isEmpty { status["readyReplicas"] = JSON(ready.count) }
        if available > 0 { status["availableReplicas"] = JSON(available) }
        return status
    }

    private func status(of deployment: JSON, _ replicaSets: [JSON]) -> JSON {
        func sum(_ name: String, _ sets: [JSON]) -> JSON? {
            let total = sets.reduce(0) { $0 + ($1["status"]?[name]?.integer ?? 0) }
            return total == 0 ? .none : .some(JSON(total))
        }
        let current = replicaSets.filter { $0["spec"]?["template"] == template(of: deployment) }
        var status: JSON = [:]
        status["observedGeneration"] = deployment["metadata"]?["generation"]
        for name in ["replicas", "readyReplicas", "availableReplicas"] {
            status[name] = sum(name, replicaSets)
        }
        status["updatedReplicas"] = sum("replicas", current)
        return status
    }
}
