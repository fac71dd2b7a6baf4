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
