/// The evidence that a canary is worse than its margin allows, as the wealth of a gambler who bets against it.
///
/// As long as the canary is not worse, the bets are fair or bad, whatever the stable rate does, however the traffic is
/// split and however often somebody looks; so the wealth reaches `1/α` with a chance of `α` at the most (Ville). The
/// gambler does not know how much worse, nor since when: the stake is spread over several ratios, and half of it is
/// kept to be laid minute by minute, so that what turns bad late is found as fast.
package struct BreachEvidence: Hashable, Codable, Sendable {
    /// What each alternative has grown to.
    private var wealth: [Double]
    /// The stake that is not laid yet.
    private var reserve: Double
    /// How many of the later stakes were laid.
    private var slot = 0

    /// How many times worse than the margin allows a canary may be. Six to ten of them do equally well.
    static let alternatives: [Double] = [1.4, 2, 3, 5, 9, 20, 50, 200]
    private static let logarithms = alternatives.map(logarithm)

    /// Half of the stake is laid at once; without restarts all of it.
    package init(restarting: Bool = true) {
        let laid = restarting ? 0.5 : 1
        wealth = Self.alternatives.map { _ in laid / Double(Self.alternatives.count) }
        reserve = 1 - laid
    }

    /// E: how many times the stake has grown. Evidence of the strength `1/α` is a proof at the level `α`.
    package var value: Double { wealth.reduce(reserve, +) }

    /// Lays what is due by that many minutes, of `horizon` in all.
    package mutating func restart(through minute: Int, of horizon: Int) {
        while slot < min(minute, horizon) {
            slot += 1
            let stake = min(reserve, 0.5 / Double(horizon))
            reserve -= stake
            for index in wealth.indices { wealth[index] += stake / Double(wealth.count) }
        }
    }

    /// Bets on one increment. Events that come in clusters count for less: `dispersion` says how many there are to a
    /// cluster.
    package mutating func weigh(_ increment: Increment, margin: Margin, dispersion: Double = 1) {
        guard !increment.isEmpty else { return }
        for index in wealth.indices {
            let gain = Self.gain(increment, margin, alternative: index) / max(dispersion, 1)
            wealth[index] = clamped(wealth[index] * exponential(gain))
        }
    }

    /// Bets that the canary alone exceeds a rate: there is nothing to compare it with.
    package mutating func weigh(_ canary: ArmCount, ceiling: Double, dispersion: Double = 1) {
        for (index, ratio) in Self.alternatives.enumerated() {
            let gain = canary.bad * Self.logarithms[index] - canary.requests * ceiling * (ratio - 1)
            wealth[index] = clamped(wealth[index] * exponential(gain / max(dispersion, 1)))
        }
    }

    /// A bad event multiplies the wealth by `a` in the canary and by `b` in the stable arm, where `a` and `b` are such
    /// that equal rates (times the margin) gain nothing on average.
    private static func gain(_ increment: Increment, _ margin: Margin, alternative index: Int) -> Double {
        let (canary, stable) = (increment.canary, increment.stable)
        let allowed = margin.ratio * canary.requests
        let logB = logarithm(
            (allowed + stable.requests) / (allowed * alternatives[index] + stable.requests))
        let logA = logarithms[index] + logB
        let gain = canary.bad * logA + stable.bad * logB
        guard margin.absolute > 0 else { return gain }
        return gain - canary.requests * margin.absolute * (exponential(logA) - 1)
    }
}

/// Wealth stays within what a float can multiply for ever.
func clamped(_ wealth: Double) -> Double { max(1e-300, min(1e200, wealth)) }
