import Foundation
import Transport

extension PodKeeper {
    /// Each Deployment has all its pods in the ReplicaSet of its template; there is no gradual update.
    func settleDeployments(_ state: inout some ControlledObjects, _ round: inout Round) {
        for deployment in state.all(.deployments) {
            let replicaSets = state.owned(.replicaSets, by: deployment)
            let template = template(of: deployment)
            if !replicaSets.contains(where: { $0["spec"]?["template"] == template }) {
                state.make(
                    replicaSet(of: deployment, template), .replicaSets, in: deployment.namespace,
                    at: round.stamp)
            }
            for replicaSet in replicaSets {
                let isCurrent = replicaSet["spec"]?["template"] == template
                let wanted = isCurrent ? deployment["spec"]?["replicas"] ?? 1 : 0
                guard replicaSet["spec"]?["replicas"] != wanted else { continue }
                state.change(replicaSet, .replicaSets, nil, at: round.stamp) {
                    $0["spec"]?["replicas"] = wanted
                }
            }
        }
    }

    /// With the hash by which its pods are told apart.
    func template(of deployment: JSON) -> JSON {
        var template = deployment["spec"]?["template"] ?? [:]
        let hash = hash(template)
        var labels = template["metadata"]?["labels"] ?? [:]
        labels["pod-template-hash"] = JSON(hash)
        template[path: ["metadata", "labels"]] = labels
        return template
    }

    private func replicaSet(of deployment: JSON, _ template: JSON) -> JSON {
        let labels = template["metadata"]?["labels"] ?? [:]
        let hash = labels["pod-template-hash"]?.string ?? ""
        var selector = deployment["spec"]?["selector"] ?? [:]
        selector[path: ["matchLabels", "pod-template-hash"]] = JSON(hash)
        return [
            "metadata": [
                "name": JSON("\(deployment.name)-\(hash)"), "labels": labels,
                "ownerReferences": [deployment.reference("apps/v1", "Deployment")],
            ],
            "spec": [
                "replicas": deployment["spec"]?["replicas"] ?? 1, "selector": selector, "template": template,
            ],
        ]
    }

    /// FNV-1a: the same in every run, which Swift's own is not.
    private func hash(_ template: JSON) -> String {
        let value = template.bytes.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 }
        return String(value, radix: 36)
    }
}
