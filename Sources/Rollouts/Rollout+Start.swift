import Analysis

// How a release comes to climb: announced by CI, tried again, gone back to, or taken from the queue.

extension Draft {
    /// Announcing a release twice is harmless: CI retries, and it must not restart what is on its way or has
    /// ended.
    mutating func start(_ name: String) throws(Refusal) {
        let declaration = try declaration()
        if let flaw = ReleaseName.flaw(of: name) { throw .invalidRelease(name, why: flaw) }
        if let stable = rollout.stable, stable.name == name { return restore(stable) }
        if rollout.flight?.announced == name || rollout.queued?.name == name { return }
        if case .aborted(let failure) = rollout.phase, failure.announced == name {
            throw .abortedBefore(release: name)
        }
        if rollout.flight == nil, rollout.landed == name { return }
        let cause = cause(of: name, .announced)
        let releases = try releases(name, cause)
        let policy = declaration.inFlight ?? .supersede
        if let flight = rollout.flight, policy == .reject {
            throw .busy(release: flight.announced, step: flight.step)
        }
        if let freeze, !cause.skipsSteps { return queue(name, cause, .freeze(freeze)) }
        guard let flight = rollout.flight, policy == .queue else { return begin(releases, cause) }
        queue(name, cause, .inFlight(release: flight.announced))
    }

    /// The stable release was announced: whatever else was under way is out of date.
    private mutating func restore(_ stable: Release) {
        if let queued = rollout.queued { emit(.unqueued(release: queued.name)) }
        if rollout.phase != .resting { emit(.restored(release: stable)) }
    }

    /// Tries again what was taken back, or a test that was ended without a verdict.
    mutating func retry() throws(Refusal) {
        _ = try declaration()
        let name = try nameToRetry()
        try requireThaw()
        begin(try releases(name, .retry), .retry)
    }

    private func nameToRetry() throws(Refusal) -> String {
        if case .aborted(let failure) = rollout.phase { return failure.announced }
        if rollout.phase == .resting, let name = rollout.landed, !isStable(name) { return name }
        throw .nothingToRetry(rollout.name)
    }

    /// Whether the stable release came by that announcement; an arm's has the arm behind its name.
    private func isStable(_ name: String) -> Bool {
        rollout.stable.map { $0.name == name || $0.name.hasPrefix(name + "+") } ?? false
    }

    /// Two people who undo the same release go back once: each names where to, see the command.
    mutating func undo(to wanted: String?) throws(Refusal) {
        _ = try declaration()
        if let wanted, rollout.flight == nil, rollout.stable?.name == wanted { return }
        if let flight = rollout.flight { throw .inFlight(release: flight.announced) }
        let known = rollout.history.map(\.name)
        guard let name = wanted ?? known.last, known.contains(name) else {
            throw .neverStable(release: wanted ?? rollout.name.text, known: known.reversed())
        }
        // Nobody has deployed it for this: only what runs still may have everything at once.
        let cause: StartCause = isWarm(name) ? .returned : .undo
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
    /// road: the data plane shows everything on the stable release. What a manifest forbids now goes on waiting: the
    /// refusal was for whoever announced it, and the next turn looks again.
    var nextFromQueue: Event? {
        guard let queued = rollout.queued, let policy = try? declaration().inFlight ?? .supersede,
            rollout.flight == nil ? rollout.routing?.isApplied != false : policy == .supersede
        else { return nil }
        // A return waited so long, perhaps, that it is none any more.
        let cause = queued.cause == .returned ? cause(of: queued.name, .announced) : queued.cause
        guard let releases = try? releases(queued.name, cause) else { return nil }
        return start(of: releases, cause)
    }
}

// MARK: - Which releases, and where

extension Draft {
    /// A release that was the stable one so recently that it runs still, or that lies within the manifest's window,
    /// was proved before: it skips the steps when CI announces it.
    private func cause(of name: String, _ cause: StartCause) -> StartCause {
        let window = rollout.history.map(\.name).suffix(rollout.declaration?.rollbackWindow ?? 0)
        return isWarm(name) || window.contains(name) ? .returned : cause
    }

    private func isWarm(_ name: String) -> Bool {
        rollout.warm.contains { $0.isProved && $0.release.name == name }
    }

    /// The releases that climb under a name, each in its place. The first release of all has nothing to be
    /// compared with and is alone, whatever the plan; so is one that is gone back to.
    private func releases(_ name: String, _ cause: StartCause) throws(Refusal) -> [Release] {
        let declaration = try declaration()
        let arms = declaration.plan.arms ?? []
        guard rollout.stable != nil, !cause.isReturn, arms.count > 1 else {
            return [Release(name: name, place: place(for: name, cause))]
        }
        let free = rollout.freePlaces
        guard free.count >= arms.count else {
            throw .noFreePlace(needed: arms.count, declared: declaration.traffic.backends.places.count)
        }
        return zip(arms, free).map { Release(name: "\(name)+\($0)", place: $1) }
    }

    /// Where it runs still, or ran when it was taken back; else where the next release goes.
    private func place(for name: String, _ cause: StartCause) -> Place {
        let free = rollout.freePlaces
        var own = rollout.warm.first { $0.isProved && $0.release.name == name }?.release.place
        if cause == .retry, case .aborted(let failure) = rollout.phase { own = failure.release.place }
        if let own, free.contains(own) { return own }
        return rollout.nextPlaces.first ?? .a
    }
}
