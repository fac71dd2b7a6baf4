import Analysis
package import Rollouts

extension Scenario {
    /// A manifest lived through: v1 is stable, v2 is announced, and people promote where they are asked to.
    package static func rehearsal(of declaration: Declaration, isBad: Bool = false) -> Scenario {
        var scenario = Scenario(name: declaration.name.text, manifests: [declaration])
        scenario.answers = declaration.plan.metrics.flatMap(MetricAnswers.all)
        scenario.deeds = [
            (.seconds(1), .wish(.start(release: "v1"), declaration.name, by: "ci")),
            (.seconds(20), .wish(.start(release: "v2"), declaration.name, by: "ci")),
        ]
        if isBad { scenario.health["v2"] = Health(badFrom: start + .seconds(30)) }
        scenario.patience = declaration.plan.shortest * 4 + .seconds(6 * 3_600)
        return scenario
    }

    /// The same with mishaps and other people's wishes.
    package func disturbed(_ dice: inout Dice, _ faults: Faults) -> Scenario {
        var (scenario, faults) = (self, faults)
        faults.edits = 0
        if dice.happens(0.4) {
            scenario.health["v2"] = Health(badFrom: Self.start + dice.duration(.seconds(20), calmAfter))
        }
        for manifest in manifests { scenario.addWishes(of: manifest, &dice, faults) }
        scenario.addMishaps(&dice, faults)
        return scenario
    }
}

extension Plan {
    fileprivate var metrics: [Metric] {
        let inSteps = steps.flatMap { step -> [Metric] in
            if case .analysis(let metrics) = step { metrics } else { [] }
        }
        return inSteps + (background?.metrics ?? []) + (bake?.metrics ?? []) + (slos ?? [])
    }

    /// The pauses, the analyses and the gates, which are most of it.
    fileprivate var shortest: Duration {
        steps.reduce(bake?.duration ?? .zero) { sum, step in
            switch step {
            case .pause(let duration?), .reachAge(let duration): sum + duration
            case .analysis(let metrics): sum + (metrics.map(\.length).max() ?? .zero)
            case .gate(let gate): sum + (gate.deadline ?? .zero)
            default: sum
            }
        }
    }
}

extension Metric {
    /// Until it is settled, if nothing comes in between.
    fileprivate var length: Duration {
        initialDelay + ((interval ?? .zero) + query.timeout) * (effectiveCount ?? 1)
    }
}
