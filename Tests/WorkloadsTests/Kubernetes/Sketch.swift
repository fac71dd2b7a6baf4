import Analysis
import Engine
import Foundation
import Rollouts
import Transport

@testable import Workloads

/// What tests say in a word: a template, an order, a ReplicaSet as the API server shows it.
enum Sketch {
    /// Of the targets.
    @TaskLocal static var namespace = "shop"

    static func template(_ image: String = "web:1") -> JSON {
        [
            "metadata": ["labels": ["app": "web"]],
            "spec": ["containers": [["name": "app", "image": .string(image)]]],
        ]
    }

    static func release(_ image: String) -> String {
        ReleaseHash(of: Value(template(image))).text
    }

    static func target(
        _ image: String = "web:1", replicas: Int = 4, _ more: (inout JSON) -> Void = { _ in }
    ) -> WorkloadTarget {
        var settings: JSON = [
            "namespace": .string(namespace), "template": template(image), "selector": ["app": "web"],
        ]
        more(&settings)
        return WorkloadTarget(
            controller: "kubernetes", release: release(image), replicas: replicas,
            settings: ["kubernetes": settings.text])
    }

    static func order(
        _ sizes: [String: Int], since: UInt64 = 5, image: String = "web:1",
        roles: ScaleRoles = ScaleRoles(), journal: String = "north", replicas: Int = 4,
        _ more: (inout JSON) -> Void = { _ in }
    ) -> ScaleWrite {
        ScaleWrite(
            rollout: RolloutName("web"), target: target(image, replicas: replicas, more),
            sizes: Dictionary(uniqueKeysWithValues: sizes.map { (release($0.key), $0.value) }), roles: roles,
            since: since, journal: journal)
    }

    static func plan(
        _ order: ScaleWrite, _ replicaSets: [ReplicaSet] = [], pods: [Pod] = [],
        _ surroundings: Surroundings? = nil, now: Moment = Moment(microseconds: 0), epoch: Int? = nil
    ) throws -> ScalePlan {
        ScalePlan(
            order, try WorkloadSettings(order.rollout, order.target),
            Instances(replicaSets: replicaSets, pods: pods), surroundings, now: now, epoch: epoch)
    }
}

extension ReplicaSet {
    /// Of the release that an image makes.
    static func sketch(
        _ image: String, wanted: Int, existing: Int? = nil, available: Int? = nil, revision: Int = 1,
        since: UInt64 = 5,
        journal: String = "north", epoch: Int? = nil, refusal: String? = nil, isObserved: Bool = true
    ) -> ReplicaSet {
        let release = Sketch.release(image)
        var json: JSON = [
            "kind": "ReplicaSet",
            "metadata": [
                "name": .string("web-\(release)"), "namespace": "shop", "uid": .string("uid-\(release)"),
                "resourceVersion": "7", "generation": 2, "labels": [Mark.rollout: "web"],
                "annotations": [
                    Mark.name: "web", Mark.release: .string(release), Mark.hash: .string(release),
                    Mark.revision: .string("\(revision)"), Mark.since: .string("\(since)"),
                    Mark.journal: .string(journal), Mark.metadata: "",
                ],
            ],
            "spec": ["replicas": JSON(wanted)],
            "status": [
                "observedGeneration": JSON(isObserved ? 2 : 1), "replicas": JSON(existing ?? wanted),
                "availableReplicas": JSON(available ?? wanted),
            ],
        ]
        json["metadata"]["annotations"][Mark.epoch] = epoch.map { .string("\($0)") }
        if let refusal {
            json["status"]["conditions"] = [
                ["type": "ReplicaFailure", "status": "True", "message": .string(refusal)]
            ]
        }
        guard let replicaSet = ReplicaSet(json) else {
            preconditionFailure("the sketch is no ReplicaSet of ours")
        }
        return replicaSet
    }
}

extension Pod {
    static func sketch(
        _ name: String, of image: String, isReady: Bool = true, created: String = "2026-01-01T00:00:00Z",
        status: JSON = [:]
    ) -> Pod {
        var status = status
        let ready: JSON = ["type": "Ready", "status": .string(isReady ? "True" : "False")]
        status["conditions"] = .array([ready] + (status["conditions"]?.array ?? []))
        let json: JSON = [
            "kind": "Pod",
            "metadata": [
                "name": .string(name), "namespace": "shop", "labels": [Mark.rollout: "web"],
                "creationTimestamp": .string(created),
                "ownerReferences": [
                    ["kind": "ReplicaSet", "name": .string("web-\(Sketch.release(image))")]
                ],
            ],
            "status": status,
        ]
        guard let pod = Pod(json) else { preconditionFailure("the sketch is no pod of ours") }
        return pod
    }
}
