/// One scenario again and again, and each time the process dies at the next of its crash points: before, in
/// or after an append, before or after a send, after a receive.
package struct CrashSweep {
    private let scenario: Scenario
    private let seed: UInt64

    package init(_ scenario: Scenario, seed: UInt64) {
        (self.scenario, self.seed) = (scenario, seed)
    }

    /// What went wrong, by crash point; and how many points there are.
    package func run() -> (points: Int, broken: [(point: Int, outcome: Outcome)]) {
        let points = Simulation(scenario, seed: seed).run().crashPoints
        let outcomes = (1...max(points, 1)).map { point in
            (point: point, outcome: Simulation(scenario, seed: seed, crashAt: point).run())
        }
        return (points, outcomes.filter { !$0.outcome.violations.isEmpty })
    }
}
