package import Analysis

extension Event {
    /// The event as one line for people: in logs, in `history`, in a live view.
    package var sentence: String {
        switch self {
        case .declared(let declaration): "declared by \(declaration.source)"
        case .withdrawn: "the manifest is gone; what runs goes on, nothing new starts"
        case .started(let release, let others, let cause):
            ([release] + (others ?? [])).map { "release \($0.name) \(cause.sentence) in place \($0.place)" }
                .joined(separator: ", ")
        case .queued(let release, _, let reason): "release \(release) waits: \(reason.sentence)"
        case .unqueued(let release): "release \(release) waits no longer"
        case .restored(let release): "\(release.name) is the stable release: nothing to climb"
        case .inspected(let findings): "looked at before the start: \(findings.inspectionSentence)"
        case .stepEntered(let step): "step \(step + 1) entered"
        case .stepPassed(let step, let cause): "step \(step + 1) passed \(cause.sentence)"
        case .pauseElapsed(let step): "the time of step \(step + 1) is over, something else holds"
        case .summited(let who): "all traffic is wanted for the release" + (who.map { ", by \($0)" } ?? "")
        case .armChosen(let arm): "arm \(arm) was chosen"
        case .bakeStarted(let end): "baking until \(end): the former release stays warm"
        case .kept(let release): "the test of \(release.name) is over; the stable release keeps all traffic"
        case .retired(let release):
            "\(release.name) in place \(release.place) carries nothing and may be stopped"
        case .completed(let release): "\(release.name) is the stable release now"
        case .routeAccepted(_, let receipt): "route accepted: \(receipt)"
        case .routed(_, let evidence): "route applied: \(evidence)"
        case .routeFailed(_, let failure): "route failed (\(failure.kind)): \(failure.message)"
        case .scaled(_, let evidence): "instances ready: \(evidence)"
        case .scaleFailed(_, let failure): "instances \(failure.kind.rawValue): \(failure.message)"
        case .shrunk(let found): "instances are missing (\(found)); they are wanted again"
        case .drifted(let found): "somebody else changed the route (\(found)); it is wanted again"
        case .strayed(let found):
            "somebody else changed the route (\(found)); it is left so, as the manifest says"
        case .fenceRaised(let bears): "the mesh bears a later write (#\(bears)); the numbers go on above it"
        case .measured(_, _, let measurement): "measured: \(measurement.sentence)"
        case .judged(let judged): "judged \(judged.verdict): \(judged.reason)"
        case .asked(let reason): "undecided, asking a person: \(reason)"
        case .aborted(let reason): "taken back: \(reason.sentence)"
        case .gateAnswered(let step, let answer): "gate of step \(step + 1): \(answer.sentence)"
        case .stalled(let step, let time):
            "step \(step + 1): the data plane has not shown the weight for \(time.text); held until resumed"
        case .frozen(let freeze): freeze.sentence
        case .thawed(let freeze): "freeze \(freeze) is over"
        case .freezeOverridden(let freeze, let who, let reason):
            "freeze \(freeze.name) overridden by \(who): \(reason)"
        case .held: "paused by command"
        case .resumed: "resumed"
        }
    }
}

extension [Finding] {
    /// Warnings are spelled out, because nothing else tells of them; an error stands in the refusal.
    fileprivate var inspectionSentence: String {
        ([countText] + warnings.map(\.sentence)).joined(separator: "; ")
    }
}

extension PassCause {
    package var sentence: String {
        switch self {
        case .routed: "when the data plane showed the weight"
        case .elapsed: "when its time was over"
        case .verdict: "by a good verdict"
        case .gate: "by a yes"
        case .concluded: "as the plan concludes"
        case .promoted(let who): "by \(who)"
        }
    }
}

extension StartCause {
    package var sentence: String {
        switch self {
        case .announced: "started"
        case .retry: "is tried again"
        case .undo: "is gone back to"
        case .returned: "returns, without the steps,"
        }
    }
}

extension QueueReason {
    package var sentence: String {
        switch self {
        case .inFlight(let release): "\(release) is in flight"
        case .freeze(let freeze): freeze.sentence
        }
    }
}

extension GateAnswer {
    package var sentence: String {
        switch self {
        case .yes(let why): "yes" + (why.map { ": \($0)" } ?? "")
        case .no(let why): "no" + (why.map { ": \($0)" } ?? "")
        case .wait(let why): "wait" + (why.map { ": \($0)" } ?? "")
        case .trouble(let what): "no answer: \(what)"
        }
    }
}

extension AbortReason {
    package var sentence: String {
        switch self {
        case .verdict(let judged): judged.reason
        case .command(let who, let why): "aborted by \(who)" + (why.map { ": \($0)" } ?? "")
        case .gate(let name, let why): "gate \(name) said no" + (why.map { ": \($0)" } ?? "")
        case .overdue(let what), .failing(let what): what
        case .unfit(let what): "not started, nothing was routed: \(what)"
        case .unjournaledRollback: "traffic went back while the journal could not be written"
        }
    }
}

extension Measurement {
    package var sentence: String {
        // The sentence of a comparison, or of an objective, has its numbers already.
        [phase.rawValue, comparison == nil && slo == nil ? value : nil, message].compactMap(\.self).joined(
            separator: ", ")
    }
}
