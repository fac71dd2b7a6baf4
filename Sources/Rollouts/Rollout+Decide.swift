package import Analysis

extension Rollout {
    /// What a wish or a report comes to, as facts; or a refusal. Changes nothing.
    package func decide(
        _ command: Command, by who: String, at now: Moment, freezes: any FreezeCalendar = NoFreezes()
    ) throws(Refusal) -> [Event] {
        try turn(command, by: who, at: now, freezes: freezes).entries.map(\.event)
    }

    /// A decision and the state it leads to, for the caller who must make the entries durable in between.
    package func turn(
        _ command: Command, by who: String, at now: Moment, freezes: any FreezeCalendar = NoFreezes()
    ) throws(Refusal) -> (entries: [Entry], next: Rollout) {
        var draft = Draft(self, by: who, at: now, freezes)
        try draft.take(command)
        draft.settle()
        return (draft.entries, draft.rollout)
    }
}

/// A decision in the making: facts are applied to a copy as they are found, so that one can follow from another
/// in the same turn, from the number that breached to the route that takes the traffic back.
struct Draft {
    private(set) var rollout: Rollout
    private(set) var entries: [Entry] = []
    let who: String
    let now: Moment
    private let freezes: any FreezeCalendar

    init(_ rollout: Rollout, by who: String, at now: Moment, _ freezes: any FreezeCalendar) {
        self.rollout = rollout
        self.who = who
        self.now = now
        self.freezes = freezes
    }

    mutating func emit(_ event: Event, by author: String? = nil) {
        rollout.apply(event, at: now)
        entries.append(
            Entry(
                rollout: rollout.name, sequence: rollout.sequence, moment: now,
                who: author ?? who, event: event))
    }

    /// The freeze that nothing may start or advance in; none where a person has overridden it.
    var freeze: Freeze? {
        guard let declaration = rollout.declaration,
            let freeze = freezes.freeze(of: declaration, at: now, beside: rollout.overridden)
        else { return nil }
        return freeze.until.map { $0 <= now } == true ? nil : freeze
    }

    mutating func take(_ command: Command) throws(Refusal) {
        switch command {
        case .declare(let declaration): try declare(declaration)
        case .withdraw: if rollout.declaration != nil, !rollout.isWithdrawn { emit(.withdrawn) }
        case .start(let release): try start(release)
        case .promote(let step): try promote(from: step)
        case .promoteFully(let arm): try promoteFully(arm)
        case .pause: try pause()
        case .resume: try resume()
        case .abort(let why): try abort(why)
        case .retry: try retry()
        case .keep: try keep()
        case .unqueue: try unqueue()
        case .undo(let release): try undo(to: release)
        case .overrideFreeze(let reason): try overrideFreeze(reason)
        case .report(let report): take(report)
        }
    }
}

// MARK: - Wishes

extension Draft {
    private mutating func declare(_ declaration: Declaration) throws(Refusal) {
        guard rollout.declaration != declaration || rollout.isWithdrawn else { return }
        let lost = rollout.placesInUse.subtracting(declaration.traffic.backends.places).min()
        if let lost { throw .placeInUse(lost, backend: rollout.backend(of: lost)) }
        let former = rollout.declaration?.workload?.release
        emit(.declared(declaration))
        guard let release = declaration.workload?.release, release != former else { return }
        announce(release)
    }

    /// The release that a manifest describes is announced by that. What stands in its way is no reason to decline the
    /// manifest: whoever wants the release nevertheless is told by `start`.
    private mutating func announce(_ release: String) {
        do throws(Refusal) {
            try start(release)
        } catch {
            return
        }
    }

    private func flight() throws(Refusal) -> Flight {
        guard let flight = rollout.flight else { throw .notRunning(rollout.name) }
        return flight
    }

    func declaration() throws(Refusal) -> Declaration {
        guard let declaration = rollout.declaration, !rollout.isWithdrawn else {
            throw .undeclared(rollout.name)
        }
        return declaration
    }

    func requireThaw() throws(Refusal) {
        if let freeze { throw .frozen(freeze) }
    }

