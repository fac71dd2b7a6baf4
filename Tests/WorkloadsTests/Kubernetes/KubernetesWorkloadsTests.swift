import Analysis
import Engine
import Kubernetes
import Rollouts
import TestCluster
import Testing
import Transport

@testable import Workloads

/// Beside an API server that misbehaves, and what is tried on the double alone; `WorkloadsOnServerTests` has the rest.
@Suite(.timeLimit(.minutes(2))) struct KubernetesWorkloadsTests {
    private let one = Sketch.release("web:1")

    @Test func aTemplateMayStandInADeployment() async throws {
        try await Lab.open { lab in
            let deployment: JSON = [
                "metadata": ["name": "web"],
                "spec": [
                    "replicas": 2, "selector": ["matchLabels": ["app": "web"]],
                    "template": Sketch.template(),
                ],
            ]
            lab.cluster.create(deployment, .deployment, in: "shop")
            func order(_ since: UInt64, _ roles: ScaleRoles) -> ScaleWrite {
                Sketch.order(["web:1": 2], since: since, roles: roles, replicas: 2) {
                    $0["template"] = nil
                    $0["selector"] = nil
                    $0["workloadRef"] = ["name": "web", "scaleDown": "onsuccess"]
                }
            }
            let reference = ObjectReference(.deployment, "web", in: "shop")
            try await lab.scale(order(1, ScaleRoles(canary: one)))
            #expect(lab.cluster.object(reference)?["spec"]["replicas"] == 2)
            try await lab.scale(order(2, ScaleRoles(stable: one, canary: one)))
            #expect(lab.cluster.object(reference)?["spec"]["replicas"] == 0)
            let replicaSet = lab.cluster.object(ObjectReference(.replicaSet, "web-\(one)", in: "shop"))
            #expect(replicaSet?["metadata"]["ownerReferences"] == nil, "the Deployment takes it for its own")
        }
    }

    @Test func theLateWriteOfTheOldLeaderLoses() async throws {
        try await Lab.open { lab in
            let (old, new) = (Lab(lab.cluster, epoch: 1), Lab(lab.cluster, epoch: 2))
            let order = Sketch.order(["web:1": 2], since: 3)
            try await old.scale(order)
            try await new.scale(order)
            #expect(lab.replicaSet("web:1")?["metadata"]["annotations"][Mark.epoch] == "2")
            let failure = await #expect(throws: WorkloadFailure.self) {
                try await old.scale(Sketch.order(["web:1": 4], since: 9))
            }
            #expect(failure?.kind == .foreign)
            #expect(lab.sizes == ["web:1": 2])
            await old.workloads.close()
            await new.workloads.close()
        }
    }

    @Test func aLostRaceIsRunAgain() async throws {
        try await Lab.open { lab in
            try await lab.scale(Sketch.order(["web:1": 1], since: 1))
            lab.cluster.inject(ClusterFault(.conflict, verbs: [.patch], .replicaSet, times: 3))
            #expect(try await lab.scale(Sketch.order(["web:1": 4], since: 2)) == "web-\(one) 4 of 4")
        }
    }
}
