package import Rollouts
package import Transport

/// What is kept of a ReplicaSet of ours: one release's instances.
package struct ReplicaSet: Hashable, Sendable {
    package let name: String
    package let namespace: String
    package let uid: String
    /// The version to be named by a write, so that it replaces nothing that was not seen.
    package let version: String
    /// What the rollout's objects are filed under.
    package let filed: String
    package let rollout: RolloutName?
    package let release: String
    /// The value of the label that tells its pods from others.
    package let hash: String?
    package let digest: String?
    package let revision: Int
    package let mark: ScaleMark
    /// The role's metadata that all pods have, as text.
    package let metadata: String?
    package let isDeleting: Bool
    /// How many instances are asked for, of how many it is known, and how many are ready for long enough.
    package let wanted: Int
    package let existing: Int
    package let available: Int
    /// Whether its controller has seen what was asked last: before, its counts say nothing.
    package let isObserved: Bool
    /// Why no pod can be made, in the platform's words: a quota, an admission webhook.
    package let refusal: String?

    /// None for a ReplicaSet that is not ours.
    package init?(_ json: JSON) {
        guard let name = json["metadata"]["name"]?.string, let uid = json["metadata"]["uid"]?.string,
            let namespace = json["metadata"]["namespace"]?.string,
            let filed = json["metadata"]["labels"][Mark.rollout]?.string,
            let release = json["metadata"]["annotations"][Mark.release]?.string
        else { return nil }
        (self.name, self.uid, self.namespace, self.filed, self.release) = (
            name, uid, namespace, filed, release
        )
        let annotations = json["metadata"]["annotations"]
        version = json["metadata"]["resourceVersion"]?.string ?? ""
        rollout = annotations[Mark.name]?.string.map(RolloutName.init)
        hash = annotations[Mark.hash]?.string
        digest = annotations[Mark.template]?.string
        revision = annotations[Mark.revision]?.string.flatMap { Int($0) } ?? 0
        mark = ScaleMark(annotations)
        metadata = annotations[Mark.metadata]?.string
        isDeleting = json["metadata"]["deletionTimestamp"] != nil
        wanted = json["spec"]["replicas"]?.integer ?? 1
        existing = json["status"]["replicas"]?.integer ?? 0
        available = json["status"]["availableReplicas"]?.integer ?? 0
        isObserved = json.isObserved
        refusal = json.refusal
    }

    /// Whether so many are ready. More is enough: what is too much goes last.
    package func has(_ size: Int) -> Bool {
        isObserved && available >= size
    }
}

extension JSON {
    fileprivate var isObserved: Bool {
        let generation = self["metadata"]["generation"]?.integer ?? 0
        return (self["status"]["observedGeneration"]?.integer ?? -1) >= generation
    }

    fileprivate var refusal: String? {
        let failure = self["status"]["conditions"]?.array?.first { condition in
            condition["type"]?.string == "ReplicaFailure" && condition["status"]?.string == "True"
        }
        guard let failure else { return nil }
        return failure["message"]?.string ?? failure["reason"]?.string ?? "the platform makes no pods"
    }
}
