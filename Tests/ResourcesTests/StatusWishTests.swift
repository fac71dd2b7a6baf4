import Analysis
import Rollouts
import Testing
import Transport

@testable import Resources

/// What an edit of a status wishes.
@Suite struct StatusWishTests {
    private let paused: JSON = [
        "currentStepIndex": 3, "controllerPause": true,
        "pauseConditions": [["reason": "CanaryPauseStep", "startTime": "2026-11-25T14:00:00Z"]],
    ]

    private func wish(_ change: (inout JSON) -> Void) -> String {
        var after = paused
        change(&after)
        switch StatusWish.read(from: paused, to: after) {
        case .abort: return "abort"
        case .retry: return "retry"
        case .promote(let step): return "promote from \(step ?? -1)"
        case .promoteFully: return "promote fully"
        case nil: return "nothing"
        default: return "something else"
        }
    }

    @Test func everyEditOfArgosToolIsUnderstood() {
        #expect(wish { $0["abort"] = true } == "abort")
        #expect(wish { $0["promoteFull"] = true } == "promote fully")
        #expect(wish { $0["pauseConditions"] = nil } == "promote from 3")
        #expect(wish { $0["pauseConditions"] = [] } == "promote from 3")
        #expect(wish { $0["currentStepIndex"] = 4 } == "promote from 3")
    }

    /// Also when it comes together with another one.
    @Test func anAbortGoesBeforeEverything() {
        let all = wish { status in
            status["abort"] = true
            status["promoteFull"] = true
            status["pauseConditions"] = nil
        }
        #expect(all == "abort")
    }

    @Test func anyOtherEditSaysNothing() {
        #expect(wish { $0["message"] = "hello" } == "nothing")
        #expect(wish { $0["currentStepIndex"] = 7 } == "nothing")
        #expect(wish { $0["currentStepIndex"] = 1 } == "nothing")
        #expect(wish { $0["abort"] = false } == "nothing")
        #expect(StatusWish.read(from: [:], to: ["currentStepIndex": 1]) == nil)
    }

    /// What else differs may be old, and is nobody's wish.
    @Test func onlyWhatSomebodyIsKnownToHaveWrittenIsReadAtTheStart() {
        var after = paused
        after["abort"] = true
        after["pauseConditions"] = nil
        func wish(_ fields: Set<String>) -> Command? {
            StatusWish.read(from: paused, to: after, onlyIn: fields)
        }
        guard case .abort? = wish(["abort"]) else {
            Issue.record("not an abort")
            return
        }
        #expect(wish(["message"]) == nil && wish([]) == nil)
        after["currentPodHash"] = "another release"
        #expect(wish(["abort"]) == nil)
    }

    private func edit(by manager: String, at time: String, _ fields: [String] = ["f:abort"]) -> StatusEdit? {
        let entry = { (manager: String, time: String, fields: [String]) -> JSON in
            let names = Dictionary(uniqueKeysWithValues: fields.map { ($0, JSON.object([:])) })
            return [
                "manager": JSON(manager), "operation": "Update", "subresource": "status", "time": JSON(time),
                "fieldsV1": ["f:status": .object(names)],
            ]
        }
        let own = entry("headgate", "2026-11-25T14:00:05Z", ["f:phase"])
        return StatusEdit(
            ["metadata": ["managedFields": [own, entry(manager, time, fields)]]], after: "headgate")
    }

    @Test func anEditIsOfPeopleAndAfterOurOwn() throws {
        let late = try #require(edit(by: "kubectl-argo-rollouts", at: "2026-11-25T14:00:06Z"))
        #expect(late.fields == ["abort"] && late.manager == "kubectl-argo-rollouts")
        #expect(edit(by: "kubectl-argo-rollouts", at: "2026-11-25T14:00:05Z") == nil)
        #expect(edit(by: "rollouts-controller", at: "2026-11-25T14:00:06Z") == nil)
        let before = Moment(microseconds: 1795615205900000)  // 14:00:05.9
        #expect(late.isLater(than: before))
        let after = Moment(microseconds: 1795615206100000)  // 14:00:06.1
        #expect(!late.isLater(than: after))
    }

    @Test func takingAnAbortBackIsARetry() {
        guard case .retry? = StatusWish.read(from: ["abort": true], to: ["abort": false]) else {
            Issue.record("not a retry")
            return
        }
        guard case .retry? = StatusWish.read(from: ["abort": true], to: [:]) else {
            Issue.record("not a retry")
            return
        }
    }
}
