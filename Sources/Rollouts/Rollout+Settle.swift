import Analysis

extension Draft {
    /// Takes every fact that follows from the state by itself, until none does. A bad verdict comes first: the
    /// turn that reached it is the turn that wants the traffic back.
    mutating func settle() {
        while let event = nextJudgement ?? nextFall ?? nextThaw ?? nextAdvance ?? nextTrouble
            ?? nextRetirement
        {
            emit(event, by: "headgate")
        }
    }

    private var nextJudgement: Event? {
        guard let flight = rollout.flight else { return nil }
        let judged = flight.runs.compactMap { $0.run.judged($0.id) }
        guard let worst = judged.max(by: { $0.verdict < $1.verdict }) else { return nil }
        if case .asking = flight.stage, worst.verdict == .inconclusive { return nil }
        guard entries.last?.event == .judged(worst) else { return .judged(worst) }
        return worst.verdict == .inconclusive
            ? .asked(reason: worst.reason) : .aborted(reason: .verdict(worst))
    }

    /// Instances of what climbs fail to start. Under Argo's rules they are waited for until a deadline, as with Argo.
    private var nextFall: Event? {
        guard let flight = rollout.flight, flight.plan.judgement == .safe, rollout.stable != nil,
            let failure = rollout.scaling?.lastFailure, failure.kind == .failing,
            flight.releases.contains(where: { $0.name == failure.release && $0 != rollout.stable })
        else { return nil }
        return .aborted(reason: .failing(failure.message))
    }

    /// The freeze that was waited for is over, or is followed by another.
    private var nextThaw: Event? {
        guard let frozen = rollout.frozen, frozen != freeze else { return nil }
        return freeze.map(Event.frozen) ?? .thawed(freeze: frozen.name)
    }

    /// What goes on by itself. In a freeze that is the note that it would.
    private var nextAdvance: Event? {
        let (next, climb) = (nextFromQueue, rollout.flight.flatMap(progress))
        // What has all traffic and is about to become the stable release does, before another takes its place.
        let isLanding = rollout.flight?.isSummited == true
        for event in (isLanding ? [climb, next] : [next, climb]).compactMap(\.self) {
            guard let freeze, event.isAdvance(of: rollout) else { return event }
            if rollout.frozen == nil { return .frozen(freeze) }
        }
        return nil
    }

    private func progress(of flight: Flight) -> Event? {
        let isApplied = rollout.routing?.isApplied == true
        let isHeld = rollout.hold != nil
        let isOpen = !isHeld && flight.unproved.isEmpty
        let isBaked = (!isHeld || rollout.isFrozenOnly) && flight.unproved.isEmpty
        let passed = { (cause: PassCause) in isHeld ? nil : Event.stepPassed(step: flight.step, by: cause) }
        switch flight.stage {
        case .ready where !climbs(flight): return rollout.awaitsNames ? nil : .summited(by: nil)
        case .ready where !flight.isPastSteps: return isHeld ? nil : .stepEntered(step: flight.step)
        case .ready: return isOpen ? .summited(by: nil) : nil
        case .routing: return isApplied && rollout.scaling?.isReady != false ? passed(.routed) : nil
        case .pausing(let until?) where until <= now:
            return passed(.elapsed) ?? .pauseElapsed(step: flight.step)
        case .paused: return passed(.elapsed)
        case .analysing(let run): return run.verdict == .successful ? passed(.verdict) : nil
        case .gating(let run): return run.last.flatMap { progress(of: flight, after: $0, passed(.gate)) }
        case .concluding: return flight.isKept ? .kept(release: flight.release) : passed(.concluded)
        case .inspecting, .pausing, .asking: return nil
        case .summiting: return isApplied ? summit(of: flight) : nil
        case .baking(let until) where until <= now:
            if isBaked { return .completed(release: flight.release) }
            return flight.isBakeOver ? nil : .pauseElapsed(step: flight.step)
        case .baking: return nil
        }
    }

    /// The first release of all has nothing to be compared with and nothing to return to: it gets everything. So
    /// does one that was proved before.
    private func climbs(_ flight: Flight) -> Bool {
        rollout.stable != nil && !flight.cause.skipsSteps
    }

    private func progress(of flight: Flight, after answer: GateAnswer, _ passed: Event?) -> Event? {
        switch answer {
        case .yes: passed
        case .no(let why): .aborted(reason: .gate(name: flight.gate?.gate.name ?? "", why: why))
        case .wait, .trouble: nil
        }
    }

