package import Analysis

/// Wishes and reports: everything that can make a rollout decide.
package enum Command: Sendable {
    case declare(Declaration)
    case withdraw
    /// A release is ready to take traffic.
    case start(release: String)
    /// On to the next step. `from` is the step that the person saw: two promotes of one step count once.
    case promote(from: Int?)
    /// All the way up at once. `arm` says which one, where a test has several.
    case promoteFully(arm: String?)
    case pause
    case resume
    case abort(why: String?)
    case retry
    /// Ends a flight in favour of the stable release, without a verdict on the other.
    case keep
    /// What waits for its start is not started.
    case unqueue
    /// Back to an earlier stable release: the last one where none is named.
    case undo(to: String?)
    /// On in spite of the freeze that is in force, for as long as it is.
    case overrideFreeze(reason: String)
    case report(Report)
}

/// How an action went. Every action that was started reports exactly once.
package enum Report: Sendable {
    case routed(since: Sequence, evidence: String)
    case routeFailed(since: Sequence, attempt: Int, failure: RouteFailure)
    case scaled(since: Sequence, evidence: String)
    case scaleFailed(since: Sequence, attempt: Int, failure: WorkloadFailure)
    case measured(MeasureOrder, Sample, startedAt: Moment, finishedAt: Moment)
    case answered(GateOrder, GateAnswer)
    case inspected(InspectOrder, findings: [Finding])
    case woke(at: Moment)

    /// A note on the way, not an outcome: the mesh's interface took the write.
    case routeAccepted(since: Sequence, receipt: String)
    /// Not the outcome of an action: the mesh bears something else than it was shown to. `bears` is the number
    /// on it, where it is this journal's.
    case drifted(found: String, bears: Sequence?)
    /// Not the outcome of an action: instances that were ready are missing.
    case shrunk(since: Sequence, found: String)
}

/// A wish that is declined. The text says what stands in the way and what would help.
package enum Refusal: Error, Hashable, Sendable {
    case undeclared(RolloutName)
    case invalidRelease(String, why: String)
    case abortedBefore(release: String)
    case notRunning(RolloutName)
    case nothingToRetry(RolloutName)
    case noStableRelease(RolloutName)
    case stepMoved(from: Int, to: Int)
    case notApplied(Weight, trouble: String?)
    case notScaled(trouble: String?)
    case summiting
    case busy(release: String, step: Int)
    case frozen(Freeze)
    case notFrozen(RolloutName)
    case overrideWithoutReason
    case neverStable(release: String, known: [String])
    case inFlight(release: String)
    case noArm(String?, known: [String])
    case armChosen(String)
    case nothingQueued(RolloutName)
    case placeInUse(Place, backend: String)
    case noFreePlace(needed: Int, declared: Int)
    case alreadyPaused
    case notPaused
    case pausedByManifest(source: String)
}

extension Refusal: CustomStringConvertible {
    package var description: String {
        switch self {
        case .undeclared(let name):
            "no manifest declares \(name); add one to a watched folder (a file with an error changes nothing)"
        case .invalidRelease(let name, let why):
            "release \"\(name.prefix(64))\" \(why)"
        case .abortedBefore(let release):
            "\(release) was taken back; announce a new release, or try this one again with `retry`"
        case .notRunning(let name): "\(name) has no release in flight"
        case .nothingToRetry(let name): "\(name) has no aborted release to try again"
        case .noStableRelease(let name): "\(name) has no stable release to return to: this is its first one"
        case .stepMoved(let from, let to):
            "step \(from + 1) is over, the rollout is at step \(to + 1); look again before you promote"
        case .notApplied(let weight, let trouble):
            "\(weight) is not applied yet"
                + (trouble.map { ": \($0)" } ?? "; wait a moment, or promote --full")
        case .notScaled(let trouble):
            "the instances are not ready yet"
                + (trouble.map { ": \($0)" } ?? "; wait a moment, or promote --full")
        case .summiting: "all steps are passed; the release is getting all traffic"
        case .busy(let release, let step):
            "\(release) is in flight at step \(step + 1), and the manifest says `inFlight: reject`; wait for its "
                + "end, or abort it"
        case .frozen(let freeze): "\(freeze.sentence); `override --reason` goes on in spite of it"
        case .notFrozen(let name): "no freeze holds \(name)"
        case .overrideWithoutReason: "an override needs a reason: it stands in the history"
        case .neverStable(let release, let known) where known.isEmpty:
            "\(release) was never the stable release; there is none to go back to yet"
        case .neverStable(let release, let known):
            "\(release) was never the stable release; earlier ones: \(known.joined(separator: ", "))"
        case .inFlight(let release): "\(release) is in flight; `abort` takes it back"
        case .noArm(nil, let known): "say which arm: \(known.joined(separator: ", "))"
        case .noArm(let arm?, let known):
            "there is no arm \"\(arm.prefix(64))\"; arms: \(known.joined(separator: ", "))"
        case .armChosen(let arm): "arm \(arm) was chosen already; `abort` takes it back"
        case .nothingQueued(let name): "no release of \(name) waits for its start"
        case .placeInUse(let place, let backend):
            "the manifest takes away \(backend), place \(place) of the rollout, where traffic is or may have to go "
                + "back; the former manifest stays in force until another release has taken over"
        case .noFreePlace(let needed, let declared):
            "the plan needs \(needed) places beside the stable release, and the manifest declares \(declared) in all"
        case .alreadyPaused: "it is paused already"
        case .notPaused: "it is not paused by command; a pause step ends by `promote`"
        case .pausedByManifest(let source): "\(source) says `paused: true`; take it out there"
        }
    }
}