    private mutating func promote(from step: Int?) throws(Refusal) {
        let flight = try flight()
        if let step, step != flight.step { throw .stepMoved(from: step, to: flight.step) }
        if !flight.isSummited { try requireThaw() }
        switch flight.stage {
        case .summiting: throw .summiting
        case .routing where rollout.routing?.isApplied != true:
            throw .notApplied(
                flight.weight,
                trouble: rollout.routing?.trouble ?? rollout.scaling?.lastFailure?.message)
        case .routing where rollout.scaling?.isReady == false:
            throw .notScaled(trouble: rollout.scaling?.lastFailure?.message)
        case .asking where flight.isAtConclusion && flight.releases.count > 1:
            throw .noArm(nil, known: flight.plan.arms ?? [])
        default: break
        }
        if flight.isSummited { return emit(.completed(release: flight.release)) }
        // A first release climbs no steps: whoever does not wait for the look gives it everything.
        let isFirst = rollout.stable == nil && flight.stage == .inspecting
        if flight.isPastSteps || isFirst { return emit(.summited(by: who)) }
        // What was never entered can't be passed: the analysis that watches begins with a step.
        if !flight.stage.isBeforeStep { emit(.stepPassed(step: flight.step, by: .promoted(by: who))) }
        // A person's promote goes on to the next step even where the rollout is held.
        if let next = rollout.flight, !next.isPastSteps { emit(.stepEntered(step: next.step)) }
    }

    private mutating func promoteFully(_ arm: String?) throws(Refusal) {
        let flight = try flight()
        let arms = Array((flight.plan.arms ?? []).prefix(flight.releases.count))
        if let arm, !arms.contains(arm) { throw .noArm(arm, known: arms) }
        if flight.isSummited, let arm, arm != arms[flight.arm] { throw .armChosen(arms[flight.arm]) }
        if flight.stage == .summiting { return }
        if flight.isSummited { return emit(.completed(release: flight.release)) }
        try requireThaw()
        if arm == nil, flight.releases.count > 1 { throw .noArm(nil, known: arms) }
        if let arm { emit(.armChosen(arm: arm)) }
        emit(.summited(by: who))
    }

    private mutating func pause() throws(Refusal) {
        _ = try flight()
        if rollout.heldBy != nil { throw .alreadyPaused }
        emit(.held(by: who))
    }

    private mutating func resume() throws(Refusal) {
        if rollout.heldBy != nil || rollout.routing?.stray != nil { return emit(.resumed(by: who)) }
        if let declaration = rollout.declaration, declaration.isPaused, !rollout.isWithdrawn {
            throw .pausedByManifest(source: declaration.source)
        }
        throw .notPaused
    }

    /// Without a flight it is the release that waits for its start that is called off.
    private mutating func abort(_ why: String?) throws(Refusal) {
        if rollout.flight == nil, let queued = rollout.queued {
            return emit(.unqueued(release: queued.name))
        }
        _ = try flight()
        guard rollout.stable != nil else { throw .noStableRelease(rollout.name) }
        emit(.aborted(reason: .command(by: who, why: why)))
    }

    /// Ends a test, or any other flight, in favour of the stable release: nothing was wrong with the other.
    private mutating func keep() throws(Refusal) {
        let flight = try flight()
        guard rollout.stable != nil else { throw .noStableRelease(rollout.name) }
        emit(.kept(release: flight.release))
    }

    private mutating func unqueue() throws(Refusal) {
        guard let queued = rollout.queued else { throw .nothingQueued(rollout.name) }
        emit(.unqueued(release: queued.name))
    }

    private mutating func overrideFreeze(_ reason: String) throws(Refusal) {
        guard let freeze else { throw .notFrozen(rollout.name) }
        guard reason.contains(where: { !$0.isWhitespace }) else { throw .overrideWithoutReason }
        emit(.freezeOverridden(freeze, by: who, reason: reason))
    }
}

// MARK: - Reports

extension Draft {
    /// A report on work that is no longer wanted changes nothing.
    private mutating func take(_ report: Report) {
        switch report {
        case .routeAccepted(let since, let receipt):
            if isAwaited(since), rollout.routing?.receipt != receipt {
                emit(.routeAccepted(since: since, receipt: receipt))
            }
        case .routed(let since, let evidence):
            if isAwaited(since) { emit(.routed(since: since, evidence: evidence)) }
        case .routeFailed(let since, let attempt, let failure):
            if isAwaited(since), rollout.routing?.failures == attempt { fail(since, failure) }
        case .scaled(let since, let evidence):
            if areAwaited(since) { emit(.scaled(since: since, evidence: evidence)) }
        case .scaleFailed(let since, let attempt, let failure):
            if areAwaited(since), rollout.scaling?.failures == attempt {
                emit(.scaleFailed(since: since, failure: failure))
            }
        case .shrunk(let since, let found):
            if rollout.scaling?.since == since, !areAwaited(since) { emit(.shrunk(found: found)) }
        case .measured(let order, let sample, let start, let end):
            measure(order, sample, from: start, to: end)
        case .answered(let order, let answer): hear(answer, order)
        case .inspected(let order, let findings): take(findings, order)
        // What is over by now is found by looking at the clock; see `settle`.
        case .woke: break
        case .drifted(let found, let bears): drift(found, bears)
        }
    }

