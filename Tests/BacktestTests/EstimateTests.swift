import Simulator
import Testing

@testable import Backtest

/// How sure a share is that was counted.
@Suite struct EstimateTests {
    private func estimate(_ hits: [(day: Int64, isHit: Bool)], effective: Double = 1_000) -> Estimate {
        var dice = Dice(seed: 1)
        return Estimate(hits, effective: effective, &dice)
    }

    @Test func neverInThreeHundredHoursIsNotZero() {
        let found = estimate((0..<336).map { (Int64($0 / 24), false) }, effective: 336)
        #expect(found.share == 0 && found.low == 0)
        #expect(abs(found.high - 0.0089) < 0.0002)
    }

    /// Windows that overlap tell less than they are many.
    @Test func overlapsMakeItNoSurer() {
        let hits = (0..<1_000).map { (Int64($0 / 72), false) }
        #expect(estimate(hits, effective: 50).high > 10 * estimate(hits).high)
    }

    /// The same number on one day, and over all days.
    @Test func whatHappensOnOneDayIsLessSureThanWhatIsSpread() {
        let spread = estimate((0..<280).map { (Int64($0 / 20), $0 % 20 == 0) })
        let heaped = estimate((0..<280).map { (Int64($0 / 20), $0 < 14) })
        #expect(spread.share == heaped.share)
        #expect(heaped.high - heaped.low > 2.5 * (spread.high - spread.low))
        #expect(heaped.low == 0)
    }

    /// Of a hundred worlds with a chance of a tenth, about 95 have it in their interval.
    @Test func theIntervalHoldsTheTruthAsOftenAsItSays() {
        var dice = Dice(seed: 11)
        let held = (0..<200).count { _ in
            let hits = (0..<300).map { (Int64($0 / 15), dice.binomial(1, 0.1) == 1) }
            let found = Estimate(hits, effective: 300, &dice)
            return found.low <= 0.1 && 0.1 <= found.high
        }
        #expect(held >= 176, "\(held) of 200")
    }

    @Test func nothingCountedIsNothingKnown() {
        let found = estimate([])
        #expect(found.low == 0 && found.high == 1 && found.share == 0)
    }
}
