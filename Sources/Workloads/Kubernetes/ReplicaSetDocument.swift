import Engine
import Rollouts
import Transport

/// The ReplicaSet of a release, as it is created. Its template is as it was written, but for what tells its pods from
/// those of other releases.
struct ReplicaSetDocument {
    let plan: ScalePlan
    let template: JSON
    let selector: [String: String]
    let hash: ReleaseHash
    let size: Int
    let revision: Int

    /// None where the template is a Deployment's that was not found.
    init?(_ plan: ScalePlan, size: Int, revision: Int, collisions: Int) {
        switch plan.settings.source {
        case .template(let template):
            (self.template, selector) = (template, plan.settings.selector)
        case .deployment:
            guard let deployment = plan.surroundings?.deployment else { return nil }
            template = deployment.template
            selector = plan.settings.selector.isEmpty ? deployment.selector : plan.settings.selector
        }
        (self.plan, self.size, self.revision) = (plan, size, revision)
        hash = ReleaseHash(of: .init(template), collisions: collisions)
    }

    /// The pods are named after it, and so are their hosts: the dot of an object's rollout, `web.shop`, is no good there.
    var name: String {
        let suffix = ".\(settings.namespace)"
        let stem = settings.name.hasSuffix(suffix) ? settings.name.dropLast(suffix.count) : settings.name[...]
        return "\(stem)-\(hash.text)"
    }

    private var settings: WorkloadSettings { plan.settings }
    private var release: String { plan.write.target.release }

    var json: JSON {
        var metadata: JSON = [
            "name": .string(name), "namespace": .string(settings.namespace), "labels": JSON(marks),
            "annotations": JSON(annotations),
        ]
        metadata["ownerReferences"] = settings.owner.map { [$0.json] }
        return [
            "apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": metadata,
            "spec": [
                "replicas": JSON(size), "minReadySeconds": JSON(settings.minReadySeconds),
                // The rollout too: another one may be made from the same template.
                "selector": ["matchLabels": JSON(selector.merging(marks) { $1 })],
                "template": podTemplate,
            ],
        ]
    }

    /// The ReplicaSet itself has none of the application's labels: a Deployment with the same selector would take it
    /// for its own, and scale it down.
    private var marks: [String: String] {
        [Mark.rollout: settings.name, settings.hashLabel: hash.text]
    }

    private var annotations: [String: String] {
        let metadata = plan.metadata(of: release).text
        return [
            Mark.name: plan.write.rollout.text, Mark.release: release, Mark.revision: "\(revision)",
            Mark.hash: hash.text, Mark.template: hash.digest, Mark.metadata: metadata,
        ].merging(plan.fence.marks) { $1 }
    }

    private var podTemplate: JSON {
        let role = plan.metadata(of: release)
        var pod = template
        let labels = strings(template, "labels").merging(selector) { $1 }.merging(role.labels) { $1 }
        pod["metadata"] = pod["metadata"] ?? .object([:])
        pod["metadata"]?["labels"] = JSON(labels.merging(marks) { $1 })
        let annotations = strings(template, "annotations").merging(role.annotations) { $1 }
        if !annotations.isEmpty { pod["metadata"]?["annotations"] = JSON(annotations) }
        if let term = antiAffinity { pod["spec"] = pod["spec"].spread(by: term, settings.antiAffinity) }
        return pod
    }

    private func strings(_ template: JSON, _ key: String) -> [String: String] {
        template["metadata"][key]?.object?.compactMapValues(\.string) ?? [:]
    }

    /// Pods of the other releases that have instances now.
    private var antiAffinity: JSON? {
        let others = plan.wanted.compactMap { plan.instances.replicaSet(of: $0.release)?.hash }
        guard settings.antiAffinity != nil, !others.isEmpty else { return nil }
        let match: JSON = [
            "key": .string(settings.hashLabel), "operator": "In", "values": JSON(others.sorted()),
        ]
        return [
            "labelSelector": ["matchExpressions": [match]], "topologyKey": "kubernetes.io/hostname",
        ]
    }
}

extension JSON? {
    /// The pod's spec with one more term of anti-affinity.
    fileprivate func spread(by term: JSON, _ kind: WorkloadSettings.AntiAffinity?) -> JSON {
        var spec = self ?? .object([:])
        var affinity = spec["affinity"] ?? .object([:])
        var anti = affinity["podAntiAffinity"] ?? .object([:])
        switch kind {
        case .preferred(let weight):
            let key = "preferredDuringSchedulingIgnoredDuringExecution"
            anti[key] = .array(
                (anti[key]?.array ?? []) + [["weight": JSON(weight), "podAffinityTerm": term]])
        case .required, nil:
            let key = "requiredDuringSchedulingIgnoredDuringExecution"
            anti[key] = .array((anti[key]?.array ?? []) + [term])
        }
        affinity["podAntiAffinity"] = anti
        spec["affinity"] = affinity
        return spec
    }
}

extension WorkloadSettings.Owner {
    fileprivate var json: JSON {
        [
            "apiVersion": .string(apiVersion), "kind": .string(kind), "name": .string(name),
            "uid": .string(uid), "controller": true, "blockOwnerDeletion": true,
        ]
    }
}
