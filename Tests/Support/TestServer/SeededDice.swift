/// Chance that can be repeated (SplitMix64): the same seed, the same life.
package struct SeededDice: RandomNumberGenerator {
    private var state: UInt64

    /// The generator counts its state up by a constant. So the seed is mixed first: multiplied by that constant, the
    /// next seed would throw the same numbers, one throw later.
    package init(_ seed: UInt64) { state = mixed(seed) }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return mixed(state)
    }

    package mutating func roll(_ sides: Int) -> Int { Int(next() % UInt64(sides)) }

    package mutating func chance(_ probability: Double) -> Bool {
        Double.random(in: 0..<1, using: &self) < probability
    }

    package mutating func pick(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }
}

private func mixed(_ state: UInt64) -> UInt64 {
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
}
