import Analysis
import Rollouts

extension Declaration {
    static func random(
        named name: RolloutName, between names: [String], _ dice: inout Dice
    ) -> Declaration {
        let isTest = names.count > 2 && dice.happens(0.6)
        var declaration = Declaration(
            name: name,
            traffic: TrafficTarget(
                router: "envoy", backends: Backends(names: names) ?? Backends(a: "web-a", b: "web-b")),
            plan: isTest ? .randomTest(&dice) : .randomClimb(&dice), source: "rollouts/\(name).yaml")
        declaration.isPaused = dice.happens(0.05)
        declaration.inFlight = dice.pick([nil, .supersede, .queue, .reject])
        declaration.rollbackWindow = dice.pick([nil, nil, 1, 3])
        if dice.happens(0.2) {
            declaration.progressDeadline = ProgressDeadline(
                duration: dice.duration(.seconds(5), .seconds(90)), whenOverdue: dice.pick([.abort, .hold]))
        }
        return declaration
    }
}

extension Plan {
    /// A canary or a blue-green plan.
    static func randomClimb(_ dice: inout Dice) -> Plan {
        var plan = Plan(steps: [], judgement: dice.happens(0.85) ? .safe : .argo)
        plan.steps = dice.happens(0.2) ? randomBlueGreen(&dice) : randomSteps(&dice)
        plan.finish(&dice)
        return plan
    }

    /// A test of one to three arms.
    static func randomTest(_ dice: inout Dice) -> Plan {
        let arms = ["blue", "green", "red"].prefix(dice.between(1, 3))
        let share = Weight(percent: dice.between(1, 30)) ?? .none
        let end = dice.pick([Conclusion.keep, .ask, .ask])
        let last: Step = .conclude(arms.count == 1 ? dice.pick([.promote, end]) : end)
        let steps: [Step] = [
            .setShares(arms.map { _ in share }), .pause(dice.duration(.seconds(5), .seconds(90))), last,
        ]
        var plan = Plan(steps: steps, judgement: .safe, arms: Array(arms))
        plan.stickiness = Stickiness(cookie: "arm")
        plan.finish(&dice)
        return plan
    }

    private mutating func finish(_ dice: inout Dice) {
        if dice.happens(0.6) {
            background = BackgroundAnalysis(
                metrics: [.random("errors", &dice)],
                startingStep: dice.between(0, max(0, min(2, steps.count - 1))))
        }
        if dice.happens(0.3) {
            bake = Bake(
                duration: dice.duration(.seconds(1), .seconds(60)),
                metrics: dice.pick([nil, [], [.random("bake", &dice)]]))
        }
        if dice.happens(0.5) { scaleDownDelay = dice.duration(.zero, .seconds(60)) }
        if dice.happens(0.5) { abortScaleDownDelay = dice.duration(.zero, .seconds(60)) }
        if judgement == .safe, dice.happens(0.2) { slos = [.randomObjective(&dice)] }
    }

    private static func randomBlueGreen(_ dice: inout Dice) -> [Step] {
        let preview = RequestMatch(host: .exact("preview"))
        var steps: [Step] = [.setRule(PlannedRule(name: "preview", matches: [preview], deed: .send))]
        if dice.happens(0.5) { steps.append(.analysis([.random("pre", &dice, isCounted: true)])) }
        steps.append(dice.happens(0.3) ? .pause(nil) : .reachAge(dice.duration(.seconds(1), .seconds(60))))
        steps.append(.setWeight(.all))
        if dice.happens(0.5) { steps.append(.analysis([.random("post", &dice, isCounted: true)])) }
        return steps
    }

    private static func randomSteps(_ dice: inout Dice) -> [Step] {
        var weight = 0
        return (0..<dice.between(0, 7)).map { _ in .random(&dice, after: &weight) }
    }
}

extension Step {
    fileprivate static func random(_ dice: inout Dice, after weight: inout Int) -> Step {
        switch dice.between(0, 11) {
        case 0...3:
            weight = dice.happens(0.9) ? min(100, weight + dice.between(1, 40)) : dice.between(0, weight)
            return .setWeight(Weight(percent: weight) ?? .none)
        case 4...6: return .pause(dice.happens(0.2) ? nil : dice.duration(.zero, .seconds(60)))
        case 7: return .analysis([.random("step", &dice, isCounted: true)])
        case 8: return .setRule(.random(&dice))
        case 9: return .removeRule(dice.pick(["r1", "r2"]))
        case 10: return .gate(.random(&dice))
        default: return .reachAge(dice.duration(.zero, .seconds(90)))
        }
    }
}

extension PlannedRule {
    fileprivate static func random(_ dice: inout Dice) -> PlannedRule {
        let header = FieldMatch(name: "x-canary", value: .exact("1"))
        return PlannedRule(
            name: dice.pick(["r1", "r2"]), matches: [RequestMatch(headers: [header])],
            deed: dice.happens(0.5) ? .send : .mirror(Weight(percent: 50) ?? .all))
    }
}

extension Gate {
    fileprivate static func random(_ dice: inout Dice) -> Gate {
        Gate(
            name: "qa", url: "https://qa.example/ask", interval: dice.duration(.seconds(1), .seconds(15)),
            timeout: .seconds(5),
            deadline: dice.happens(0.5) ? nil : dice.duration(.seconds(5), .seconds(60)),
            whenOverdue: dice.pick([.abort, .hold]))
    }
}

extension Metric {
    /// Of a budget that is whole or spent: a store of a random world says 1 or 0.
    fileprivate static func randomObjective(_ dice: inout Dice) -> Metric {
        let left = SLOQuestion.Part(.init(.remaining), "budget {{canary.release}}")
        return Metric(
            name: "budget",
            query: Query(
                provider: "prometheus", text: "the budget", timeout: .seconds(5), slo: SLOQuestion([left])),
            interval: dice.duration(.seconds(1), .seconds(20)), failureLimit: nil,
            slo: SLO(objective: 0.999, window: .days(30), limits: []))
    }

    fileprivate static func random(_ name: String, _ dice: inout Dice, isCounted: Bool = false) -> Metric {
        Metric(
            name: name,
            query: Query(provider: "prometheus", text: "\(name) {{canary.release}}", timeout: .seconds(5)),
            interval: dice.duration(.seconds(1), .seconds(20)),
            initialDelay: dice.happens(0.8) ? .zero : dice.duration(.zero, .seconds(20)),
            count: isCounted ? dice.between(1, 5) : nil, successCondition: "result[0] == 1",
            failureLimit: dice.between(0, 2), inconclusiveLimit: dice.between(0, 1),
            consecutiveErrorLimit: dice.between(0, 4),
            consecutiveSuccessLimit: isCounted && dice.happens(0.2) ? dice.between(1, 3) : nil,
            isDryRun: dice.happens(0.05))
    }
}
