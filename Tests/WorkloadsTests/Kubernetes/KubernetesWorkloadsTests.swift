import Analysis
import Engine
import Kubernetes
import Rollouts
import TestCluster
import Testing
import Transport

@testable import Workloads

/// Against an API server, with pods that come and go.
@Suite(.timeLimit(.minutes(2))) struct KubernetesWorkloadsTests {
    private let one = Sketch.release("web:1")
    private let two = Sketch.release("web:2")

    @Test func theFirstReleaseIsMadeAndCountsWhenItsPodsAreReady() async throws {
        try await Lab.open { lab async throws in
            #expect(try await lab.scale(Sketch.order(["web:1": 3])) == "web-\(one) 3 of 3")
            #expect(lab.pods("web:1").count == 3)
            let labels = lab.pods("web:1").first?["metadata"]["labels"]
            #expect(labels["app"] == "web")
            #expect(labels["rollouts-pod-template-hash"]?.string == one)
            #expect(labels[Mark.rollout] == "web")
            #expect(try await lab.workloads.inspect(Sketch.order(["web:1": 3])) == nil)
        }
    }

    @Test func theSameOrderAgainWritesNothing() async throws {
        try await Lab.open { lab in
            try await lab.scale(Sketch.order(["web:1": 3]))
            let writes = await lab.api.writes.count
            try await lab.scale(Sketch.order(["web:1": 3]))
            #expect(await lab.api.writes.count == writes)
        }
    }

    @Test func theSecondReleaseComesUpGetsItsNameAndThenTheFirstGoes() async throws {
        try await Lab.open { lab in
            for name in ["web-stable", "web-canary"] { lab.makeService(name) }
            func order(_ sizes: [String: Int], _ since: UInt64, _ image: String, _ roles: ScaleRoles)
                -> ScaleWrite
            {
                Sketch.order(sizes, since: since, image: image, roles: roles) {
                    $0["services"] = ["stable": "web-stable", "canary": "web-canary"]
                }
            }
            try await lab.scale(order(["web:1": 3], 2, "web:1", ScaleRoles(canary: one)))
            #expect(lab.selected(by: "web-stable") == one)
            #expect(lab.selected(by: "web-canary") == one)
            let climbing = ScaleRoles(stable: one, canary: two)
            try await lab.scale(order(["web:1": 3, "web:2": 1], 8, "web:2", climbing))
            #expect(lab.sizes == ["web:1": 3, "web:2": 1])
            #expect(lab.selected(by: "web-stable") == one)
            #expect(lab.selected(by: "web-canary") == two)
            let landed = ScaleRoles(stable: two, canary: two)
            try await lab.scale(order(["web:2": 3], 12, "web:2", landed))
            #expect(lab.sizes == ["web:1": 0, "web:2": 3])
            #expect(lab.selected(by: "web-stable") == two)
        }
    }

    @Test func aFailingImageIsToldAtOnceAndTheOldReleaseStays() async throws {
        try await Lab.open(fates: ["web:bad": .imagePullBackOff]) { lab in
            try await lab.scale(Sketch.order(["web:1": 2], since: 2))
            let failure = await lab.failure(Sketch.order(["web:bad": 2], since: 5, image: "web:bad"))
            #expect(failure?.kind == .failing)
            #expect(failure?.message.contains("0 of 2 ready; web-") == true)
            #expect(failure?.message.contains("container app: ImagePullBackOff") == true)
            #expect(lab.sizes == ["web:1": 2, "web:bad": 2])
        }
    }

    @Test func slownessIsToldInCountsWhenTheTimeIsOver() async throws {
        try await Lab.open(fates: ["web:1": .ready(after: .seconds(600))]) { lab in
            let failure = await lab.failure(Sketch.order(["web:1": 2]), within: .seconds(1))
            #expect(failure == WorkloadFailure(.unready, "web-\(one): 0 of 2 ready"))
        }
    }

    @Test func aControllerThatDiesAnywhereIsFollowedByOneThatEndsTheSame() async throws {
        for deaths in 1...6 {
            try await Lab.open { lab in
                for name in ["web-stable", "web-canary"] { lab.makeService(name) }
                func order(_ sizes: [String: Int], _ since: UInt64, _ image: String, _ roles: ScaleRoles)
                    -> ScaleWrite
                {
                    Sketch.order(sizes, since: since, image: image, roles: roles) {
                        $0["services"] = ["stable": "web-stable", "canary": "web-canary"]
                        $0["canaryMetadata"] = ["labels": ["role": "canary"]]
                        $0["stableMetadata"] = ["labels": ["role": "stable"]]
                    }
                }
                try await lab.scale(order(["web:1": 2], 2, "web:1", ScaleRoles(canary: one)))
                let last = order(["web:2": 2], 9, "web:2", ScaleRoles(stable: two, canary: two))
                let mortal = Lab(lab.cluster, writes: deaths)
                _ = await mortal.failure(last)
                await mortal.workloads.close()
                let next = Lab(lab.cluster)
                try await next.scale(last)
                #expect(try await next.workloads.inspect(last) == nil)
                await next.workloads.close()
                #expect(lab.sizes == ["web:1": 0, "web:2": 2], "died at write \(deaths)")
                #expect(lab.selected(by: "web-stable") == two)
                #expect(lab.pods("web:2").allSatisfy { $0["metadata"]["labels"]["role"] == "stable" })
            }
        }
    }

    @Test func whatSomebodyScalesByHandIsNoticedAndPutRight() async throws {
        try await Lab.open { lab in
            try await lab.scale(Sketch.order(["web:1": 3], since: 2))
            var disturbances = lab.workloads.disturbances().makeAsyncIterator()
            lab.cluster.edit(ObjectReference(.replicaSet, "web-\(one)", in: "shop")) {
                $0["spec"]["replicas"] = 1
            }
            #expect(await disturbances.next(isolation: nil) == RolloutName("web"))
            let found = try await lab.workloads.inspect(Sketch.order(["web:1": 3], since: 2))
            #expect(found?.contains("asks for 1 instances instead of 3") == true)
            try await lab.scale(Sketch.order(["web:1": 3], since: 3))
            #expect(lab.sizes == ["web:1": 3])
        }
    }

    @Test func aReplicaSetThatSomebodyDeletesIsMadeAgain() async throws {
        try await Lab.open { lab in
            try await lab.scale(Sketch.order(["web:1": 2], since: 2))
            var disturbances = lab.workloads.disturbances().makeAsyncIterator()
            lab.cluster.delete(ObjectReference(.replicaSet, "web-\(one)", in: "shop"))
            #expect(await disturbances.next(isolation: nil) == RolloutName("web"))
            #expect(
                try await lab.workloads.inspect(Sketch.order(["web:1": 2], since: 2))
                    == "the ReplicaSet of the release is gone")
            #expect(try await lab.scale(Sketch.order(["web:1": 2], since: 3)) == "web-\(one) 2 of 2")
        }
    }

    @Test func onlySoManyOldReplicaSetsAreKept() async throws {
        try await Lab.open { lab in
            for number in 1...5 {
                let order = Sketch.order(
                    ["web:\(number)": 1], since: UInt64(number), image: "web:\(number)"
                ) { $0["revisionHistoryLimit"] = 2 }
                try await lab.scale(order)
            }
            #expect(lab.sizes == ["web:3": 0, "web:4": 0, "web:5": 1])
        }
    }

    @Test func aNameThatAnotherTemplateHasIsGivenUpForAnother() async throws {
        try await Lab.open { lab async throws in
            let stranger: JSON = [
                "metadata": ["name": .string("web-\(one)")],
                "spec": [
                    "replicas": 0, "selector": ["matchLabels": ["app": "other"]],
                    "template": [
                        "metadata": ["labels": ["app": "other"]],
                        "spec": ["containers": [["name": "app", "image": "other"]]],
                    ],
                ],
            ]
            lab.cluster.create(stranger, .replicaSet, in: "shop")
            let other = ReleaseHash(of: .init(Sketch.template()), collisions: 1).text
            #expect(try await lab.scale(Sketch.order(["web:1": 2])) == "web-\(other) 2 of 2")
            #expect(lab.sizes == ["web:1": 2, "other": 0])
        }
    }

    @Test func aRoleComesAndGoesWithoutARestart() async throws {
        try await Lab.open { lab in
            func order(_ since: UInt64, _ roles: ScaleRoles) -> ScaleWrite {
                Sketch.order(["web:1": 1, "web:2": 2], since: since, image: "web:2", roles: roles) {
                    $0["canaryMetadata"] = [
                        "labels": ["role": "canary"], "annotations": ["team": "payments"],
                    ]
                    $0["stableMetadata"] = ["labels": ["role": "stable"]]
                }
            }
            try await lab.scale(Sketch.order(["web:1": 1], since: 1))
            try await lab.scale(order(2, ScaleRoles(stable: one, canary: two)))
            let before = lab.pods("web:2")
            #expect(before.allSatisfy { $0["metadata"]["labels"]["role"] == "canary" })
            #expect(before.allSatisfy { $0["metadata"]["annotations"]["team"] == "payments" })
            #expect(lab.pods("web:1").allSatisfy { $0["metadata"]["labels"]["role"] == "stable" })
            try await lab.scale(order(3, ScaleRoles(stable: two, canary: two)))
            let after = lab.pods("web:2")
            #expect(after.allSatisfy { $0["metadata"]["labels"]["role"] == "stable" })
            #expect(after.allSatisfy { $0["metadata"]["annotations"]["team"] == nil })
            #expect(lab.pods("web:1").allSatisfy { $0["metadata"]["labels"]["role"] == nil })
            let uids = { (pods: [JSON]) in Set(pods.map { $0["metadata"]["uid"] }) }
            #expect(uids(before) == uids(after))
        }
    }

    @Test func aRestartReplacesThePodsAndHonoursABudget() async throws {
        try await Lab.open { lab in
            try await lab.scale(Sketch.order(["web:1": 3], since: 1))
            let uids = { Set(lab.pods("web:1").map { $0["metadata"]["uid"] }) }
            let before = uids()
            let budgets = ResourceKind(
                "policy", "v1", "PodDisruptionBudget", plural: "poddisruptionbudgets")
            lab.cluster.create(
                [
                    "metadata": ["name": "web"],
                    "spec": ["minAvailable": 3, "selector": ["matchLabels": ["app": "web"]]],
                ], budgets, in: "shop")
            // Objects only know the second that they were made in.
            try await Task.sleep(for: .milliseconds(1100))
            let restartAt = String("\(Moment.wall())".prefix(19)) + "Z"
            let order = Sketch.order(["web:1": 3], since: 2) {
                $0["restartAt"] = .string(restartAt)
                $0["maxUnavailable"] = 1
            }
            let failure = await lab.failure(order, within: .seconds(1))
            #expect(failure?.kind == .unready)
            #expect(failure?.message.contains("would violate the pod's disruption budget") == true)
            #expect(uids() == before)
            lab.cluster.edit(ObjectReference(budgets, "web", in: "shop"), "status") {
                $0["status"] = ["disruptionsAllowed": 1]
            }
            try await lab.scale(order)
            #expect(uids().count == 3)
            #expect(uids().isDisjoint(with: before))
        }
    }

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

    @Test func aLostRaceIsRunAgain() async throws {
        try await Lab.open { lab in
            try await lab.scale(Sketch.order(["web:1": 1], since: 1))
            lab.cluster.inject(ClusterFault(.conflict, verbs: [.patch], .replicaSet, times: 3))
            #expect(try await lab.scale(Sketch.order(["web:1": 4], since: 2)) == "web-\(one) 4 of 4")
        }
    }

    @Test func whatIsNotAllowedIsSaidWithTheRuleThatIsMissing() async throws {
        try await Lab.open { lab in
            lab.cluster.setAccess(.accounts([:]))
            let failure = await lab.failure(Sketch.order(["web:1": 1]), within: .seconds(5))
            #expect([.rejected, .unavailable].contains(failure?.kind))
            #expect(failure?.message.isEmpty == false)
        }
    }
}
