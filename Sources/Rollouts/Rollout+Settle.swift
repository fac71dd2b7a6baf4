import Analysis

extension Draft {
    /// Takes every fact that follows from the state by itself, until none does. A bad verdict comes first: the
    /// turn that reached it is the turn that wants the traffic back.
    mutating func settle() {
        while let event = nextJudgement ?? nextProgress { emit(event, by: "headgate") }
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

    private var nextProgress: Event? {
        guard let flight = rollout.flight else { return nil }
        let isApplied = rollout.routing?.isApplied == true
        let isHeld = rollout.hold != nil
        switch flight.stage {
        case .ready where !flight.isPastSteps: return .stepEntered(step: flight.step)
        case .ready: return isHeld || !flight.unproved.isEmpty ? nil : .summited(by: nil)
        case .routing: return isHeld || !isApplied ? nil : .stepPassed(step: flight.step, by: .routed)
        case .pausing(let until?) where until <= now:
            return isHeld ? nil : .stepPassed(step: flight.step, by: .elapsed)
        case .paused: return isHeld ? nil : .stepPassed(step: flight.step, by: .elapsed)
        case .analysing(let run):
            return isHeld || run.verdict != .successful ? nil : .stepPassed(step: flight.step, by: .verdict)
        case .pausing, .asking: return nil
        case .summiting: return isApplied ? .completed(release: flight.release) : nil
        }
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
        let value = recent.last?.value.map { "; last read \($0)" } ?? ""
        let message = recent.last?.phase == .error ? recent.last?.message.map { "; \($0)" } ?? "" : ""
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
