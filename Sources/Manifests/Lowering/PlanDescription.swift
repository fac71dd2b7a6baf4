import Analysis
package import Rollouts

/// What a rollout is going to do, for people and for programs.
package struct PlanDescription: Codable, Hashable, Sendable {
    package let rollout: String
    package let source: String
    package let isPaused: Bool
    /// `safe` or `argo`.
    package let judgement: String
    package let steps: [String]
    package let background: String?
    package let shortestTime: String
    /// What can stop the release or take it back, one sentence each.
    package let stops: [String]
    /// The writes to the mesh, in their order.
    package let writes: [Write]

    package struct Write: Codable, Hashable, Sendable {
        package let router: String
        package let route: String
        package let clusters: [String]
        /// The share of the release, such as `5%`.
        package let release: String
        package let stable: String
    }
}

/// Says what a declaration is going to do.
package func describe(_ declaration: Declaration) -> PlanDescription {
    let plan = declaration.plan
    return PlanDescription(
        rollout: declaration.name.text, source: declaration.source, isPaused: declaration.isPaused,
        judgement: plan.judgement.rawValue, steps: plan.steps.map(\.sentence),
        background: plan.background?.sentence, shortestTime: plan.shortestTime, stops: stops(of: declaration),
        writes: writes(of: declaration))
}

// MARK: - Steps

extension Step {
    fileprivate var sentence: String {
        switch self {
        case .setWeight(let weight): "set weight \(weight)"
        case .pause(let duration?): "pause \(duration.text)"
        case .pause(nil): "pause until promoted"
        case .analysis(let metrics): "analysis: " + metrics.map(\.sentence).joined(separator: "; ")
        default: "\(self)"
        }
    }
}

extension BackgroundAnalysis {
    fileprivate var sentence: String {
        "from step \(startingStep + 1): " + metrics.map(\.sentence).joined(separator: "; ")
    }
}

extension Metric {
    /// Whether it is measured until its run ends.
    var isEndless: Bool { effectiveCount == nil && consecutiveSuccessLimit == nil }

    fileprivate var sentence: String {
        let times = effectiveCount.map { $0 == 1 ? "once" : "\($0) times" }
        let pace = interval.map { "every \($0.text)" }
        let delay = initialDelay > .zero ? "after \(initialDelay.text)" : nil
        let dry = isDryRun ? "dry run" : nil
        let parts = [times, effectiveCount == 1 ? nil : pace, delay, dry].compactMap(\.self)
        return "\(name) (\(parts.joined(separator: ", ")))"
    }

    /// From the first measurement to the one that settles it at the earliest, not counting the queries themselves.
    fileprivate var shortestTime: Duration? {
        let counts = [effectiveCount, consecutiveSuccessLimit].compactMap(\.self)
        guard let count = counts.min() else { return nil }
        return min(initialDelay + (interval ?? .zero) * (count - 1), .longest)
    }
}

extension Plan {
    /// What the steps take at least, and which of them wait for a person.
    fileprivate var shortestTime: String {
        let times = steps.map(\.shortestTime)
        let total = times.compactMap(\.self).reduce(Duration.zero, +)
        let waiting = times.indices.filter { times[$0] == nil }.map { "\($0 + 1)" }
        if waiting.isEmpty { return total.text }
        let place = waiting.count == 1 ? "step \(waiting[0])" : "steps \(waiting.joined(separator: ", "))"
        return "\(total.text) and a person's promote at \(place)"
    }
}

extension Step {
    /// None where only a person ends the step.
    fileprivate var shortestTime: Duration? {
        switch self {
        case .setWeight, .setShares, .setRule, .removeRule: return .zero
        case .reachAge, .gate, .conclude: return .zero
        case .pause(let duration): return duration.map { min($0, .longest) }
        case .analysis(let metrics):
            let times = metrics.filter { !$0.isDryRun }.map(\.shortestTime)
            return times.contains(nil) ? nil : times.compactMap(\.self).max() ?? .zero
        }
    }
}

extension Duration {
    /// More than anybody waits for, and little enough to be added up.
    fileprivate static var longest: Duration { .seconds(100 * 366 * 86_400) }
}

// MARK: - What can stop it

private func stops(of declaration: Declaration) -> [String] {
    let plan = declaration.plan
    let inline = plan.steps.enumerated().flatMap { index, step -> [String] in
        guard case .analysis(let metrics) = step else { return [] }
        return stops(by: metrics, "step \(index + 1)", plan.judgement)
    }
    let background = plan.background.map { stops(by: $0.metrics, "background", plan.judgement) } ?? []
    let paused = declaration.isPaused ? ["held: \(declaration.source) says `paused: true`"] : []
    let people = ["taken back by abort, held by pause"]
    return paused + background + inline + people
}

private func stops(by metrics: [Metric], _ place: String, _ judgement: Judgement) -> [String] {
    metrics.filter { !$0.isDryRun }.map { "\(place): \($0.stop(judgement))" }
}

extension Metric {
    fileprivate func stop(_ judgement: Judgement) -> String {
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

// MARK: - Writes

private func writes(of declaration: Declaration) -> [PlanDescription.Write] {
    let target = declaration.traffic
    var weights = declaration.plan.steps.compactMap { step in
        if case .setWeight(let weight) = step { weight } else { nil }
    }
    if weights.last != .all { weights.append(.all) }
    return weights.map { weight in
        PlanDescription.Write(
            router: target.router, route: target.settings["route"] ?? declaration.name.text,
            clusters: target.backends.names, release: weight.description,
            stable: weight.complement.description)
    }
}
