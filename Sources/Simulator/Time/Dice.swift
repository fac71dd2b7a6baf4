/// Chance as a value: the same seed throws the same numbers, on every machine and in every process.
package struct Dice: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: UInt64) {
        state = seed
    }

    /// SplitMix64.
    package mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    /// Dice of their own, so that one throw more here changes nothing there.
    package mutating func split() -> Dice {
        Dice(seed: next())
    }

    package mutating func happens(_ probability: Double) -> Bool {
        Double(next() >> 11) * 0x1p-53 < probability
    }

    /// Both ends are possible.
    package mutating func between(_ least: Int, _ most: Int) -> Int {
        Int.random(in: least...most, using: &self)
    }

    package mutating func duration(_ least: Duration, _ most: Duration) -> Duration {
        .microseconds(Int64.random(in: least.micros...most.micros, using: &self))
    }

    package mutating func pick<Choice>(_ choices: [Choice]) -> Choice {
        choices[between(0, choices.count - 1)]
    }
}

extension Duration {
    fileprivate var micros: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1_000_000 + attoseconds / 1_000_000_000_000
    }
}
