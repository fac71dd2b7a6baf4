import Simulator
import Testing

@Suite struct DiceTests {
    @Test func theSameSeedThrowsTheSameNumbers() {
        var (first, second) = (Dice(seed: 7), Dice(seed: 7))
        #expect((0..<9).map { _ in first.next() } == (0..<9).map { _ in second.next() })
    }
}
