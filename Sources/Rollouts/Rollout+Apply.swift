package import Analysis

extension Rollout {
    /// Folds one fact into the state. Total: a fact that fits nothing changes nothing but the sequence, so that
    /// every log ever written can be replayed.
    package mutating func apply(_ event: Event, at moment: Moment) {
        sequence += 1
        lastEventAt = moment
        let former = declaration?.showsRuns == true ? flight : nil
        switch event {
        case .declared(let declaration): declare(declaration, at: moment)
        case .withdrawn: isWithdrawn = true
        case .started(let release, let others, let cause):
            start([release] + (others ?? []), cause, at: moment)
        case .queued(let release, let cause, let reason):
            queue(QueuedRelease(name: release, cause: cause, reason: reason))
        case .unqueued: queued = nil
        case .restored: restore(at: moment)
        case .kept: rest(at: moment)
        case .inspected(let findings): change { flight, _ in flight.take(findings, at: moment) }
        case .stepEntered(let step): change { $0.enter(step, of: $1, at: moment) }
        case .stepPassed: change { $0.passStep(of: $1, at: moment) }
        case .pauseElapsed: change { flight, _ in flight.outlast() }
        case .summited: change { flight, _ in flight.summit(at: moment) }
        case .armChosen(let arm): change { flight, _ in flight.choose(arm) }
        case .bakeStarted(let end): change { $0.bake(until: end, of: $1, at: moment) }
        case .completed(let release): complete(release, at: moment)
        case .retired(let release): warm.removeAll { $0.release == release }
        case .routeAccepted(let since, let receipt): update(since) { $0.receipt = receipt }
        case .routed(let since, let evidence): update(since) { $0.settle(evidence) }
        case .routeFailed(let since, let failure): fail(since, failure, at: moment)
        case .drifted: rewantRoute(at: moment)
        case .strayed(let found): stray(to: found)
        case .scaled(let since, let evidence): settle(since, evidence)
        case .scaleFailed(let since, let failure): fail(since, failure, at: moment)
        case .shrunk: rewantSizes(at: moment)
        case .fenceRaised(let bears): raiseFence(to: bears, at: moment)
        case .measured(let id, let metric, let measurement):
            change { flight, _ in flight.count(measurement, ofMetric: metric, in: id) }
        case .judged: break
        case .gateAnswered(_, let answer): change { flight, _ in flight.hear(answer, at: moment) }
        case .asked(let reason): change { flight, _ in flight.turn(to: .asking(reason), at: moment) }
        case .aborted(let reason): abort(reason, at: moment)
        case .held(let who): heldBy = who
        case .resumed: resume(at: moment)
        case .stalled: heldBy = Self.progressDeadline
        case .frozen(let freeze): frozen = freeze
        case .thawed: frozen = nil
        case .freezeOverridden(let freeze, _, _): override(freeze)
        }
        keepRuns(of: former, at: moment)
        if routing?.stray != nil, event.endsStray { rewantRoute(at: moment) }
        wantRoute(at: moment)
        wantSizes(at: moment)
        if settleDividedRoute() { wantSizes(at: moment) }
    }

    private mutating func declare(_ declaration: Declaration, at moment: Moment) {
        let former = self.declaration
        self.declaration = declaration
        isWithdrawn = false
        guard let former else { return }
        let isYieldOver = routing?.stray != nil && (declaration.drift ?? .reassert) == .reassert
        if former.traffic != declaration.traffic || isYieldOver { rewantRoute(at: moment) }
        if let workload = declaration.workload, former.workload != workload { rewantSizes(at: moment) }
    }

    /// CI has deployed it before it was announced: what was kept warm in its place is gone.
    private mutating func queue(_ release: QueuedRelease) {
        queued = release
        guard !release.cause.skipsSteps else { return }
        let places = nextPlaces
        warm.removeAll { places.contains($0.release.place) }
    }

    /// What waited is started, or something newer is.
    private mutating func start(_ releases: [Release], _ cause: StartCause, at moment: Moment) {
        guard let plan = declaration?.plan else { return }
        if let flight { cool(flight.releases, for: .zero, at: moment) }
        landed = nil
        lastFlight = sequence
        warm.removeAll { warm in releases.contains { $0.place == warm.release.place } }
        queued = nil
        var flight = Flight(
            number: sequence, releases: releases, plan: plan, startedAt: moment, cause: cause)
        // What returns was proved on this very mesh, and is wanted at once.
        if declaration?.preflight != nil, !cause.skipsSteps { flight.stage = .inspecting }
        flight.watchSLOs(of: self, at: moment)
        phase = .climbing(flight)
    }

