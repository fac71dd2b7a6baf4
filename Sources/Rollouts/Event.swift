package import Analysis

/// Facts, in the past. The log of them is the rollout.
package enum Event: Hashable, Codable, Sendable {
    /// A manifest was read that says something new.
    case declared(Declaration)
    /// The manifest is gone. What runs goes on; nothing new starts.
    case withdrawn
    /// A release was announced, or tried again after an abort. Takes the place of one in mid-flight.
    case started(release: Release, cause: StartCause)
    /// The announced release is the stable one: there is nothing to climb.
    case restored(release: Release)
    case stepEntered(step: Int)
    case stepPassed(step: Int, by: PassCause)
    /// The pause is over while something else still holds the flight.
    case pauseElapsed(step: Int)
    /// The last step is passed: the release is to get all traffic.
    /// `by` is the person who wanted it; none where the steps led there.
    case summited(by: String?)
    /// The release has all traffic and is the stable one from now on.
    case completed(release: Release)
    /// The mesh's interface took the write that `since` wanted.
    case routeAccepted(since: Sequence, receipt: String)
    /// The data plane shows what `since` wanted.
    case routed(since: Sequence, evidence: String)
    case routeFailed(since: Sequence, failure: RouteFailure)
    /// Somebody else changed the route; it is wanted again.
    case drifted(found: String)
    /// The mesh already bears a later write than this log knows of: the numbers go on above it.
    case fenceRaised(to: Sequence)
    case measured(run: RunID, metric: Int, measurement: Measurement)
    case judged(Judged)
    /// The numbers do not decide; a person must.
    case asked(reason: String)
    case aborted(reason: AbortReason)
    case held(by: String)
    case resumed(by: String)
}

package enum StartCause: String, Hashable, Codable, Sendable {
    case announced, retry
}

package enum PassCause: Hashable, Codable, Sendable {
    /// The data plane showed the weight.
    case routed
    case elapsed
    case verdict
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
