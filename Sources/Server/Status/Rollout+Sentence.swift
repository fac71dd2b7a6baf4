import Analysis
import Rollouts

extension Rollout {
    /// What the rollout does, or why it waits, in one sentence.
    var sentence: String {
        switch phase {
        case .empty: isWithdrawn ? withdrawn : queueSentence ?? "no release yet: \(invitation)"
        case .resting:
            [isRouteAwaited ? waitingForRoute : restingSentence, strayText, queueSentence].compactMap(\.self)
                .joined(separator: "; ")
        case .aborted(let failure):
            [failure.sentence, isRouteAwaited ? waitingForRoute : nil, strayText, queueSentence].compactMap(
                \.self
            )
            .joined(separator: "; ")
        case .climbing(let flight): hold.map { holdSentence($0) } ?? sentence(for: flight)
        }
    }

    private var queueSentence: String? {
        queued.map { "\($0.name) waits: \($0.reason.sentence)" }
    }

    private var withdrawn: String { "its manifest is gone: what runs goes on, nothing new starts" }

    private var invitation: String {
        declaration == nil ? "no manifest declares it" : "deploy one to \(backend(of: .a)) and announce it"
    }

    private var restingSentence: String {
        let release = "\(stable?.name ?? "the stable release") has all traffic"
        return isWithdrawn ? "\(release); \(withdrawn)" : release
    }

    private var strayText: String? {
        routing?.stray == nil ? nil : routing?.trouble
    }

    /// `waiting for envoy to show 20% on web-b: connection refused`
    private var waitingForRoute: String {
        guard let routing, let declaration else { return "waiting for the route" }
        let place = flight?.release.place ?? stable?.place ?? .a
        let rules = routing.route.rules.map { " and the rule \($0.name)" }.joined()
        let share = "\(routing.route.weight(of: place)) on \(backend(of: place))\(rules)"
        if !isRouteReady || routing.isApplied, let scaling, !scaling.isReady {
            return "waiting for instances of \(scaling.sizeText)"
        }
        let trouble = routing.lastFailure.map { ": \($0.message)" } ?? ""
        return "waiting for \(declaration.traffic.router) to show \(share)\(trouble)"
    }

    private func holdSentence(_ hold: Hold) -> String {
        if case .route = hold, routing?.stray == nil { return waitingForRoute + "; nothing goes on before" }
        return hold.sentence
    }

    private func sentence(for flight: Flight) -> String {
        switch flight.stage {
        case .inspecting: "looking at what \(flight.announced) needs, before anything is moved"
        case .ready: flight.unproved.isEmpty ? "between two steps" : flight.waitingForProof
        case .routing, .summiting: waitingForRoute
        case .pausing(let end?): "pause of step \(flight.step + 1) ends at \(end)"
        case .pausing(nil): "waiting for a person at step \(flight.step + 1): promote or abort"
        case .paused: "pause of step \(flight.step + 1) is over"
        case .analysing(let run): "analysing at step \(flight.step + 1): \(run.sentence)"
        case .gating(let run): "gate of step \(flight.step + 1): \(run.last?.sentence ?? "not asked yet")"
        case .concluding: "the test is over"
        case .baking(let end): flight.bakeSentence(until: end)
        case .asking(let reason): "waiting for a person: promote or abort; \(reason)"
        }
    }
}

extension Hold {
    var sentence: String {
        switch self {
        case .command(let who): "paused by \(who)"
        case .manifest(let source): "paused by \(source), which says `paused: true`"
        case .freeze(let freeze): "\(freeze.sentence); nothing advances before"
        case .outage(let trouble): "the metrics store can't be asked: \(trouble); the weight holds"
        case .noData(let what): "\(what); the weight holds"
        case .slo(let obstacle): "held by SLO \(obstacle); nothing advances before"
        case .route(let failure):
            "the data plane does not show the weight" + (failure.map { ": \($0)" } ?? "")
        case .instances(let failure):
            "instances are missing" + (failure.map { ": \($0)" } ?? "") + "; nothing goes on before"
        }
    }
}

extension Scaling {
    /// `web-5d9c (10), web-7f6b (2): web-7f6b: 1 of 2 ready`
    fileprivate var sizeText: String {
        let wanted = sizes.sorted { $0.key < $1.key }.map { "\($0) (\($1))" }.joined(separator: ", ")
        return wanted + (lastFailure.map { ": \($0.message)" } ?? "")
    }
}

extension Failure {
    fileprivate var sentence: String {
        "\(release.name) was taken back at step \(min(step + 1, stepCount)) of \(stepCount): \(reason.sentence)"
    }
}

extension Flight {
    fileprivate func bakeSentence(until end: Moment) -> String {
        isBakeOver && !unproved.isEmpty
            ? "the bake waits for a good measurement of " + unproved.joined(separator: ", ")
            : "\(release.name) has all traffic and bakes until \(end); the former release stays warm"
    }

    fileprivate var waitingForProof: String {
        "all steps are passed; waiting for a good measurement of " + unproved.joined(separator: ", ")
    }
}

extension AnalysisRun {
    /// `success-rate 2 good, 1 bad of 5`
    fileprivate var sentence: String {
        metrics.indices.map { index in
            let tally = tallies[index]
            let goal = metrics[index].effectiveCount.map { " of \($0)" } ?? ""
            let bad = tally.failed > 0 ? ", \(tally.failed) bad" : ""
            return "\(metrics[index].name) \(tally.successful) good\(bad)\(goal)"
        }.joined(separator: "; ")
    }
}
