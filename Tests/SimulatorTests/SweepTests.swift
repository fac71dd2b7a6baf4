import Simulator
import Testing

/// The process dies once in every place where it can die.
@Suite struct SweepTests {
    @Test(arguments: Notebook.all) func aCrashAnywhereViolatesNoLaw(_ page: Notebook) {
        let sweep = CrashSweep(page.scenario, seed: 1)
        let (points, broken) = sweep.run()
        #expect(points > 40, "a sweep of nothing proves nothing")
        for (point, outcome) in broken.prefix(1) {
            let lines = outcome.timeline.lines(last: 30).joined(separator: "\n")
            Issue.record("crash point \(point): \(outcome.violations[0])\n\(lines)")
        }
    }
}
