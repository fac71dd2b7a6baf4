import Engine
import Rollouts
import Testing
import Transport

@testable import Workloads

/// When a Service is pointed at another release.
@Suite struct ServicePlanTests {
    private let one = Sketch.release("web:1")
    private let two = Sketch.release("web:2")
    private let v1 = ReplicaSet.sketch("web:1", wanted: 2)

    private func order(_ roles: ScaleRoles) -> ScaleWrite {
        Sketch.order(["web:1": 2, "web:2": 1], image: "web:2", roles: roles) {
            $0["services"] = ["stable": "web-stable", "canary": "web-canary"]
        }
    }

    private func service(
        _ name: String, at hash: String?, pods: [String] = [], of rollout: String? = "web", since: UInt64 = 5
    ) -> ServiceSight {
        var service: JSON = ["metadata": ["name": .string(name), "resourceVersion": "3"]]
        service["metadata"]["annotations"] = rollout.map {
            [Mark.service: .string($0), Mark.since: .string("\(since)"), Mark.journal: "north"]
        }
        service["spec"]["selector"] = ["app": "web"]
        if let hash { service["spec"]["selector"]["rollouts-pod-template-hash"] = .string(hash) }
        let endpoints = pods.map { ["targetRef": ["name": .string($0)]] as JSON }
        return ServiceSight(service, slices: [["endpoints": .array(endpoints)]])
    }

    private var pods: [Pod] {
        ["a", "b"].map { Pod.sketch($0, of: "web:1") } + [Pod.sketch("c", of: "web:2")]
    }

    @Test func theCanarysNameWaitsForTheReleasesInstances() throws {
        let roles = ScaleRoles(stable: one, canary: two)
        let services = [service("web-stable", at: one, pods: ["a", "b"]), service("web-canary", at: one)]
        let starting = ReplicaSet.sketch("web:2", wanted: 1, available: 0, revision: 2)
        let early = try Sketch.plan(
            order(roles), [v1, starting], pods: pods, Surroundings(services: services))
        #expect(try early.progress() == .wait("\(starting.name): 0 of 1 ready"))
        let v2 = ReplicaSet.sketch("web:2", wanted: 1, revision: 2)
        #expect(try Sketch.plan(order(roles), [v1, v2], pods: pods).progress() == .look)
        let ready = try Sketch.plan(order(roles), [v1, v2], pods: pods, Surroundings(services: services))
        #expect(try ready.progress() == .act([.point(services[1], at: v2)]))
    }

    @Test func aNameCountsWhenItsEndpointsAreTheReleases() throws {
        let roles = ScaleRoles(stable: one, canary: two)
        let v2 = ReplicaSet.sketch("web:2", wanted: 1, revision: 2)
        let stable = service("web-stable", at: one, pods: ["a", "b"])
        for (reached, words) in [
            ([], "Service web-canary reaches 0 of 1 pods of \(v2.name)"),
            (["a", "c"], "Service web-canary still reaches pod a, which is not of \(v2.name)"),
        ] {
            let seen = Surroundings(services: [stable, service("web-canary", at: two, pods: reached)])
            #expect(try Sketch.plan(order(roles), [v1, v2], pods: pods, seen).progress() == .wait(words))
        }
        let seen = Surroundings(services: [stable, service("web-canary", at: two, pods: ["c"])])
        guard case .done = try Sketch.plan(order(roles), [v1, v2], pods: pods, seen).progress() else {
            Issue.record("everything is as ordered")
            return
        }
    }