    private mutating func complete(_ release: Release, at moment: Moment) {
        let former = stable
        stable = release
        if let former, former != release {
            // A release that was gone back from is as good as taken back: nothing returns to it by itself.
            let isGoneBack = flight?.cause.isReturn == true
            history = history.filter { $0.name != release.name } + (isGoneBack ? [] : [former])
            history = history.suffix(Self.historyMax)
            cool(
                [former], for: flight?.plan.scaleDownDelay ?? Plan.scaleDownDelay, at: moment,
                isProved: !isGoneBack)
        }
        rest(at: moment)
    }

    private mutating func rest(at moment: Moment) {
        land(at: moment)
        phase = .resting
    }

    /// Back to the stable release by its own announcement: what was under way may be announced again later.
    private mutating func restore(at moment: Moment) {
        rest(at: moment)
        landed = nil
    }

    /// What the end of every flight has in common.
    private mutating func land(at moment: Moment, isWorthKeeping: Bool = true) {
        if let flight {
            landed = flight.announced
            let others = flight.releases.filter { $0 != stable }
            let delay = flight.plan.abortScaleDownDelay ?? Plan.scaleDownDelay
            cool(others, for: isWorthKeeping ? delay : .zero, at: moment)
        }
        heldBy = nil
        frozen = nil
        // What has no end would be overridden for every release to come.
        overridden = overridden.filter { freeze in freeze.until.map { $0 > moment } ?? false }
    }

    /// Keeps releases for a while that are to carry nothing.
    private mutating func cool(
        _ releases: [Release], for delay: Duration, at moment: Moment, isProved: Bool = false
    ) {
        for release in releases where release != stable {
            warm.removeAll { $0.release.place == release.place }
            warm.append(WarmRelease(release: release, until: moment + delay, isProved: isProved))
        }
    }

    private mutating func abort(_ reason: AbortReason, at moment: Moment) {
        guard let flight else { return }
        land(at: moment, isWorthKeeping: !reason.isFailing)
        phase = .aborted(
            Failure(
                release: flight.release, announced: flight.announced, step: flight.step,
                stepCount: flight.plan.steps.count,
                reason: reason, at: moment))
    }

    private mutating func resume(at moment: Moment) {
        heldBy = nil
        change { flight, _ in flight.progressSince = moment }
    }

    private mutating func override(_ freeze: Freeze) {
        overridden.append(freeze)
        frozen = nil
    }

    /// Who holds a rollout whose weight takes too long.
    package static let progressDeadline = "the progress deadline"

    private mutating func change(_ body: (_ flight: inout Flight, _ rollout: Rollout) -> Void) {
        guard case .climbing(var flight) = phase else { return }
        body(&flight, self)
        phase = .climbing(flight)
    }
}

// MARK: - The route

extension Rollout {
    private mutating func update(_ since: Sequence, _ body: (inout Routing) -> Void) {
        guard routing?.since == since, var changed = routing else { return }
        body(&changed)
        routing = changed
    }

    private mutating func fail(_ since: Sequence, _ failure: RouteFailure, at moment: Moment) {
        let backoff: Backoff = isReturning ? .rollback : .ordinary
        let seed = name.text
        update(since) { routing in
            routing.failures += 1
            routing.lastFailure = failure
            routing.notBefore = moment + backoff.delay(failures: routing.failures, seed: seed)
        }
    }

    /// The route is wanted anew, under a number that beats whatever was written meanwhile.
    private mutating func rewantRoute(at moment: Moment) {
        guard let routing else { return }
        self.routing = Routing(
            route: routing.route, since: sequence, previous: routing.since, occupants: routing.occupants,
            notBefore: moment)
    }

    private mutating func stray(to found: String) {
        routing?.stray = found
        if declaration?.drift == .yield, flight != nil, heldBy == nil { heldBy = Self.changedRoute }
    }

