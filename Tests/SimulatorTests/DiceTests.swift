import Simulator
import Testing

@Suite struct DiceTests {
    @Test func theSameSeedThrowsTheSameNumbers() {
        var (first, second) = (Dice(seed: 7), Dice(seed: 7))
        #expect((0..<9).map { _ in first.next() } == (0..<9).map { _ in second.next() })
    }

    /// Coins, geometric steps and rejection: the mean and the spread of a binomial, and its ends.
    @Test(arguments: [(3.0, 0.3), (40, 0.05), (200, 0.2), (5_000, 0.4), (1_000, 0.97), (1e6, 1e-5)])
    func asManyHappenAsChanceHasIt(count: Double, chance: Double) {
        var dice = Dice(seed: 5)
        let throwsCount = 4_000.0
        let found = (0..<Int(throwsCount)).map { _ in dice.binomial(count, chance) }
        #expect(found.allSatisfy { 0...count ~= $0 && $0 == $0.rounded() })
        let mean = found.reduce(0, +) / throwsCount
        let spread = found.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / throwsCount
        let variance = count * chance * (1 - chance)
        #expect(abs(mean - count * chance) < 4 * (variance / throwsCount).squareRoot())
        #expect(abs(spread / variance - 1) < 0.12)
    }

    @Test func whatIsSureAndWhatCannotBeAreNoChance() {
        var dice = Dice(seed: 1)
        #expect(dice.binomial(7, 1) == 7 && dice.binomial(7, 0) == 0 && dice.binomial(0, 0.5) == 0)
    }
}
