import Analysis
import Engine
import Kubernetes
import Rollouts
import TestCluster
import TestServer
import Testing
import Transport

@testable import Workloads

/// Releases run as ReplicaSets beside an API server that nobody here knows: the double in `make test`, a real one in
/// `make test-kubernetes`. Pods come and go by a keeper that asks it as everybody does.
@Suite(.serialized, .apiServer([], keeper: Yard.keeper), .timeLimit(.minutes(5)))
struct WorkloadsOnServerTests {
    private let one = Sketch.release("web:1")
    private let two = Sketch.release("web:2")

    @Test func theFirstReleaseIsMadeAndCountsWhenItsPodsAreReady() async throws {
        try await Yard.open { yard async throws in
            #expect(try await yard.scale(Sketch.order(["web:1": 3])) == "web-\(one) 3 of 3")
            #expect(try await yard.pods("web:1").count == 3)
            let labels = try await yard.pods("web:1").first?["metadata"]["labels"]
            #expect(labels["app"] == "web")
            #expect(labels["rollouts-pod-template-hash"]?.string == one)
            #expect(labels[Mark.rollout] == "web")
            #expect(try await yard.workloads.inspect(Sketch.order(["web:1": 3])) == nil)
        }
    }

    @Test func theSameOrderAgainWritesNothing() async throws {
        try await Yard.open { yard in
            try await yard.scale(Sketch.order(["web:1": 3]))
            let writes = await yard.api.writes.count
            try await yard.scale(Sketch.order(["web:1": 3]))
            #expect(await yard.api.writes.count == writes)
        }
    }

    @Test func theSecondReleaseComesUpGetsItsNameAndThenTheFirstGoes() async throws {
        try await Yard.open { yard in
            for name in ["web-stable", "web-canary"] { try await yard.makeService(name) }
            func order(_ sizes: [String: Int], _ since: UInt64, _ image: String, _ roles: ScaleRoles)
                -> ScaleWrite
            {
                Sketch.order(sizes, since: since, image: image, roles: roles) {
                    $0["services"] = ["stable": "web-stable", "canary": "web-canary"]
                }
            }
            try await yard.scale(order(["web:1": 3], 2, "web:1", ScaleRoles(canary: one)))
            #expect(try await yard.selected(by: "web-stable") == one)
            #expect(try await yard.selected(by: "web-canary") == one)
            let climbing = ScaleRoles(stable: one, canary: two)
            try await yard.scale(order(["web:1": 3, "web:2": 1], 8, "web:2", climbing))
            #expect(try await yard.sizes == ["web:1": 3, "web:2": 1])
            #expect(try await yard.selected(by: "web-stable") == one)
            #expect(try await yard.selected(by: "web-canary") == two)
            let landed = ScaleRoles(stable: two, canary: two)
            try await yard.scale(order(["web:2": 3], 12, "web:2", landed))
            #expect(try await yard.sizes == ["web:1": 0, "web:2": 3])
            #expect(try await yard.selected(by: "web-stable") == two)
        }
    }

    @Test func aFailingImageIsToldAtOnceAndTheOldReleaseStays() async throws {
        try await Yard.open { yard in
            try await yard.scale(Sketch.order(["web:1": 2], since: 2))
            let failure = await yard.failure(Sketch.order(["web:bad": 2], since: 5, image: "web:bad"))
            #expect(failure?.kind == .failing)
            #expect(failure?.message.contains("0 of 2 ready; web-") == true)
            #expect(failure?.message.contains("container app: ImagePullBackOff") == true)
            #expect(try await yard.sizes == ["web:1": 2, "web:bad": 2])
        }
    }

    @Test func slownessIsToldInCountsWhenTheTimeIsOver() async throws {
        try await Yard.open { yard in
            let order = Sketch.order(["web:slow": 2], image: "web:slow")
            let failure = await yard.failure(order, within: .seconds(1))
            let slow = Sketch.release("web:slow")
            #expect(failure == WorkloadFailure(.unready, "web-\(slow): 0 of 2 ready"))
        }
    }

