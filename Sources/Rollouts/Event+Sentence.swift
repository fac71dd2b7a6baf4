package import Analysis

extension Event {
    /// The event as one line for people: in logs, in `history`, in a live view.
    package var sentence: String {
        switch self {
        case .declared(let declaration): "declared by \(declaration.source)"
        case .withdrawn: "the manifest is gone; what runs goes on, nothing new starts"
        case .started(let release, .announced): "release \(release.name) started in place \(release.place)"
        case .started(let release, .retry): "release \(release.name) is tried again"
        case .restored(let release): "\(release.name) is the stable release: nothing to climb"
        case .stepEntered(let step): "step \(step + 1) entered"
        case .stepPassed(let step, let cause): "step \(step + 1) passed \(cause.sentence)"
        case .pauseElapsed(let step): "the pause of step \(step + 1) is over, something else holds"
        case .summited(let who): "all traffic is wanted for the release" + (who.map { ", by \($0)" } ?? "")
        case .completed(let release): "\(release.name) is the stable release now"
        case .routeAccepted(_, let receipt): "route accepted: \(receipt)"
        case .routed(_, let evidence): "route applied: \(evidence)"
        case .routeFailed(_, let failure): "route failed (\(failure.kind)): \(failure.message)"
        case .drifted(let found): "somebody else changed the route (\(found)); it is wanted again"
        case .fenceRaised(let bears): "the mesh bears a later write (#\(bears)); the numbers go on above it"
        case .measured(_, _, let measurement): "measured: \(measurement.sentence)"
        case .judged(let judged): "judged \(judged.verdict): \(judged.reason)"
        case .asked(let reason): "undecided, asking a person: \(reason)"
        case .aborted(let reason): "taken back: \(reason.sentence)"
        case .held: "paused by command"
        case .resumed: "resumed"
        }
    }
}

extension PassCause {
    package var sentence: String {
        switch self {
        case .routed: "when the data plane showed the weight"
        case .elapsed: "when its time was over"
        case .verdict: "by a good verdict"
        case .promoted(let who): "by \(who)"
        }
    }
}

extension AbortReason {
    package var sentence: String {
        switch self {
        case .verdict(let judged): judged.reason
        case .command(let who, let why): "aborted by \(who)" + (why.map { ": \($0)" } ?? "")
        case .unjournaledRollback: "traffic went back while the journal could not be written"
        }
    }
}

extension Measurement {
    package var sentence: String {
        [phase.rawValue, value, message].compactMap(\.self).joined(separator: ", ")
    }
}
