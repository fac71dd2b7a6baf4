package import Analysis
package import Rollouts

extension RolloutStatus {
    /// The status of a rollout at a moment. Asks nothing and nobody else.
    package init(_ rollout: Rollout, at now: Moment) {
        name = rollout.name.text
        phase = rollout.phaseWord
        message = rollout.sentence
        source = rollout.declaration?.source
        isWithdrawn = rollout.isWithdrawn
        sequence = rollout.sequence
        updatedAt = rollout.sequence == 0 ? nil : rollout.lastEventAt.description
        stable = rollout.stable.map { ReleaseStatus($0, in: rollout) }
        canary = rollout.flight.map { ReleaseStatus($0.release, in: rollout) }
        weight = rollout.flight?.weight.percent ?? 0
        routing = rollout.routing.map { RoutingStatus($0, in: rollout) }
        instances = rollout.scaling.map(InstancesStatus.init)
        arms = rollout.flight.flatMap { $0.releases.count > 1 ? $0.arms(in: rollout) : nil }
        queued = rollout.queued.map { QueuedStatus(release: $0.name, reason: $0.reason.sentence) }
        warm = rollout.warm.map { WarmStatus($0, in: rollout) }
        history = rollout.history.reversed().map(\.name)
        idleBackend = rollout.idlePlaces?.first.map(rollout.backend)
        idleBackends = rollout.idleArms
        step = rollout.flight.map { StepStatus($0, at: now) }
        steps = (rollout.flight?.plan ?? rollout.declaration?.plan)?.steps.map(\.text) ?? []
        analyses = rollout.flight?.runs.map { AnalysisStatus($0.id, $0.run) } ?? []
        hold = rollout.hold.map(HoldStatus.init)
        failure = rollout.failure.map { FailureStatus($0, in: rollout) }
        findings = rollout.flight.flatMap { $0.findings.isEmpty ? nil : $0.findings }
    }
}

extension Rollout {
    var failure: Failure? {
        guard case .aborted(let failure) = phase else { return nil }
        return failure
    }

    /// Where each arm of the next test is to be deployed, by its name.
    fileprivate var idleArms: [String: String]? {
        guard let arms = declaration?.plan.arms, arms.count > 1, let idlePlaces else { return nil }
        return Dictionary(uniqueKeysWithValues: zip(arms, idlePlaces.map(backend)))
    }

    var isRouteAwaited: Bool {
        routing?.isAwaited ?? false
    }

    var phaseWord: PhaseWord {
        switch phase {
        case .empty: .pending
        case .resting where routing?.stray != nil: .degraded
        case .resting: isRouteAwaited || scaling?.isReady == false ? .progressing : .healthy
        case .aborted: .degraded
        case .climbing(let flight): isPaused(flight) ? .paused : .progressing
        }
    }

    /// By the plan's or a person's will. An outage, or a route that is not there yet, is no pause.
    private func isPaused(_ flight: Flight) -> Bool {
        switch (hold, flight.stage) {
        case (.command, _), (.manifest, _), (.freeze, _), (_, .pausing), (_, .asking), (_, .gating): true
        default: false
        }
    }
}

extension ReleaseStatus {
    fileprivate init(_ release: Release, in rollout: Rollout) {
        self.init(release: release.name, backend: rollout.backend(of: release.place))
    }
}

extension WarmStatus {
    fileprivate init(_ warm: WarmRelease, in rollout: Rollout) {
        release = warm.release.name
        backend = rollout.backend(of: warm.release.place)
        until = warm.until.description
    }
}

extension Flight {
    fileprivate func arms(in rollout: Rollout) -> [ArmStatus] {
        let shares = exposure.shares
        return zip(plan.arms ?? [], releases).enumerated().map { index, arm in
            ArmStatus(
                arm: arm.0, release: arm.1.name, backend: rollout.backend(of: arm.1.place),
                weight: shares[index].percent)
        }
    }
}

