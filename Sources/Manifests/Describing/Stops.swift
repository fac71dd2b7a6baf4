import Analysis
import Rollouts

/// What can stop a release or take it back, one sentence each.
func stops(of declaration: Declaration) -> [String] {
    let plan = declaration.plan
    let background = plan.background.map { stops(by: $0.metrics, "background", plan.judgement) } ?? []
    let slos = (plan.slos ?? []).map(\.sloStop)
    let steps = plan.steps.enumerated().flatMap { $1.stops("step \($0 + 1)", plan.judgement) }
    let bake = plan.bake?.metrics.map { stops(by: $0, "bake", plan.judgement) } ?? []
    return declaration.policies + slos + background + steps + bake + [
        "people: abort takes it back, pause holds it"
    ]
}

extension Declaration {
    /// What the manifest says above its strategy.
    fileprivate var policies: [String] {
        let paused = isPaused ? "held: \(source) says `paused: true`" : nil
        let policies = [
            paused, preflight?.stop, progressDeadline?.stop, (inFlight ?? .supersede).stop, drift?.stop,
        ]
        return policies.compactMap(\.self)
    }
}

extension Preflight {
    /// Said where it is not as usual.
    fileprivate var stop: String? {
        guard onlyWarns == true else { return nil }
        return "what the look before the start finds stops nothing: its errors are taken as warnings"
    }
}

extension ProgressDeadline {
    fileprivate var stop: String {
        let end = whenOverdue == .abort ? "takes the release back" : "holds it until a person resumes"
        return "a write that the mesh does not show within \(duration.text) \(end)"
    }
}

extension InFlightPolicy {
    fileprivate var stop: String {
        switch self {
        case .supersede: "another release that is announced meanwhile takes its place"
        case .queue: "another release that is announced meanwhile waits for its end"
        case .reject: "another release that is announced meanwhile is declined"
        }
    }
}

extension DriftPolicy {
    fileprivate var stop: String {
        switch self {
        case .reassert: "a route that somebody else changes is written again"
        case .yield: "a route that somebody else changes is left so, and holds it until a person resumes"
        case .alarm:
            "a route that somebody else changes is left so, and holds it until the route is right again"
        }
    }
}

extension Step {
    fileprivate func stops(_ place: String, _ judgement: Judgement) -> [String] {
        switch self {
        case .analysis(let metrics): Manifests.stops(by: metrics, place, judgement)
        case .gate(let gate): ["\(place): \(gate.stop)"]
        default: []
        }
    }
}

extension Gate {
    fileprivate var stop: String {
        let overdue = deadline.map { deadline in
            let end = whenOverdue == .abort ? "takes it back" : "asks a person"
            return "; no answer within \(deadline.text) \(end)"
        }
        return "gate \(name) takes the release back with a no\(overdue ?? "; it is asked for ever")"
    }
}

private func stops(by metrics: [Metric], _ place: String, _ judgement: Judgement) -> [String] {
    metrics.filter { !$0.isDryRun }.map { "\(place): \($0.stop(judgement))" }
}

extension Metric {
    private func stop(_ comparison: Comparison) -> String {
        let proof = comparison.kind == .mean ? "asks a person" : "takes the release back"
        let silence = comparison.silence.then == .abort ? "takes it back" : "asks a person"
        return "\(name) \(proof) by proof that it is worse than the stable one, wrong in "
            + "\(percentage(comparison.falseRollback)) of good releases at most; "
            + "an arm that is not scraped for \(comparison.silence.hold.text) \(silence)"
    }

    /// `SLO checkout holds it while less than 10 % of the budget is left, or in a page; a page that …`
    fileprivate var sloStop: String {
        guard let slo else { return name }
        let left = slo.minRemaining.map { "while less than \(percentage($0)) of the error budget is left" }
        let burn =
            slo.blockOn.isEmpty
            ? nil : "in a burn of severity \(slo.blockOn.map(\.rawValue).joined(separator: " or "))"
        let holds = [left, burn].compactMap(\.self)
        let parts = [
            holds.isEmpty ? nil : "holds it " + holds.joined(separator: " or "),
            slo.abortsOnBurn ? "takes the release back for a page that began under it" : nil,
            slo.blastRadius.map {
                "takes it back when it has spent \(percentage($0)) of the budget by itself"
            },
        ]
        return "SLO \(name) " + parts.compactMap(\.self).joined(separator: "; ")
    }

    fileprivate func stop(_ judgement: Judgement) -> String {
        if let comparison { return stop(comparison) }
        let bad = [
            failureCondition.map { "`\($0)`" },
            failureCondition == nil ? successCondition.map { "not `\($0)`" } : nil,
        ].compactMap(\.self).joined()
        let back = failureLimit.map { "\(name) takes the release back at bad number \($0 + 1)" }
        let first = back ?? "\(name) never fails by bad numbers"
        let errors = judgement == .argo ? "take it back" : "ask a person"
        return
            "\(first)\(bad.isEmpty ? "" : " (\(bad))"); \(consecutiveErrorLimit + 1) errors in a row \(errors)"
    }
}