    @Test func theFirstReleaseHasBothNames() throws {
        let order = Sketch.order(["web:1": 2], roles: ScaleRoles(canary: one)) {
            $0["services"] = ["stable": "web-stable", "canary": "web-canary"]
        }
        let seen = Surroundings(services: [
            service("web-stable", at: nil, of: nil), service("web-canary", at: nil, of: nil),
        ])
        let deeds = try Sketch.plan(order, [v1], pods: pods, seen).progress()
        #expect(
            deeds
                == .act([
                    .point(service("web-stable", at: nil, of: nil), at: v1),
                    .point(service("web-canary", at: nil, of: nil), at: v1),
                ]))
    }

    @Test func anotherRolloutsServiceIsLeftAlone() throws {
        let seen = Surroundings(services: [
            service("web-stable", at: one), service("web-canary", at: one, of: "api"),
        ])
        let v2 = ReplicaSet.sketch("web:2", wanted: 1, revision: 2)
        let plan = try Sketch.plan(order(ScaleRoles(stable: one, canary: two)), [v1, v2], pods: pods, seen)
        let failure = #expect(throws: WorkloadFailure.self) { try plan.progress() }
        #expect(failure?.kind == .foreign)
        #expect(failure?.message.contains("Service shop/web-canary is pointed by rollout api") == true)
    }

    @Test func everyOrderLeavesItsMarkOnTheServicesAndAnOlderOneWritesNothing() throws {
        let roles = ScaleRoles(stable: one, canary: two)
        let v2 = ReplicaSet.sketch("web:2", wanted: 1, revision: 2)
        let canary = service("web-canary", at: two, pods: ["c"])
        let former = service("web-stable", at: one, pods: ["a", "b"], since: 4)
        let seen = Surroundings(services: [former, canary])
        #expect(
            try Sketch.plan(order(roles), [v1, v2], pods: pods, seen).progress()
                == .act([.point(former, at: v1)]))
        let later = service("web-stable", at: one, pods: ["a", "b"], since: 6)
        let overtaken = try Sketch.plan(
            order(roles), [v1, v2], pods: pods, Surroundings(services: [later, canary]))
        let failure = #expect(throws: WorkloadFailure.self) { try overtaken.progress() }
        #expect(failure?.kind == .foreign)
        #expect(failure?.message.contains("Service shop/web-stable bears event 6") == true)
    }

    @Test func aServiceOfALaterLeaderIsLeftAlone() throws {
        let object: JSON = [
            "metadata": [
                "name": "web-stable",
                "annotations": [
                    Mark.service: "web", Mark.since: "5", Mark.journal: "north", Mark.epoch: "3",
                ],
            ]
        ]
        let seen = Surroundings(services: [
            ServiceSight(object, slices: []), service("web-canary", at: two, pods: ["c"]),
        ])
        let sets = [
            ReplicaSet.sketch("web:1", wanted: 2, epoch: 2),
            ReplicaSet.sketch("web:2", wanted: 1, revision: 2, epoch: 2),
        ]
        let roles = ScaleRoles(stable: one, canary: two)
        let plan = try Sketch.plan(order(roles), sets, pods: pods, seen, epoch: 2)
        let failure = #expect(throws: WorkloadFailure.self) { try plan.progress() }
        #expect(failure?.message.contains("Service shop/web-stable was written by a later leader") == true)
    }

    @Test func aServiceThatIsMissingIsAskedFor() throws {
        let v2 = ReplicaSet.sketch("web:2", wanted: 1, revision: 2)
        let plan = try Sketch.plan(
            order(ScaleRoles(stable: one, canary: two)), [v1, v2], pods: pods, Surroundings())
        let failure = #expect(throws: WorkloadFailure.self) { try plan.progress() }
        #expect(failure?.kind == .rejected)
        #expect(failure?.message.contains("there is no Service shop/web-stable; create it") == true)
    }

    @Test func nothingIsTakenDownBeforeTheNamesHaveMoved() throws {
        let roles = ScaleRoles(stable: two, canary: two)
        let order = Sketch.order(["web:2": 1], image: "web:2", roles: roles) {
            $0["services"] = ["stable": "web-stable"]
        }
        let v2 = ReplicaSet.sketch("web:2", wanted: 1, revision: 2)
        let old = service("web-stable", at: one, pods: ["a", "b"])
        #expect(
            try Sketch.plan(order, [v1, v2], pods: pods, Surroundings(services: [old])).progress()
                == .act([.point(old, at: v2)]))
        let moved = service("web-stable", at: two, pods: ["c"])
        #expect(
            try Sketch.plan(order, [v1, v2], pods: pods, Surroundings(services: [moved])).progress()
                == .act([.resize(v1, to: 0)]))
    }

    @Test func theDeploymentThatTheTemplateComesFromGoesWhenTheFirstReleaseHasAllTraffic() throws {
        func order(_ roles: ScaleRoles, _ scaleDown: String) -> ScaleWrite {
            Sketch.order(["web:1": 2], roles: roles, replicas: 2) {
                $0["template"] = nil
                $0["workloadRef"] = ["name": "web", "scaleDown": .string(scaleDown)]
            }
        }
        let deployment = DeploymentSight([
            "metadata": ["name": "web", "resourceVersion": "9"], "spec": ["replicas": 2, "template": [:]],
        ])
        let seen = Surroundings(deployment: deployment)
        let first = ScaleRoles(canary: one)
        let landed = ScaleRoles(stable: one, canary: one)
        func next(_ roles: ScaleRoles, _ scaleDown: String, _ replicaSet: ReplicaSet) throws -> Progress {
            try Sketch.plan(order(roles, scaleDown), [replicaSet], pods: pods, seen).progress()
        }
        let done = Progress.done("\(v1.name) 2 of 2")
        #expect(try next(first, "onsuccess", v1) == done)
        #expect(try next(landed, "onsuccess", v1) == .act([.shrink(deployment, to: 0)]))
        #expect(try next(landed, "never", v1) == done)
        let half = ReplicaSet.sketch("web:1", wanted: 2, available: 1)
        #expect(try next(first, "progressively", half) == .act([.shrink(deployment, to: 1)]))
        #expect(try next(first, "progressively", v1) == .act([.shrink(deployment, to: 0)]))
    }
}
