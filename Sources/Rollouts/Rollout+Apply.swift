package import Analysis

extension Rollout {
    /// Folds one fact into the state. Total: a fact that fits nothing changes nothing but the sequence, so that
    /// every log ever written can be replayed.
    package mutating func apply(_ event: Event, at moment: Moment) {
        sequence += 1
        lastEventAt = moment
        switch event {
        case .declared(let declaration): declare(declaration, at: moment)
        case .withdrawn: isWithdrawn = true
        case .started(let release, _): start(release, at: moment)
        case .restored: rest()
        case .stepEntered(let step): change { $0.enter(step, of: $1, at: moment) }
        case .stepPassed: change { $0.passStep(of: $1, at: moment) }
        case .pauseElapsed: change { flight, _ in flight.stage = .paused }
        case .summited: change { flight, _ in flight.summit(at: moment) }
        case .completed(let release): complete(release)
        case .routeAccepted(let since, let receipt): update(since) { $0.receipt = receipt }
        case .routed(let since, let evidence): update(since) { $0.settle(evidence) }
        case .routeFailed(let since, let failure): fail(since, failure, at: moment)
        case .drifted: rewantRoute(at: moment)
        case .fenceRaised(let bears): raiseFence(to: bears, at: moment)
        case .measured(let id, let metric, let measurement):
            change { flight, _ in flight.count(measurement, ofMetric: metric, in: id) }
        case .judged: break
        case .asked(let reason): change { flight, _ in flight.turn(to: .asking(reason), at: moment) }
        case .aborted(let reason): abort(reason, at: moment)
        case .held(let who): heldBy = who
        case .resumed: heldBy = nil
        }
        wantRoute(at: moment)
    }

    private mutating func declare(_ declaration: Declaration, at moment: Moment) {
        let isMoved = self.declaration.map { $0.traffic != declaration.traffic } ?? false
        self.declaration = declaration
        isWithdrawn = false
        if isMoved { rewantRoute(at: moment) }
    }

    private mutating func start(_ release: Release, at moment: Moment) {
        guard let plan = declaration?.plan else { return }
        phase = .climbing(Flight(number: sequence, release: release, plan: plan, startedAt: moment))
    }

    private mutating func complete(_ release: Release) {
        stable = release
        rest()
    }

    private mutating func rest() {
        phase = .resting
        heldBy = nil
    }

    private mutating func abort(_ reason: AbortReason, at moment: Moment) {
        guard let flight else { return }
        phase = .aborted(
            Failure(
                release: flight.release, step: flight.step, stepCount: flight.plan.steps.count,
                reason: reason, at: moment))
        heldBy = nil
    }

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
            route: routing.route, since: sequence, previous: routing.since, notBefore: moment)
    }

    private mutating func raiseFence(to bears: Sequence, at moment: Moment) {
        sequence = max(sequence, bears) + 1
        guard let routing else { return }
        self.routing = Routing(route: routing.route, since: sequence, previous: bears, notBefore: moment)
    }

    /// The one place where a route comes to be wanted: whatever event changed the phase.
    private mutating func wantRoute(at moment: Moment) {
        guard let wanted = wantedRoute, routing?.route != wanted else { return }
        routing = Routing(
            route: wanted, since: sequence, previous: routing?.since ?? 0, notBefore: moment)
    }
}

extension Routing {
    fileprivate mutating func settle(_ evidence: String) {
        self.evidence = evidence
        lastFailure = nil
    }
}

// MARK: - The flight

extension Flight {
    fileprivate mutating func turn(to stage: Stage, at moment: Moment) {
        self.stage = stage
        stageSince = moment
    }

    fileprivate mutating func enter(_ index: Int, of rollout: Rollout, at moment: Moment) {
        guard plan.steps.indices.contains(index) else { return }
        step = index
        if background == nil { beginBackground(1, of: rollout, at: moment) }
        switch plan.steps[index] {
        case .setWeight(let weight):
            self.weight = weight
            turn(to: .routing, at: moment)
        case .pause(let duration):
            turn(to: .pausing(until: duration.map { moment + $0 }), at: moment)
        case .analysis(let metrics):
            turn(to: .analysing(run(of: metrics, in: rollout, at: moment)), at: moment)
        }
    }

    /// A person who overrules an undecided background analysis gets a fresh one.
    fileprivate mutating func passStep(of rollout: Rollout, at moment: Moment) {
        step += 1
        turn(to: .ready, at: moment)
        guard let background, let verdict = background.run.verdict, verdict != .successful else { return }
        beginBackground(background.number + 1, of: rollout, at: moment)
    }

    fileprivate mutating func summit(at moment: Moment) {
        step = plan.steps.count
        weight = .all
        background = nil
        turn(to: .summiting, at: moment)
    }

    private mutating func beginBackground(_ number: Int, of rollout: Rollout, at moment: Moment) {
        guard let analysis = plan.background, step >= analysis.startingStep else { return }
        background = BackgroundRun(number: number, run: run(of: analysis.metrics, in: rollout, at: moment))
    }

    private func run(of metrics: [Metric], in rollout: Rollout, at moment: Moment) -> AnalysisRun {
        let filled = metrics.map { metric in metric.filled { rollout.text(for: $0, in: self) } }
        return AnalysisRun(metrics: filled, judgement: plan.judgement, startedAt: moment)
    }
}

extension Rollout {
    fileprivate func text(for placeholder: Placeholder, in flight: Flight) -> String {
        let backends = declaration?.traffic.backends
        switch placeholder {
        case .canaryRelease: return flight.release.name
        case .stableRelease: return stable?.name ?? ""
        case .canaryBackend: return backends?.name(of: flight.release.place) ?? ""
        case .stableBackend: return backends?.name(of: flight.release.place.other) ?? ""
        }
    }
}
