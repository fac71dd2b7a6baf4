import Analysis
import Rollouts
import Simulator
import Testing

/// Random scenarios under random mishaps. A violated law prints its seed: `Campaign(...).simulation(of:
/// seed)` shows it again.
@Suite struct SeedTests {
    @Test func nothingGoesWrongWhereNothingGoesWrong() {
        expectLawful(Campaign(seeds: 1..<200, faults: .none))
    }

    @Test func noLawIsViolatedInABadWeek() {
        expectLawful(Campaign(seeds: 1..<seedCount, faults: .some))
    }

    @Test func noLawIsViolatedAtTheEndOfTheWorld() {
        expectLawful(Campaign(seeds: 1..<seedCount, faults: .many))
    }

    @Test func aSeedShowsTheSameAgain() {
        let campaign = Campaign(seeds: 1..<2, faults: .many)
        for seed in UInt64(1)...20 {
            let (first, second) = (campaign.simulation(of: seed).run(), campaign.simulation(of: seed).run())
            #expect(first.timeline.digest == second.timeline.digest, "seed \(seed)")
        }
    }

    /// A number that was seen in another process. When the code changes what happens, it changes too: then
    /// copy the new one, and see that the next run has it as well.
    @Test func aSeedIsNotAboutTheProcess() throws {
        let campaign = Campaign(seeds: 1..<2, faults: .many)
        let digests = (UInt64(1)...10).map { campaign.simulation(of: $0).run().timeline.digest }
        #expect(Set(digests).count == 10, "seeds differ")
    }

    private var seedCount: UInt64 { 500 }

    private func expectLawful(_ campaign: Campaign) {
        let tally = campaign.run()
        #expect(tally.runs == campaign.seeds.count)
        for broken in tally.broken.prefix(3) {
            let lines = broken.lastLines.joined(separator: "\n")
            Issue.record(
                "seed \(broken.seed), law \(broken.violation.law): \(broken.violation.text)\n\(lines)")
        }
    }
}
