import Testing

@testable import Traffic

@Suite struct StretchTests {
    @Test func ofThreePlacesEachGrowsInItsOwnHome() {
        #expect(
            stretches(of: [90, 5, 5]) == [
                Stretch(owner: 0, length: 33), Stretch(owner: 1, length: 5), Stretch(owner: 0, length: 28),
                Stretch(owner: 2, length: 5), Stretch(owner: 0, length: 29),
            ])
    }

    @Test func whateverTheSharesAreEachPlaceGetsItsOwn() {
        for _ in 1...1_000 {
            let shares = randomShares(places: .random(in: 3...6))
            var sums = shares.map { _ in 0 }
            for stretch in stretches(of: shares) { sums[stretch.owner] += stretch.length }
            #expect(sums == shares)
        }
    }

    /// While no arm has more than its home, every arm keeps all its users whatever the others gain, and
    /// whichever place is the stable one.
    @Test func aGrowingArmTakesFromTheStableReleaseOnly() {
        for _ in 1...1_000 {
            let places = Int.random(in: 3...6)
            let stable = Int.random(in: 0..<places)
            let after = (0..<places).map { _ in Int.random(in: 0...100 / places) }
            let before = after.map { Int.random(in: 0...$0) }
            let (old, new) = (owners(before, stable), owners(after, stable))
            #expect(zip(old, new).allSatisfy { $0 == $1 || $0 == stable })
        }
    }

    /// One of them may go on up to all traffic.
    @Test func theOneThatIsPromotedKeepsItsUsersAllTheWay() {
        for places in 3...6 {
            var before = owners(Array(repeating: 5, count: places), 0)
            for percent in 6...(100 - 5 * (places - 2)) {
                let now = owners((0..<places).map { $0 == 1 ? percent : 5 }, 0)
                #expect(zip(before, now).allSatisfy { $0 == $1 || $0 == 0 })
                before = now
            }
        }
    }
}

/// Who has which of a hundred numbers, where the stable place gets what the others leave.
private func owners(_ arms: [Int], _ stable: Int) -> [Int] {
    var shares = arms
    shares[stable] = 0
    shares[stable] = 100 - shares.reduce(0, +)
    return stretches(of: shares).flatMap { Array(repeating: $0.owner, count: $0.length) }
}

private func randomShares(places: Int) -> [Int] {
    let cuts = (1..<places).map { _ in Int.random(in: 0...1_000_000) }.sorted()
    return zip([0] + cuts, cuts + [1_000_000]).map { $1 - $0 }
}