    @Test func aControllerThatDiesAnywhereIsFollowedByOneThatEndsTheSame() async throws {
        for deaths in 1...6 {
            try await Yard.open { yard in
                for name in ["web-stable", "web-canary"] { try await yard.makeService(name) }
                func order(_ sizes: [String: Int], _ since: UInt64, _ image: String, _ roles: ScaleRoles)
                    -> ScaleWrite
                {
                    Sketch.order(sizes, since: since, image: image, roles: roles) {
                        $0["services"] = ["stable": "web-stable", "canary": "web-canary"]
                        $0["canaryMetadata"] = ["labels": ["role": "canary"]]
                        $0["stableMetadata"] = ["labels": ["role": "stable"]]
                    }
                }
                try await yard.scale(order(["web:1": 2], 2, "web:1", ScaleRoles(canary: one)))
                let last = order(["web:2": 2], 9, "web:2", ScaleRoles(stable: two, canary: two))
                let mortal = Yard(yard.server, yard.namespace, writes: deaths)
                _ = await mortal.failure(last)
                await mortal.workloads.close()
                let next = Yard(yard.server, yard.namespace)
                try await next.scale(last)
                #expect(try await next.workloads.inspect(last) == nil)
                await next.workloads.close()
                #expect(try await yard.sizes == ["web:1": 0, "web:2": 2], "died at write \(deaths)")
                #expect(try await yard.selected(by: "web-stable") == two)
                #expect(
                    try await yard.pods("web:2").allSatisfy { $0["metadata"]["labels"]["role"] == "stable" })
            }
        }
    }

    @Test func whatSomebodyScalesByHandIsNoticedAndPutRight() async throws {
        try await Yard.open { yard in
            try await yard.scale(Sketch.order(["web:1": 3], since: 2))
            var disturbances = yard.workloads.disturbances().makeAsyncIterator()
            try await yard.server.edit(ObjectReference(.replicaSet, "web-\(one)", in: yard.namespace)) {
                $0["spec"]["replicas"] = 1
            }
            #expect(await disturbances.next(isolation: nil) == RolloutName("web"))
            let found = try await yard.workloads.inspect(Sketch.order(["web:1": 3], since: 2))
            #expect(found?.contains("asks for 1 instances instead of 3") == true)
            try await yard.scale(Sketch.order(["web:1": 3], since: 3))
            #expect(try await yard.sizes == ["web:1": 3])
        }
    }

    @Test func aReplicaSetThatSomebodyDeletesIsMadeAgain() async throws {
        try await Yard.open { yard in
            try await yard.scale(Sketch.order(["web:1": 2], since: 2))
            var disturbances = yard.workloads.disturbances().makeAsyncIterator()
            try await yard.server.delete(ObjectReference(.replicaSet, "web-\(one)", in: yard.namespace))
            #expect(await disturbances.next(isolation: nil) == RolloutName("web"))
            #expect(
                try await yard.workloads.inspect(Sketch.order(["web:1": 2], since: 2))
                    == "the ReplicaSet of the release is gone")
            #expect(try await yard.scale(Sketch.order(["web:1": 2], since: 3)) == "web-\(one) 2 of 2")
        }
    }

    @Test func onlySoManyOldReplicaSetsAreKept() async throws {
        try await Yard.open { yard in
            for number in 1...5 {
                let order = Sketch.order(
                    ["web:\(number)": 1], since: UInt64(number), image: "web:\(number)"
                ) { $0["revisionHistoryLimit"] = 2 }
                try await yard.scale(order)
            }
            #expect(try await yard.sizes == ["web:3": 0, "web:4": 0, "web:5": 1])
        }
    }

    @Test func aNameThatAnotherTemplateHasIsGivenUpForAnother() async throws {
        try await Yard.open { yard async throws in
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
            try await yard.server.create(stranger, .replicaSet, in: yard.namespace)
            let other = ReleaseHash(of: .init(Sketch.template()), collisions: 1).text
            #expect(try await yard.scale(Sketch.order(["web:1": 2])) == "web-\(other) 2 of 2")
            #expect(try await yard.sizes == ["web:1": 2, "other": 0])
        }
    }

    @Test func aRoleComesAndGoesWithoutARestart() async throws {
        try await Yard.open { yard in
            func order(_ since: UInt64, _ roles: ScaleRoles) -> ScaleWrite {
                Sketch.order(["web:1": 1, "web:2": 2], since: since, image: "web:2", roles: roles) {
                    $0["canaryMetadata"] = [
                        "labels": ["role": "canary"], "annotations": ["team": "payments"],
                    ]
                    $0["stableMetadata"] = ["labels": ["role": "stable"]]
                }
            }
            try await yard.scale(Sketch.order(["web:1": 1], since: 1))
            try await yard.scale(order(2, ScaleRoles(stable: one, canary: two)))
            let before = try await yard.pods("web:2")
            #expect(before.allSatisfy { $0["metadata"]["labels"]["role"] == "canary" })
            #expect(before.allSatisfy { $0["metadata"]["annotations"]["team"] == "payments" })
            #expect(try await yard.pods("web:1").allSatisfy { $0["metadata"]["labels"]["role"] == "stable" })
            try await yard.scale(order(3, ScaleRoles(stable: two, canary: two)))
            let after = try await yard.pods("web:2")
            #expect(after.allSatisfy { $0["metadata"]["labels"]["role"] == "stable" })
            #expect(after.allSatisfy { $0["metadata"]["annotations"]["team"] == nil })
            #expect(try await yard.pods("web:1").allSatisfy { $0["metadata"]["labels"]["role"] == nil })
            let uids = { (pods: [JSON]) in Set(pods.map { $0["metadata"]["uid"] }) }
            #expect(uids(before) == uids(after))
        }
    }

    @Test func aRestartReplacesThePodsAndHonoursABudget() async throws {
        try await Yard.open { yard in
            try await yard.scale(Sketch.order(["web:1": 3], since: 1))
            func uids() async throws -> Set<JSON?> {
                Set(try await yard.pods("web:1").map { $0["metadata"]["uid"] })
            }
            let before = try await uids()
            let budgets = ResourceKind(
                "policy", "v1", "PodDisruptionBudget", plural: "poddisruptionbudgets")
            try await yard.server.create(
                [
                    "metadata": ["name": "web"],
                    "spec": ["minAvailable": 3, "selector": ["matchLabels": ["app": "web"]]],
                ], budgets, in: yard.namespace)
            // Objects only know the second that they were made in.
            try await Task.sleep(for: .milliseconds(1100))
            let restartAt = String("\(Moment.wall())".prefix(19)) + "Z"
            let order = Sketch.order(["web:1": 3], since: 2) {
                $0["restartAt"] = .string(restartAt)
                $0["maxUnavailable"] = 1
            }
            let failure = await yard.failure(order, within: .seconds(1))
            #expect(failure?.kind == .unready)
            #expect(failure?.message.contains("would violate the pod's disruption budget") == true)
            #expect(try await uids() == before)
            // As its controller would, where there is one: each eviction takes one.
            try await yard.server.edit(ObjectReference(budgets, "web", in: yard.namespace), "status") {
                $0["status"] = [
                    "disruptionsAllowed": 3, "observedGeneration": 1, "currentHealthy": 3,
                    "desiredHealthy": 0, "expectedPods": 3,
                ]
            }
            try await yard.scale(order)
            #expect(try await uids().isDisjoint(with: before))
            // The last one is replaced when its ReplicaSet has noticed.
            for _ in 0..<100 where try await uids().count < 3 { try await Task.sleep(for: .milliseconds(20)) }
            #expect(try await uids().count == 3)
        }
    }

    @Test func whatIsNotAllowedIsSaidWithTheRuleThatIsMissing() async throws {
        try await Yard.open(token: APIServer.powerlessToken) { yard in
            let failure = await yard.failure(Sketch.order(["web:1": 1]), within: .seconds(5))
            #expect(failure?.kind == .rejected)
            #expect(failure?.message.contains("replicasets") == true, "\(failure?.message ?? "")")
        }
    }
}