    /// Who holds a rollout whose route somebody else changed, and that yields to that.
    package static let changedRoute = "somebody's change of the route"

    private mutating func raiseFence(to bears: Sequence, at moment: Moment) {
        sequence = max(sequence, bears) + 1
        guard let routing else { return }
        self.routing = Routing(
            route: routing.route, since: sequence, previous: bears, occupants: routing.occupants,
            notBefore: moment)
    }

    /// The one place where a route comes to be wanted: whatever event changed the phase.
    private mutating func wantRoute(at moment: Moment) {
        guard let wanted = wantedRoute else { return }
        let occupants = occupants(of: wanted)
        guard routing?.route != wanted || routing?.occupants != occupants else { return }
        routing = Routing(
            route: wanted, since: sequence, previous: routing?.since ?? 0, occupants: occupants,
            notBefore: moment)
    }
}

// MARK: - The instances

extension Rollout {
    private mutating func scale(_ since: Sequence, _ body: (inout Scaling) -> Void) {
        guard scaling?.since == since, var changed = scaling else { return }
        body(&changed)
        scaling = changed
    }

    private mutating func settle(_ since: Sequence, _ evidence: String) {
        scale(since) { $0.settle(evidence) }
        guard let roles = scaling?.roles, scaling?.since == since else { return }
        pointed = roles.stable ?? roles.canary
        provided = scaling?.sizes ?? [:]
    }

    private mutating func fail(_ since: Sequence, _ failure: WorkloadFailure, at moment: Moment) {
        let backoff: Backoff = returnsByScale ? .rollback : .ordinary
        let seed = name.text
        scale(since) { scaling in
            scaling.failures += 1
            scaling.lastFailure = failure
            scaling.notBefore = moment + backoff.delay(failures: scaling.failures, seed: seed)
        }
    }

    private mutating func rewantSizes(at moment: Moment) {
        guard let scaling else { return }
        self.scaling = Scaling(
            sizes: scaling.sizes, roles: scaling.roles, since: sequence, notBefore: moment)
    }

    /// The one place where sizes come to be wanted: whatever event changed what needs them.
    private mutating func wantSizes(at moment: Moment) {
        guard let wanted = wantedSizes else { return scaling = nil }
        let roles = wantedRoles(for: wanted)
        guard scaling?.sizes != wanted || scaling?.roles != roles, scaling != nil || !wanted.isEmpty else {
            return
        }
        scaling = Scaling(sizes: wanted, roles: roles, since: sequence, notBefore: moment)
    }
}

extension Scaling {
    fileprivate mutating func settle(_ evidence: String) {
        self.evidence = evidence
        lastFailure = nil
    }
}

extension Event {
    /// Whether it wants the route to be what the rollout says, even where that has not changed: a flight begins, goes
    /// on or ends. While the route is astray, nothing but a person or a rollback does that.
    fileprivate var endsStray: Bool {
        switch self {
        case .started, .stepEntered, .summited, .completed, .kept, .restored, .aborted, .resumed: true
        default: false
        }
    }
}

extension Routing {
    fileprivate mutating func settle(_ evidence: String) {
        self.evidence = evidence
        stray = nil
        lastFailure = nil
    }
}

// MARK: - The flight

extension Flight {
    fileprivate mutating func turn(to stage: Stage, at moment: Moment) {
        self.stage = stage
        stageSince = moment
        progressSince = moment
    }

    fileprivate mutating func enter(_ index: Int, of rollout: Rollout, at moment: Moment) {
        guard plan.steps.indices.contains(index) else { return }
        step = index
        if background == nil { watch(of: rollout, at: moment) }
        turn(to: stage(of: plan.steps[index], of: rollout, at: moment), at: moment)
        if exposedSince == nil, !exposure.isNothing { exposedSince = moment }
    }

    fileprivate mutating func take(_ findings: [Finding], at moment: Moment) {
        guard stage == .inspecting else { return }
        self.findings = findings
        // What is refused never gets as far as wanting a route.
        if findings.errors.isEmpty { turn(to: .ready, at: moment) }
    }

