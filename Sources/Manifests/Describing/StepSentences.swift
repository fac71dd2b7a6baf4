import Analysis
import Rollouts

// What steps do, as one line each.

extension Step {
    func sentence(_ plan: Plan) -> String {
        switch self {
        case .setWeight(let weight): "set weight \(weight)"
        case .setShares(let weights): "give \(plan.shareText(weights))"
        case .setRule(let rule): "rule \(rule.sentence(plan))"
        case .removeRule(let name): "remove rule \(name)"
        case .setScale(let scale): "instances: \(scale.sentence)"
        case .pause(let duration?): "pause \(duration.text)"
        case .pause(nil): "pause until promoted"
        case .reachAge(let age): "wait until \(age.text) after the start"
        case .analysis(let metrics): "analysis: \(metrics.sentence)\(plan.eachArmText(metrics))"
        case .gate(let gate): gate.sentence
        case .conclude(let conclusion): conclusion.sentence
        }
    }
}

extension Plan {
    /// `5%`, or `blue 20%, green 10%` where the arms have names.
    func shareText(_ shares: [Weight]) -> String {
        guard let arms, !arms.isEmpty else { return shares.first.map { "\($0)" } ?? "0%" }
        return zip(arms, shares).map { "\($0) \($1)" }.joined(separator: ", ")
    }

    /// What is asked of the release is asked of every arm.
    func eachArmText(_ metrics: [Metric]) -> String {
        armCount > 1 && metrics.contains(where: \.isAboutCanary) ? ", for each arm" : ""
    }

    /// What follows the last step.
    var endSentence: String {
        switch steps.last {
        case .conclude(.keep): return "the stable release keeps all traffic"
        case .conclude(.ask): return "all traffic for whom the person chose\(bakeText)"
        default: return "all traffic\(bakeText); the release is the stable one"
        }
    }

    private var bakeText: String {
        guard let bake else { return "" }
        let before = background == nil ? "" : ", watched as before"
        return
            ", baking for \(bake.duration.text)\(bake.metrics.map { ", watched by \($0.sentence)" } ?? before)"
    }
}

extension Conclusion {
    fileprivate var sentence: String {
        switch self {
        case .promote: "the test is over: the release gets all traffic"
        case .keep: "the test is over: the stable release gets all traffic back"
        case .ask: "the test is over: a person chooses"
        }
    }
}

extension Gate {
    fileprivate var sentence: String {
        let end = deadline.map { ", for at most \($0.text)" } ?? ""
        return "ask gate \(name) at \(url), every \(interval.text)\(end)"
    }
}

extension BackgroundAnalysis {
    func sentence(_ plan: Plan) -> String {
        "from step \(startingStep + 1): \(metrics.sentence)\(plan.eachArmText(metrics))"
    }
}

extension [Metric] {
    var sentence: String { map(\.sentence).joined(separator: "; ") }
}

extension Metric {
    /// Whether it is measured until its run ends.
    var isEndless: Bool {
        effectiveCount == nil && consecutiveSuccessLimit == nil && comparison?.pass?.isFinal != true
            && !isOnlooker
    }

    /// Whether it ends with the experiment that it is a part of.
    var isOnlooker: Bool { part == .stage || part == .companion }

    fileprivate var sentence: String {
        let times = effectiveCount.map { $0 == 1 ? "once" : "\($0) times" }
        let pace = interval.map { "every \($0.text)" }
        let delay = initialDelay > .zero ? "after \(initialDelay.text)" : nil
        let dry = isDryRun ? "dry run" : nil
        let parts = [times, effectiveCount == 1 ? nil : pace, delay, dry].compactMap(\.self)
        return "\(name) (\(parts.joined(separator: ", ")))"
    }
}

// MARK: - Rules

extension PlannedRule {
    /// `testers: header x-canary is "1" → release`.
    func sentence(_ plan: Plan) -> String {
        let arm = plan.arms.flatMap { $0.indices.contains(self.arm) ? $0[self.arm] : nil } ?? "the release"
        let who = matches.isEmpty ? "every request" : matches.map(\.sentence).joined(separator: ", or ")
        switch deed {
        case .send: return "\(name): \(who) → \(arm)"
        case .mirror(.all): return "\(name): \(who) → a copy to \(arm)"
        case .mirror(let share): return "\(name): \(who) → a copy of \(share) to \(arm)"
        }
    }
}

extension RequestMatch {
    fileprivate var sentence: String {
        let named =
            headers.map { "header \($0.sentence)" } + cookies.map { "cookie \($0.sentence)" }
            + query.map { "query \($0.sentence)" }
        let whole = [("path", path), ("method", method), ("host", host)].compactMap { name, text in
            text.map { "\(name) \($0.sentence)" }
        }
        return (named + whole).joined(separator: " and ")
    }
}

extension FieldMatch {
    fileprivate var sentence: String { "\(name) \(value.sentence)" }
}

extension TextMatch {
    fileprivate var sentence: String {
        switch self {
        case .exact(let text): "is \(quoted(text))"
        case .prefix(let text): "begins with \(quoted(text))"
        case .regex(let text): "fits \(quoted(text))"
        }
    }
}