    private func summit(of flight: Flight) -> Event {
        guard let bake = flight.plan.bake, climbs(flight) else {
            return .completed(release: flight.release)
        }
        return .bakeStarted(until: now + bake.duration)
    }

    /// What has taken longer than it was given.
    private var nextTrouble: Event? {
        guard let flight = rollout.flight else { return nil }
        if let (gate, _) = flight.gate, let deadline = gate.deadline, let end = flight.gateOverdueAt,
            end <= now
        {
            let reason = "gate \(gate.name) gave no answer within \(deadline.text)"
            return gate.whenOverdue == .abort
                ? .aborted(reason: .overdue(reason)) : .asked(reason: reason)
        }
        guard let deadline = rollout.declaration?.progressDeadline, let end = rollout.overdueAt, end <= now
        else { return nil }
        guard deadline.whenOverdue == .abort else {
            return .stalled(step: flight.step, after: deadline.duration)
        }
        let reason = "the data plane did not show \(flight.weight) within \(deadline.duration.text)"
        return .aborted(reason: .overdue(reason))
    }

    private var nextRetirement: Event? {
        rollout.retirable.first { $0.until <= now }.map { .retired(release: $0.release) }
    }
}

extension Event {
    /// Whether a freeze stops it. A start is stopped unless it is a return; taking traffic back never is, and the
    /// end of what is decided already is not.
    fileprivate func isAdvance(of rollout: Rollout) -> Bool {
        switch self {
        case .started(_, _, let cause): !cause.skipsSteps
        case .stepEntered, .stepPassed: true
        case .summited: rollout.stable != nil && rollout.flight?.cause.skipsSteps != true
        default: false
        }
    }
}

extension Flight {
    /// Whether the test ends with the stable release.
    fileprivate var isKept: Bool {
        plan.steps.indices.contains(step) && plan.steps[step] == .conclude(.keep)
    }

    /// Whether a person is to say what becomes of the test.
    var isAtConclusion: Bool {
        plan.steps.indices.contains(step) && plan.steps[step] == .conclude(.ask)
    }
}

extension Flight {
    /// The background metrics that no good measurement speaks for: without one, nothing gets all traffic.
    package var unproved: [String] {
        background?.run.unproved ?? []
    }
}

extension AnalysisRun {
    /// The verdict of a run that did not end well, with its evidence.
    func judged(_ id: RunID) -> Judged? {
        guard let verdict, verdict != .successful, let index = decisive else { return nil }
        return Judged(
            run: id, verdict: verdict, metric: metrics[index].name, metricIndex: index,
            reason: tallies[index].sentence(metrics[index], verdict))
    }
}

extension Tally {
    /// `success-rate: 2 of 6 measurements failed, more than failureLimit 1; last read [0.91] against …`
    func sentence(_ metric: Metric, _ verdict: Verdict) -> String {
        if metric.comparison != nil || metric.slo != nil {
            return "\(metric.name): \(recent.last?.message ?? "nothing was seen")"
        }
        let value = recent.last?.value.map { "; last read \($0)" } ?? ""
        let message =
            recent.last?.phase == .error || metric.kayenta != nil
            ? recent.last?.message.map { "; \($0)" } ?? "" : ""
        return "\(metric.name): \(finding(metric, verdict))\(value)\(conditions(of: metric))\(message)"
    }

    private func finding(_ metric: Metric, _ verdict: Verdict) -> String {
        if let limit = metric.failureLimit, failed > limit, verdict == .failed {
            return "\(failed) of \(count) measurements failed, more than failureLimit \(limit)"
        }
        if inconclusive > metric.inconclusiveLimit {
            return "\(inconclusive) of \(count) measurements were inconclusive, "
                + "more than inconclusiveLimit \(metric.inconclusiveLimit)"
        }
        if consecutiveErrors > metric.consecutiveErrorLimit {
            return "\(consecutiveErrors) measurements in a row gave no value, "
                + "more than consecutiveErrorLimit \(metric.consecutiveErrorLimit)"
        }
        let wanted = metric.consecutiveSuccessLimit.map { ", never \($0) in a row" } ?? ""
        return "only \(successful) of \(count) measurements were good\(wanted)"
    }

    private func conditions(of metric: Metric) -> String {
        let parts = [
            metric.successCondition.map { "good if `\($0)`" },
            metric.failureCondition.map { "bad if `\($0)`" },
        ]
        let text = parts.compactMap(\.self).joined(separator: ", ")
        return text.isEmpty ? "" : " (\(text))"
    }
}
