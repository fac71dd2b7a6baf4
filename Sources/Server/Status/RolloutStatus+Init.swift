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
        idleBackend = rollout.declaration.map { _ in rollout.backend(of: rollout.stable?.place.other ?? .a) }
        step = rollout.flight.map { StepStatus($0, at: now) }
        steps = (rollout.flight?.plan ?? rollout.declaration?.plan)?.steps.map(\.text) ?? []
        analyses = rollout.flight?.runs.map { AnalysisStatus($0.id, $0.run) } ?? []
        hold = rollout.hold.map(HoldStatus.init)
        failure = rollout.failure.map { FailureStatus($0, in: rollout) }
    }
}

extension Rollout {
    var failure: Failure? {
        guard case .aborted(let failure) = phase else { return nil }
        return failure
    }

    func backend(of place: Place) -> String {
        declaration?.traffic.backends.name(of: place) ?? place.rawValue
    }

    var isRouteAwaited: Bool {
        routing.map { !$0.isApplied } ?? false
    }

    var phaseWord: PhaseWord {
        switch phase {
        case .empty: .pending
        case .resting: isRouteAwaited ? .progressing : .healthy
        case .aborted: .degraded
        case .climbing(let flight): isPaused(flight) ? .paused : .progressing
        }
    }

    /// By the plan's or a person's will. An outage, or a route that is not there yet, is no pause.
    private func isPaused(_ flight: Flight) -> Bool {
        switch (hold, flight.stage) {
        case (.command, _), (.manifest, _), (_, .pausing), (_, .asking): true
        default: false
        }
    }
}

extension ReleaseStatus {
    fileprivate init(_ release: Release, in rollout: Rollout) {
        self.init(release: release.name, backend: rollout.backend(of: release.place))
    }
}

extension RoutingStatus {
    fileprivate init(_ routing: Routing, in rollout: Rollout) {
        wanted = Dictionary(
            Place.allCases.map { (rollout.backend(of: $0), routing.route.weight(of: $0).percent) },
            uniquingKeysWith: +)
        router = rollout.declaration?.traffic.router ?? ""
        isApplied = routing.isApplied
        since = routing.since
        receipt = routing.receipt
        evidence = routing.evidence
        failures = routing.failures
        lastFailure = routing.lastFailure.map { "\($0.kind.rawValue): \($0.message)" }
    }
}

extension StepStatus {
    fileprivate init(_ flight: Flight, at now: Moment) {
        count = flight.plan.steps.count
        number = min(flight.step + 1, count)
        text = flight.isPastSteps ? "all steps are passed" : flight.plan.steps[flight.step].text
        since = flight.stageSince.description
        sinceSeconds = max(0, (now - flight.stageSince) / .seconds(1))
        endsAt = flight.pauseEnd?.description
        remainingSeconds = flight.pauseEnd.map { max(0, ($0 - now) / .seconds(1)) }
    }
}

extension Flight {
    fileprivate var pauseEnd: Moment? {
        guard case .pausing(let end) = stage else { return nil }
        return end
    }
}

extension HoldStatus {
    fileprivate init(_ hold: Hold) {
        switch hold {
        case .command: kind = .command
        case .manifest: kind = .manifest
        case .outage: kind = .outage
        case .route: kind = .route
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
        case .pause(let duration?): "pause \(duration.text)"
        case .pause(nil): "pause until promoted"
        case .analysis(let metrics): "analysis of " + metrics.map(\.name).joined(separator: ", ")
        }
    }
}