    /// The instances.
    private func areAwaited(_ since: Sequence) -> Bool {
        rollout.scaling.map { $0.since == since && !$0.isReady } ?? false
    }

    private func isAwaited(_ since: Sequence) -> Bool {
        rollout.routing.map { $0.since == since && !$0.isApplied } ?? false
    }

    /// A number that no log can have come to by counting: somebody made it up.
    private static let sequenceMax = Sequence(Int64.max / 2)

    /// In mid-climb a fence of our own that is higher than our log can only be a rollback that was made while the
    /// journal could not be written: of this flight, or of one before it. Once everything is to go to the stable
    /// release, the same split under a higher number is that rollback too, and another split under a number that is
    /// just as near is what somebody made of it. Anywhere else the log itself may be old, and writing would be a
    /// guess.
    private mutating func fail(_ since: Sequence, _ failure: RouteFailure) {
        guard failure.kind == .fenced, let bears = failure.bears, bears <= Self.sequenceMax else {
            return emit(.routeFailed(since: since, failure: failure))
        }
        if let flight = rollout.flight, rollout.stable != nil {
            emit(.fenceRaised(to: bears))
            if bears >= flight.number { emit(.aborted(reason: .unjournaledRollback)) }
        } else if mayWriteAbove(bears, failure) {
            emit(.fenceRaised(to: bears))
        } else {
            emit(.routeFailed(since: since, failure: failure))
        }
    }

    private func mayWriteAbove(_ bears: Sequence, _ failure: RouteFailure) -> Bool {
        switch rollout.phase {
        case .empty: false
        case .climbing: failure.isSameRoute
        case .aborted: failure.isSameRoute || isNear(bears)
        // At rest a number from nowhere is only told; see `drift`.
        case .resting: rollout.routing?.isApplied == false && (failure.isSameRoute || isNear(bears))
        }
    }

    /// Whether a number can be one that the journal was about to give when it could not: after the last flight began,
    /// and no further ahead than what one turn holds. The mesh of an old copy of the journal is mostly far ahead.
    private func isNear(_ bears: Sequence) -> Bool {
        bears >= rollout.lastFlight && bears <= rollout.sequence + 32
    }

    /// A number that this log never gave is no drift but a fence. Without a flight it is only told: the mesh is
    /// right, or the log is an old copy, and a person must say which.
    private mutating func drift(_ found: String, _ bears: Sequence?) {
        guard let routing = rollout.routing, !routing.isAwaited else { return }
        guard let bears, bears > routing.since else { return takeChange(found, of: routing) }
        let message = "the mesh bears write #\(bears) (\(found)), which the journal does not know"
        let failure = RouteFailure(.fenced, message, bears: bears)
        if routing.lastFailure != failure { fail(routing.since, failure) }
    }

    /// Said once, as long as it stays the same change.
    private mutating func takeChange(_ found: String, of routing: Routing) {
        let isLeft = rollout.declaration?.drift.map { $0 != .reassert } ?? false
        if !isLeft { return emit(.drifted(found: found)) }
        if routing.stray != found { emit(.strayed(found: found)) }
    }

    private mutating func measure(_ order: MeasureOrder, _ sample: Sample, from start: Moment, to end: Moment)
    {
        guard let run = rollout.flight?.run(order.run), run.due(order.metric) != nil,
            run.tallies[order.metric].measured == order.number
        else { return }
        let metric = run.metrics[order.metric]
        if let comparison = metric.comparison {
            return compare(comparison, metric, order, sample, from: start, to: end)
        }
        if let slo = metric.slo { return look(at: slo, metric, order, sample, from: start, to: end) }
        let measurement = metric.measurement(of: sample, by: run.judgement, from: start, to: end)
        emit(.measured(run: order.run, metric: order.metric, measurement: measurement))
    }

    /// Nothing was routed yet, so a refusal takes nothing back. What was looked at for a manifest that is replaced by
    /// now, or was called off for it, says nothing.
    private mutating func take(_ findings: [Finding], _ order: InspectOrder) {
        guard let flight = rollout.flight, rollout.inspectOrder(flight) == order else { return }
        emit(.inspected(findings: findings))
        if let refusal = findings.refusal { emit(.aborted(reason: .unfit(refusal))) }
    }

    private mutating func hear(_ answer: GateAnswer, _ order: GateOrder) {
        guard let flight = rollout.flight, flight.number == order.flight, flight.step == order.step,
            flight.gate?.run.asked == order.number
        else { return }
        emit(.gateAnswered(step: order.step, answer: answer))
    }
}
