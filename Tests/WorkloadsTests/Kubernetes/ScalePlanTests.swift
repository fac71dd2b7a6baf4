import Analysis
import Engine
import Rollouts
import Testing
import Transport

@testable import Workloads

/// What comes next, from what is seen.
@Suite struct ScalePlanTests {
    private let v1 = ReplicaSet.sketch("web:1", wanted: 4)

    private func progress(
        _ order: ScaleWrite, _ replicaSets: [ReplicaSet] = [], pods: [Pod] = [],
        _ surroundings: Surroundings? = nil, now: Moment = Moment(microseconds: 0)
    ) throws -> Progress {
        try Sketch.plan(order, replicaSets, pods: pods, surroundings, now: now).progress()
    }

    private func failure(
        _ order: ScaleWrite, _ replicaSets: [ReplicaSet], pods: [Pod] = [],
        _ surroundings: Surroundings? = nil, now: Moment = Moment(microseconds: 0)
    ) -> WorkloadFailure? {
        do {
            let next = try progress(order, replicaSets, pods: pods, surroundings, now: now)
            Issue.record("nothing is wrong: \(next)")
            return nil
        } catch {
            return error as? WorkloadFailure
        }
    }

    // MARK: Up, then down

    @Test func theFirstReleaseIsMade() throws {
        #expect(
            try progress(Sketch.order(["web:1": 4])) == .act([.create(size: 4, revision: 1)]))
    }

    @Test func whatIsAsOrderedIsLeftAlone() throws {
        let name = "web-\(Sketch.release("web:1"))"
        #expect(try progress(Sketch.order(["web:1": 4]), [v1]) == .done("\(name) 4 of 4"))
    }

    @Test func theNewReleaseComesUpBeforeTheOldOneGoes() throws {
        let order = Sketch.order(["web:2": 4], image: "web:2")
        #expect(try progress(order, [v1]) == .act([.create(size: 4, revision: 2)]))
        let halfUp = ReplicaSet.sketch("web:2", wanted: 4, available: 2, revision: 2)
        #expect(try progress(order, [v1, halfUp]) == .wait("\(halfUp.name): 2 of 4 ready"))
        let up = ReplicaSet.sketch("web:2", wanted: 4, revision: 2)
        #expect(try progress(order, [v1, up]) == .act([.resize(v1, to: 0)]))
    }

    @Test func aCountThatTheControllerHasNotSeenProvesNothing() throws {
        let stale = ReplicaSet.sketch("web:1", wanted: 4, available: 4, isObserved: false)
        #expect(try progress(Sketch.order(["web:1": 4]), [stale]) == .wait("\(stale.name): 4 of 4 ready"))
    }

    @Test func whatIsTooMuchGoesLast() throws {
        let order = Sketch.order(["web:1": 2, "web:2": 3], image: "web:2")
        let v2 = ReplicaSet.sketch("web:2", wanted: 1, revision: 2)
        #expect(try progress(order, [v1, v2]) == .act([.resize(v2, to: 3)]))
        let up = ReplicaSet.sketch("web:2", wanted: 3, revision: 2)
        #expect(try progress(order, [v1, up]) == .act([.resize(v1, to: 2)]))
    }

    @Test func aReleaseThatIsNotInTheManifestCannotBeMade() throws {
        let order = Sketch.order(["web:1": 2, "web:2": 3], image: "web:2")
        let v2 = ReplicaSet.sketch("web:2", wanted: 3, revision: 2)
        #expect(failure(order, [v2])?.kind == .missing)
        #expect(failure(order, [v2])?.message.contains("release \(Sketch.release("web:1")) is gone") == true)
    }

    @Test func theOldestAreForgottenAndNeverOneThatIsWanted() throws {
        let order = Sketch.order(["web:1": 4], since: 5) { $0["revisionHistoryLimit"] = 2 }
        let old = (2...6).map { ReplicaSet.sketch("web:\($0)", wanted: 0, revision: $0) }
        #expect(
            try progress(order, [v1] + old) == .act([.delete(old[0]), .delete(old[1]), .delete(old[2])]))
        #expect(try progress(order, [v1] + old.suffix(2)) == .done("\(v1.name) 4 of 4"))
    }

    // MARK: The fence

    @Test func everyWantedReplicaSetBearsTheOrdersMark() throws {
        let order = Sketch.order(["web:1": 4], since: 9)
        #expect(try progress(order, [v1]) == .act([.mark(v1)]))
    }

    @Test func anOrderThatIsOlderThanAMarkWritesNothing() {
        let later = ReplicaSet.sketch("web:2", wanted: 0, since: 6)
        let failure = failure(Sketch.order(["web:1": 9], since: 5), [v1, later])
        #expect(failure?.kind == .foreign)
        #expect(failure?.message.contains("bears event 6, which is later than 5") == true)
    }

    @Test func whatAnotherJournalRunsIsLeftAlone() {
        let theirs = ReplicaSet.sketch("web:1", wanted: 4, journal: "south")
        let failure = failure(Sketch.order(["web:1": 9]), [theirs])
        #expect(failure?.kind == .foreign)
        #expect(failure?.message.contains("run by journal south") == true)
    }

    @Test func aFormerLeaderWritesNothingWhateverItsLogSays() throws {
        let theirs = ReplicaSet.sketch("web:1", wanted: 4, since: 5, epoch: 3)
        let plan = try Sketch.plan(Sketch.order(["web:1": 9], since: 8), [theirs], epoch: 2)
        let failure = #expect(throws: WorkloadFailure.self) { try plan.progress() }
        #expect(failure?.kind == .foreign)
        #expect(
            failure?.message.contains("written by a later leader (epoch 3, and this one is of 2)") == true)
    }

    /// So that what the former one has seen is not what it finds.
    @Test func theNextLeaderMarksWhatIsAsOrderedAlready() throws {
        let order = Sketch.order(["web:1": 4], since: 5)
        let former = ReplicaSet.sketch("web:1", wanted: 4, since: 5, epoch: 2)
        #expect(try Sketch.plan(order, [former], epoch: 3).progress() == .act([.mark(former)]))
        let own = ReplicaSet.sketch("web:1", wanted: 4, since: 5, epoch: 3)
        #expect(try Sketch.plan(order, [own], epoch: 3).progress() == .done("\(own.name) 4 of 4"))
        #expect(try Sketch.plan(order, [own]).progress() == .done("\(own.name) 4 of 4"), "no election")
    }

    // MARK: Pods that fail

    @Test(arguments: [
        ("ImagePullBackOff", "Back-off pulling image \"web:1\""), ("ErrImagePull", "not found"),
        ("CreateContainerConfigError", "secret \"db\" not found"), ("InvalidImageName", "bad"),
        ("RunContainerError", "exec: no such file"),
    ])
    func aPodThatWillNotStartIsToldAtOnce(reason: String, message: String) {
        let v1 = ReplicaSet.sketch("web:1", wanted: 5, available: 2)
        let waiting: JSON = ["reason": .string(reason), "message": .string(message)]
        let pod = Pod.sketch(
            "web-x2x4z", of: "web:1", isReady: false,
            status: ["containerStatuses": [["name": "app", "state": ["waiting": waiting]]]])
        let failure = failure(Sketch.order(["web:1": 5]), [v1], pods: [pod])
        #expect(failure?.kind == .failing)
        #expect(
            failure?.message
                == "\(v1.name): 2 of 5 ready; web-x2x4z: container app: \(reason): \(message)")
    }

    @Test func aCrashIsToldWithHowItEnded() {
        let v1 = ReplicaSet.sketch("web:1", wanted: 1, available: 0)
        let status: JSON = [
            "name": "app", "restartCount": 3, "state": ["waiting": ["reason": "CrashLoopBackOff"]],
            "lastState": ["terminated": ["reason": "Error", "exitCode": 2]],
        ]
        let pod = Pod.sketch("p", of: "web:1", isReady: false, status: ["containerStatuses": [status]])
        let failure = failure(Sketch.order(["web:1": 1]), [v1], pods: [pod])
        #expect(
            failure?.message
                == "\(v1.name): 0 of 1 ready; p: container app: CrashLoopBackOff: last ended with Error, exit code 2"
        )
    }

    @Test func aContainerThatTakesTooMuchMemoryIsToldAlsoWhileItRuns() {
        let v1 = ReplicaSet.sketch("web:1", wanted: 1, available: 0)
        let status: JSON = [
            "name": "app", "restartCount": 2, "state": ["running": [:]],
            "lastState": ["terminated": ["reason": "OOMKilled"]],
        ]
        let pod = Pod.sketch("p", of: "web:1", isReady: false, status: ["containerStatuses": [status]])
        #expect(
            failure(Sketch.order(["web:1": 1]), [v1], pods: [pod])?.message.contains(
                "OOMKilled: restarted 2 times")
                == true)
    }

    @Test func aPodWithoutAPlaceIsGivenAWhile() throws {
        let v1 = ReplicaSet.sketch("web:1", wanted: 1, available: 0)
        let condition: JSON = [
            "type": "PodScheduled", "status": "False", "reason": "Unschedulable",
            "message": "0/3 nodes are available", "lastTransitionTime": "2026-01-01T00:00:00Z",
        ]
        let pod = Pod.sketch("p", of: "web:1", isReady: false, status: ["conditions": [condition]])
        let start = try #require(Moment(rfc3339: "2026-01-01T00:00:00Z"))
        let order = Sketch.order(["web:1": 1])
        #expect(
            try progress(order, [v1], pods: [pod], now: start + .seconds(29))
                == .wait("\(v1.name): 0 of 1 ready"))
        let failure = failure(order, [v1], pods: [pod], now: start + .seconds(30))
        #expect(failure?.kind == .failing)
        #expect(failure?.message.contains("p: Unschedulable: 0/3 nodes are available") == true)
    }

    @Test func aQuotaIsARejection() {
        let v1 = ReplicaSet.sketch(
            "web:1", wanted: 4, existing: 2, available: 2,
            refusal: "pods \"web\" is forbidden: exceeded quota")
        let failure = failure(Sketch.order(["web:1": 4]), [v1])
        #expect(failure?.kind == .rejected)
        #expect(
            failure?.message == "\(v1.name): 2 of 4 ready; pods \"web\" is forbidden: exceeded quota")
    }

    @Test func theOldReleaseStaysWhereTheNewOneFails() throws {
        let v2 = ReplicaSet.sketch("web:2", wanted: 4, available: 0, revision: 2)
        let pod = Pod.sketch(
            "p", of: "web:2", isReady: false,
            status: [
                "containerStatuses": [["name": "app", "state": ["waiting": ["reason": "ErrImagePull"]]]]
            ])
        let order = Sketch.order(["web:2": 4], image: "web:2")
        #expect(failure(order, [v1, v2], pods: [pod])?.kind == .failing)
    }

    // MARK: Restart

    @Test func podsFromBeforeTheRestartGoAFewAtATime() throws {
        let order = Sketch.order(["web:1": 4]) {
            $0["restartAt"] = "2026-01-01T12:00:00Z"
            $0["maxUnavailable"] = 2
        }
        let now = try #require(Moment(rfc3339: "2026-01-01T13:00:00Z"))
        let old = (0..<4).map { Pod.sketch("p\($0)", of: "web:1") }
        #expect(try progress(order, [v1], pods: old, now: now) == .act([.evict(old[0]), .evict(old[1])]))
        let fresh = (4..<6).map { Pod.sketch("p\($0)", of: "web:1", created: "2026-01-01T12:30:00Z") }
        // One is missing already: one may go.
        let some = [old[2], old[3], fresh[0]]
        #expect(try progress(order, [v1], pods: some, now: now) == .act([.evict(old[2])]))
        let all = (4..<8).map { Pod.sketch("p\($0)", of: "web:1", created: "2026-01-01T12:30:00Z") }
        #expect(try progress(order, [v1], pods: all, now: now) == .done("\(v1.name) 4 of 4"))
        let before = try #require(Moment(rfc3339: "2026-01-01T11:00:00Z"))
        #expect(try progress(order, [v1], pods: old, now: before) == .done("\(v1.name) 4 of 4"))
    }
}
