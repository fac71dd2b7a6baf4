/// The evidence that a canary is *not* worse than a margin: the same bets with the signs turned round. A canary
/// without a fault passes by the rule of three.
package struct PassEvidence: Hashable, Codable, Sendable {
    private var wealth: [Double]

    /// The shares of the bad events that a better canary would leave.
    private static let alternatives: [Double] = [0.1, 0.25, 0.4, 0.55, 0.7, 0.85]
    private static let logarithms = alternatives.map(logarithm)

    package init() {
        wealth = Self.alternatives.map { _ in 1 / Double(Self.alternatives.count) }
    }

    package var value: Double { wealth.reduce(0, +) }

    package mutating func weigh(_ increment: Increment, margin: Margin, dispersion: Double = 1) {
        let (canary, stable) = (increment.canary, increment.stable)
        guard stable.requests > 0, canary.requests > 0 || canary.bad > 0 else { return }
        for (index, a) in Self.alternatives.enumerated() {
            let b = 1 + margin.ratio * canary.requests / stable.requests * (1 - a)
            let gain =
                canary.bad * Self.logarithms[index] + stable.bad * logarithm(b)
                + canary.requests * margin.absolute * (1 - a)
            wealth[index] = clamped(wealth[index] * exponential(gain / max(dispersion, 1)))
        }
    }
}
