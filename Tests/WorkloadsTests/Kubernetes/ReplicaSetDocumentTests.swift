import Engine
import Rollouts
import Testing
import Transport

@testable import Workloads

@Suite struct ReplicaSetDocumentTests {
    private let one = Sketch.release("web:1")
    private let two = Sketch.release("web:2")

    private func document(_ order: ScaleWrite, _ replicaSets: [ReplicaSet] = []) throws -> JSON {
        let plan = try Sketch.plan(order, replicaSets)
        let document = ReplicaSetDocument(plan, size: 3, revision: 2, collisions: 0)
        return try #require(document).json
    }

    /// Its pods are called after it, and a dot in the name of a host is a surprise.
    @Test func aRolloutThatIsAnObjectLeavesItsNamespaceOutOfTheNames() throws {
        let order = Sketch.order(["web:1": 3]) { $0["name"] = "web.shop" }
        let metadata = try document(order)["metadata"]
        #expect(metadata?["name"]?.string == "web-\(one)")
        #expect(metadata?["labels"]?["headgate.dev/rollout"] == "web.shop")
        let other = try document(Sketch.order(["web:1": 3]) { $0["name"] = "web.back" })
        #expect(other["metadata"]?["name"]?.string == "web.back-\(one)")
    }

    @Test func theTemplateIsAsWrittenButForWhatTellsReleasesApart() throws {
        let order = Sketch.order(["web:1": 3], since: 7) {
            $0["minReadySeconds"] = 5
            $0["owner"] = [
                "apiVersion": "headgate.dev/v1alpha1", "kind": "Rollout", "name": "web", "uid": "u",
            ]
        }
        let expected: JSON = [
            "apiVersion": "apps/v1", "kind": "ReplicaSet",
            "metadata": [
                "name": .string("web-\(one)"), "namespace": "shop",
                "labels": ["headgate.dev/rollout": "web", "rollouts-pod-template-hash": .string(one)],
                "annotations": [
                    "headgate.dev/rollout-name": "web", "headgate.dev/release": .string(one),
                    "headgate.dev/revision": "2", "headgate.dev/release-hash": .string(one),
                    "headgate.dev/template": .string(ReleaseHash(of: .init(Sketch.template())).digest),
                    "headgate.dev/metadata": "", "headgate.dev/since": "7",
                    "headgate.dev/journal": "north",
                ],
                "ownerReferences": [
                    [
                        "apiVersion": "headgate.dev/v1alpha1", "kind": "Rollout", "name": "web", "uid": "u",
                        "controller": true, "blockOwnerDeletion": true,
                    ]
                ],
            ],
            "spec": [
                "replicas": 3, "minReadySeconds": 5,
                "selector": [
                    "matchLabels": [
                        "app": "web", "headgate.dev/rollout": "web",
                        "rollouts-pod-template-hash": .string(one),
                    ]
                ],
                "template": [
                    "metadata": [
                        "labels": [
                            "app": "web", "headgate.dev/rollout": "web",
                            "rollouts-pod-template-hash": .string(one),
                        ]
                    ],
                    "spec": ["containers": [["name": "app", "image": "web:1"]]],
                ],
            ],
        ]
        #expect(try document(order) == expected)
    }

    @Test func theNameIsTheReleasesWhateverElseIsSaid() throws {
        let order = Sketch.order(["web:1": 3], roles: ScaleRoles(canary: one)) {
            $0["stableMetadata"] = ["labels": ["role": "stable"]]
            $0["antiAffinity"] = ["required": [:]]
        }
        let json = try document(order)
        #expect(json["metadata"]["name"]?.string == "web-\(one)")
        #expect(json["spec"]["template"]["metadata"]["labels"]["role"] == "stable")
        #expect(json["spec"]["selector"]["matchLabels"]["role"] == nil)
    }

    @Test func releasesKeepAwayFromEachOther() throws {
        let v1 = ReplicaSet.sketch("web:1", wanted: 3)
        func affinity(_ rule: JSON) throws -> JSON? {
            let order = Sketch.order(["web:1": 3, "web:2": 1], image: "web:2") { $0["antiAffinity"] = rule }
            return try document(order, [v1])["spec"]["template"]["spec"]["affinity"]["podAntiAffinity"]
        }
        let term: JSON = [
            "labelSelector": [
                "matchExpressions": [
                    ["key": "rollouts-pod-template-hash", "operator": "In", "values": [.string(one)]]
                ]
            ],
            "topologyKey": "kubernetes.io/hostname",
        ]
        #expect(
            try affinity(["required": [:]]) == ["requiredDuringSchedulingIgnoredDuringExecution": [term]])
        #expect(
            try affinity(["preferred": 7])
                == [
                    "preferredDuringSchedulingIgnoredDuringExecution": [
                        ["weight": 7, "podAffinityTerm": term]
                    ]
                ])
    }
}
