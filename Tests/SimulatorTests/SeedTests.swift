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

    @Test func anotherSeedShowsSomethingElse() {
        let campaign = Campaign(seeds: 1..<2, faults: .many)
        let digests = (UInt64(1)...10).map { campaign.simulation(of: $0).run().timeline.digest }
        #expect(Set(digests).count == 10)
    }

    /// Each was a defect once; the engine's or the machine's history says which.
    @Test(arguments: [90, 651, 1271, 2174, 5092, 6269, 7442, 3_004_119, 3_012_527, 3_027_784] as [UInt64])
    func whatOnceBrokeALawDoesSoNoMore(_ seed: UInt64) {
        expectLawful(Campaign(seeds: seed..<(seed + 1), faults: .many))
    }

    private var seedCount: UInt64 { 400 }

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