    private func stage(of step: Step, of rollout: Rollout, at moment: Moment) -> Stage {
        switch step {
        case .setWeight, .setShares, .setRule, .removeRule, .setScale: .routing
        case .pause(let duration): .pausing(until: duration.map { moment + $0 })
        case .reachAge(let age): .pausing(until: startedAt + age)
        case .analysis(let metrics): .analysing(run(of: metrics, in: rollout, at: moment))
        case .gate: .gating(GateRun(startedAt: moment))
        case .conclude(.ask): .asking("the test is over; which release gets all traffic?")
        case .conclude: .concluding
        }
    }

    /// A person who overrules an undecided background analysis gets a fresh one.
    fileprivate mutating func passStep(of rollout: Rollout, at moment: Moment) {
        step += 1
        turn(to: .ready, at: moment)
        guard let background, let verdict = background.run.verdict, verdict != .successful else { return }
        watch(of: rollout, at: moment)
    }

    /// The time of a pause or of a bake is over, and something else holds.
    fileprivate mutating func outlast() {
        if case .baking = stage { isBakeOver = true } else { stage = .paused }
    }

    fileprivate mutating func choose(_ arm: String) {
        guard let index = plan.arms?.firstIndex(of: arm), releases.indices.contains(index) else { return }
        self.arm = index
    }

    fileprivate mutating func hear(_ answer: GateAnswer, at moment: Moment) {
        guard let (gate, run) = gate else { return }
        var heard = run
        heard.hear(answer, of: gate, at: moment)
        stage = .gating(heard)
    }

    fileprivate mutating func summit(at moment: Moment) {
        step = plan.steps.count
        isSummited = true
        background = nil
        exposedSince = exposedSince ?? moment
        turn(to: .summiting, at: moment)
    }

    fileprivate mutating func bake(until end: Moment, of rollout: Rollout, at moment: Moment) {
        turn(to: .baking(until: end), at: moment)
        watch(of: rollout, at: moment)
    }

    /// Begins to watch what is to be watched from here on, under a new number.
    private mutating func watch(of rollout: Rollout, at moment: Moment) {
        guard let metrics = watched else { return }
        watches += 1
        background = BackgroundRun(number: watches, run: run(of: metrics, in: rollout, at: moment))
    }

    /// What goes back is held by no objective, and what is first has nothing to go back to.
    fileprivate mutating func watchSLOs(of rollout: Rollout, at moment: Moment) {
        guard let metrics = plan.slos, rollout.stable != nil, !cause.isReturn else { return }
        slos = run(of: metrics, in: rollout, at: moment)
    }

    private var watched: [Metric]? {
        let metrics = isSummited ? plan.bake?.metrics ?? plan.background?.metrics : watchedOnTheWay
        // Once the release has all traffic there is nothing to compare it with.
        guard isSummited else { return metrics }
        return metrics.map { $0.filter { $0.comparison == nil } }.flatMap { $0.isEmpty ? nil : $0 }
    }

    private var watchedOnTheWay: [Metric]? {
        plan.background.flatMap { step >= $0.startingStep ? $0.metrics : nil }
    }

    private func run(of metrics: [Metric], in rollout: Rollout, at moment: Moment) -> AnalysisRun {
        let filled = metrics.flatMap { metric in measured(by: metric).map { $0.filled(in: rollout) } }
        return AnalysisRun(metrics: filled, judgement: plan.judgement, startedAt: moment)
    }

    /// What is measured of a release is measured of each arm's, and a bad arm ends the test: nothing is exposed
    /// that nobody looks at.
    private func measured(by metric: Metric) -> [ArmMetric] {
        guard releases.count > 1, !isSummited, metric.isAboutCanary else {
            return [ArmMetric(metric: metric, release: release)]
        }
        return zip(plan.arms ?? [], releases).map { arm, release in
            var named = metric
            named.name += " (\(arm))"
            return ArmMetric(metric: named, release: release)
        }
    }
}

/// A metric, and the release that it is about.
private struct ArmMetric {
    let metric: Metric
    let release: Release

    func filled(in rollout: Rollout) -> Metric {
        let backends = rollout.declaration?.traffic.backends
        return metric.filled { placeholder in
            switch placeholder {
            case .canaryRelease: release.name
            case .stableRelease: rollout.stable?.name ?? ""
            case .canaryBackend: backends?.name(of: release.place) ?? ""
            case .stableBackend: rollout.stable.flatMap { backends?.name(of: $0.place) } ?? ""
            }
        }
    }
}
