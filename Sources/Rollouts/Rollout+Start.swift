import Analysis

// How a release comes to climb: announced by CI, tried again, gone back to, or taken from the queue.

extension Draft {
    /// Announcing a release twice is harmless: CI retries, and it must not restart what is on its way.
    mutating func start(_ name: String) throws(Refusal) {
        let declaration = try declaration()
        if let flaw = ReleaseName.flaw(of: name) { throw .invalidRelease(name, why: flaw) }
        if let stable = rollout.stable, stable.name == name { return restore(stable) }
        if rollout.flight?.announced == name || rollout.queued?.name == name { return }
        if case .aborted(let failure) = rollout.phase, failure.announced == name {
            throw .abortedBefore(release: name)
        }
        let cause = cause(of: name, .announced)
        let releases = try releases(name, cause)
        if let freeze, !cause.skipsSteps { return queue(name, cause, .freeze(freeze)) }
        guard let flight = rollout.flight else { return begin(releases, cause) }
        switch declaration.inFlight ?? .supersede {
        case .supersede: begin(releases, cause)
        case .queue: queue(name, cause, .inFlight(release: flight.announced))
        case .reject: throw .busy(release: flight.announced, step: flight.step)
        }
    }

    /// The stable release was announced: whatever else was under way is out of date.
    private mutating func restore(_ stable: Release) {
        if let queued = rollout.queued { emit(.unqueued(release: queued.name)) }
        if rollout.phase != .resting { emit(.restored(release: stable)) }
    }

    mutating func retry() throws(Refusal) {
        guard case .aborted(let failure) = rollout.phase else { throw .nothingToRetry(rollout.name) }
        _ = try declaration()
        try requireThaw()
        begin(try releases(failure.announced, .retry), .retry)
    }

    mutating func undo(to name: String?) throws(Refusal) {
        _ = try declaration()
        if let flight = rollout.flight { throw .inFlight(release: flight.announced) }
        let known = rollout.history.map(\.name)
        guard let name = name ?? known.last, known.contains(name) else {
            throw .neverStable(release: name ?? rollout.name.text, known: known.reversed())
        }
        let cause = cause(of: name, .undo)
        if !cause.skipsSteps { try requireThaw() }
        begin(try releases(name, cause), cause)
    }

    private mutating func begin(_ releases: [Release], _ cause: StartCause) {
        emit(start(of: releases, cause))
    }

    private func start(of releases: [Release], _ cause: StartCause) -> Event {
        let others = releases.count > 1 ? Array(releases.dropFirst()) : nil
        return .started(release: releases[0], others: others, cause: cause)
    }

    private mutating func queue(_ name: String, _ cause: StartCause, _ reason: QueueReason) {
        emit(.queued(release: name, cause: cause, reason: reason))
    }

    /// The release that waited, when nothing is in its way any more. What was in flight before must be off the
    /// road: the data plane shows everything on the stable release.
    var nextFromQueue: Event? {
        guard let queued = rollout.queued, let policy = try? declaration().inFlight ?? .supersede,
            rollout.flight == nil ? rollout.routing?.isApplied != false : policy == .supersede,
            let releases = try? releases(queued.name, queued.cause)
        else { return nil }
        return start(of: releases, queued.cause)
    }
}

// MARK: - Which releases, and where

extension Draft {
    /// A release that was the stable one so recently that it runs still, or that lies within the manifest's
    /// window, was proved before: it skips the steps.
    private func cause(of name: String, _ cause: StartCause) -> StartCause {
        let known = rollout.history.map(\.name)
        let window = known.suffix(rollout.declaration?.rollbackWindow ?? 0)
        let isWarm = known.contains(name) && rollout.warm.contains { $0.release.name == name }
        return isWarm || window.contains(name) ? .returned : cause
    }

    /// The releases that climb under a name, each in its place. The first release of all has nothing to be
    /// compared with and is alone, whatever the plan; so is one that is gone back to.
    private func releases(_ name: String, _ cause: StartCause) throws(Refusal) -> [Release] {
        let declaration = try declaration()
        let declared = declaration.traffic.backends.places
        let free = declared.filter { $0 != rollout.stable?.place }
        let isAlone = rollout.stable == nil || cause.skipsSteps || cause == .undo
        guard !isAlone, let arms = declaration.plan.arms, arms.count > 1 else {
            return [Release(name: name, place: place(for: name, among: free))]
        }
        guard free.count >= arms.count else {
            throw .noFreePlace(needed: arms.count, declared: declared.count)
        }
        return zip(arms, free).map { Release(name: "\(name)+\($0)", place: $1) }
    }

    /// Where the release runs still; or a place that nobody is kept warm in; or the first one.
    private func place(for name: String, among free: [Place]) -> Place {
        let warm = rollout.warm.filter { free.contains($0.release.place) }
        if let own = warm.first(where: { $0.release.name == name }) { return own.release.place }
        let cold = free.first { place in !warm.contains { $0.release.place == place } }
        return cold ?? free.first ?? .a
    }
}
