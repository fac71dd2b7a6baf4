import Engine
import Kubernetes
import Transport

/// Under which the API server files what is written here.
let fieldManager = "headgate-workloads"

extension ObjectWrite {
    static func creation(_ document: ReplicaSetDocument, in namespace: String) -> ObjectWrite {
        ObjectWrite(
            ObjectReference(.replicaSet, document.name, in: namespace), .create(document.json),
            manager: fieldManager)
    }

    /// A merge patch, unless somebody else was there meanwhile.
    private static func merge(_ object: ObjectReference, _ version: String, _ change: JSON) -> ObjectWrite {
        var change = change
        change["metadata"] = change["metadata"] ?? .object([:])
        change["metadata"]?["resourceVersion"] = .string(version)
        return ObjectWrite(object, .merge(change), manager: fieldManager)
    }

    static func marks(on replicaSet: ReplicaSet, _ marks: [String: String], size: Int? = nil) -> ObjectWrite {
        var change: JSON = ["metadata": ["annotations": JSON(marks)]]
        change["spec"] = size.map { ["replicas": JSON($0)] }
        return merge(replicaSet.reference, replicaSet.version, change)
    }

    /// What pods that are still to come will have.
    static func templateMetadata(of replicaSet: ReplicaSet, _ metadata: JSON) -> ObjectWrite {
        merge(
            replicaSet.reference, replicaSet.version, ["spec": ["template": ["metadata": metadata]]])
    }

    static func metadata(ofPod name: String, in namespace: String, _ metadata: JSON) -> ObjectWrite {
        ObjectWrite(
            ObjectReference(.pod, name, in: namespace), .merge(["metadata": metadata]), manager: fieldManager)
    }

    static func pointing(
        _ service: ServiceSight, at hash: String, _ settings: WorkloadSettings, _ fence: ScaleFence
    ) -> ObjectWrite {
        let annotations = fence.marks.merging([Mark.service: settings.name]) { $1 }
        return merge(
            ObjectReference(.service, service.name, in: settings.namespace), service.version,
            [
                "metadata": ["annotations": JSON(annotations)],
                "spec": ["selector": [settings.hashLabel: .string(hash)]],
            ])
    }

    /// By way of the eviction, which honours disruption budgets; a deletion would not.
    static func eviction(of pod: Pod) -> ObjectWrite {
        let eviction: JSON = [
            "apiVersion": "policy/v1", "kind": "Eviction",
            "metadata": ["name": .string(pod.name), "namespace": .string(pod.namespace)],
        ]
        return ObjectWrite(
            ObjectReference(.pod, pod.name, in: pod.namespace), .create(eviction), manager: fieldManager,
            subresource: "eviction")
    }

    static func deletion(of replicaSet: ReplicaSet) -> ObjectWrite {
        ObjectWrite(replicaSet.reference, .delete(uid: replicaSet.uid), manager: fieldManager)
    }

    static func size(_ size: Int, of deployment: DeploymentSight, in namespace: String) -> ObjectWrite {
        merge(
            ObjectReference(.deployment, deployment.name, in: namespace), deployment.version,
            ["spec": ["replicas": JSON(size)]])
    }
}

extension ReplicaSet {
    var reference: ObjectReference { ObjectReference(.replicaSet, name, in: namespace) }
}