extension RouteRule {
    fileprivate func sentence(in rollout: Rollout) -> String {
        let backend = rollout.backend(of: place)
        switch deed {
        case .send: return "\(name): to \(backend)"
        case .mirror(let share): return "\(name): copies of \(share) to \(backend)"
        }
    }
}

extension RoutingStatus {
    fileprivate init(_ routing: Routing, in rollout: Rollout) {
        let places = rollout.declaration?.traffic.backends.places ?? routing.route.shares.keys.sorted()
        wanted = Dictionary(
            places.map { (rollout.backend(of: $0), routing.route.weight(of: $0).percent) },
            uniquingKeysWith: +)
        rules = routing.route.rules.map { $0.sentence(in: rollout) }
        cookie = routing.route.stickiness?.cookie
        router = rollout.declaration?.traffic.router ?? ""
        isApplied = routing.isApplied
        stray = routing.stray
        since = routing.since
        receipt = routing.receipt
        evidence = routing.evidence
        failures = routing.failures
        lastFailure = routing.lastFailure.map { "\($0.kind.rawValue): \($0.message)" }
    }
}

extension InstancesStatus {
    fileprivate init(_ scaling: Scaling) {
        wanted = scaling.sizes
        isReady = scaling.isReady
        since = scaling.since
        evidence = scaling.evidence
        failures = scaling.failures
        lastFailure = scaling.lastFailure.map { "\($0.kind.rawValue): \($0.message)" }
    }
}

extension StepStatus {
    fileprivate init(_ flight: Flight, at now: Moment) {
        count = flight.plan.steps.count
        number = flight.step + 1
        text = flight.isPastSteps ? flight.summit : flight.plan.steps[flight.step].text
        since = flight.stageSince.description
        sinceSeconds = max(0, (now - flight.stageSince) / .seconds(1))
        endsAt = flight.pauseEnd?.description
        remainingSeconds = flight.pauseEnd.map { max(0, ($0 - now) / .seconds(1)) }
    }
}

extension Flight {
    fileprivate var pauseEnd: Moment? {
        switch stage {
        case .pausing(let end): end
        case .baking(let end): end
        default: nil
        }
    }
}

extension HoldStatus {
    fileprivate init(_ hold: Hold) {
        switch hold {
        case .command: kind = .command
        case .manifest: kind = .manifest
        case .freeze: kind = .freeze
        case .outage: kind = .outage
        case .noData: kind = .noData
        case .slo: kind = .slo
        case .route: kind = .route
        case .instances: kind = .instances
        }
        message = hold.sentence
    }
}

extension FailureStatus {
    fileprivate init(_ failure: Failure, in rollout: Rollout) {
        release = failure.release.name
        backend = rollout.backend(of: failure.release.place)
        step = min(failure.step + 1, failure.stepCount)
        stepCount = failure.stepCount
        reason = failure.reason.sentence
        at = failure.at.description
    }
}

extension Step {
    /// `setWeight 20%`, `pause 5m`, `analysis of success-rate, latency`.
    package var text: String {
        switch self {
        case .setWeight(let weight): "setWeight \(weight)"
        case .setShares(let weights): "shares " + weights.map(\.description).joined(separator: ", ")
        case .setRule(let rule): rule.text
        case .setScale(let scale): "instances: \(scale.sentence)"
        case .removeRule(let name): "remove rule \(name)"
        case .reachAge(let age): "wait until \(age.text) after the start"
        case .gate(let gate): "gate \(gate.name)"
        case .conclude(.promote): "promote the release"
        case .conclude(.keep): "keep the stable release"
        case .conclude(.ask): "ask a person which release to keep"
        case .pause(let duration?): "pause \(duration.text)"
        case .pause(nil): "pause until promoted"
        case .analysis(let metrics): "analysis of " + metrics.map(\.name).joined(separator: ", ")
        }
    }
}

extension PlannedRule {
    fileprivate var text: String {
        switch deed {
        case .send: "route \(name)"
        case .mirror(let share): "mirror \(share) of \(name)"
        }
    }
}

extension Flight {
    fileprivate var summit: String {
        if case .baking = stage { return "baking: the former release stays warm" }
        return "all steps are passed"
    }
}
