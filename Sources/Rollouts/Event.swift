package import Analysis

/// Facts, in the past. The log of them is the rollout.
package enum Event: Hashable, Codable, Sendable {
    /// A manifest was read that says something new.
    case declared(Declaration)
    /// The manifest is gone. What runs goes on; nothing new starts.
    case withdrawn
    /// A release was announced, or tried again after an abort. Takes the place of one in mid-flight. A test of
    /// several arms starts `others` beside it.
    case started(release: Release, others: [Release]?, cause: StartCause)
    /// A release was announced that has to wait; the latest that waits counts.
    case queued(release: String, cause: StartCause, reason: QueueReason)
    /// What waited is not to be started any more.
    case unqueued(release: String)
    /// The announced release is the stable one: there is nothing to climb.
    case restored(release: Release)
    /// The mesh was looked at before anything is moved. With an error among the findings, `aborted` follows.
    case inspected(findings: [Finding])
    case stepEntered(step: Int)
    case stepPassed(step: Int, by: PassCause)
    /// The pause is over while something else still holds the flight.
    case pauseElapsed(step: Int)
    /// The last step is passed: the release is to get all traffic.
    /// `by` is the person who wanted it; none where the steps led there.
    case summited(by: String?)
    /// A test of several arms goes on to all traffic with this one.
    case armChosen(arm: String)
    /// The release has all traffic, and the former one is kept warm until then.
    case bakeStarted(until: Moment)
    /// The release has all traffic and is the stable one from now on.
    case completed(release: Release)
    /// The test is over, and the stable release keeps all traffic: nothing was wrong.
    case kept(release: Release)
    /// A release that carries nothing may be stopped.
    case retired(release: Release)
    /// The mesh's interface took the write that `since` wanted.
    case routeAccepted(since: Sequence, receipt: String)
    /// The data plane shows what `since` wanted.
    case routed(since: Sequence, evidence: String)
    case routeFailed(since: Sequence, failure: RouteFailure)
    /// The instances that `since` wanted are ready.
    case scaled(since: Sequence, evidence: String)
    case scaleFailed(since: Sequence, failure: WorkloadFailure)
    /// Instances are missing that were ready; they are wanted again.
    case shrunk(found: String)
    /// Somebody else changed the route; it is wanted again.
    case drifted(found: String)
    /// Somebody else changed the route, and the manifest says to leave it so.
    case strayed(found: String)
    /// The mesh already bears a later write than this log knows of: the numbers go on above it.
    case fenceRaised(to: Sequence)
    case measured(run: RunID, metric: Int, measurement: Measurement)
    case judged(Judged)
    /// The numbers do not decide; a person must.
    case asked(reason: String)
    case aborted(reason: AbortReason)
    case gateAnswered(step: Int, answer: GateAnswer)
    /// A weight took longer than the progress deadline allows; nothing goes on until somebody resumes it.
    case stalled(step: Int, after: Duration)
    /// Something was about to advance in a freeze, and waits.
    case frozen(Freeze)
    /// The freeze that was waited for is over.
    case thawed(freeze: String)
    /// A person lets the rollout advance in spite of a freeze.
    case freezeOverridden(Freeze, by: String, reason: String)
    case held(by: String)
    case resumed(by: String)
}

package enum StartCause: String, Hashable, Codable, Sendable {
    case announced, retry
    /// A person goes back to an earlier stable release.
    case undo
    /// An earlier stable release was announced again, or wanted back, soon enough that it skips the steps.
    case returned

    /// Whether the release gets all traffic at once.
    package var skipsSteps: Bool { self == .returned }

    /// Whether it goes back to an earlier stable release.
    package var isReturn: Bool { self == .returned || self == .undo }
}

/// Why a release that was announced waits.
package enum QueueReason: Hashable, Codable, Sendable {
    /// Another one is in flight, and the manifest says `inFlight: queue`.
    case inFlight(release: String)
    case freeze(Freeze)
}

package enum PassCause: Hashable, Codable, Sendable {
    /// The data plane showed the weight.
    case routed
    case elapsed
    case verdict
    /// A gate said yes.
    case gate
    /// The test came to the conclusion that its plan names.
    case concluded
    /// A person's `promote`.
    case promoted(by: String)
}

/// One event of one rollout, as it stands in the journal.
package struct Entry: Hashable, Codable, Sendable {
    package let rollout: RolloutName
    package let sequence: Sequence
    package let moment: Moment
    /// Who brought it about: `token:alice`, `webhook:ci`, `git`, `headgate`.
    package let who: String
    package let event: Event

    package init(rollout: RolloutName, sequence: Sequence, moment: Moment, who: String, event: Event) {
        self.rollout = rollout
        self.sequence = sequence
        self.moment = moment
        self.who = who
        self.event = event
    }
}
