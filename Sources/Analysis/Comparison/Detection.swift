/// What a comparison can find at a traffic, and how long that takes. Said before a rollout starts, so that nobody
/// takes silence for proof.
package struct Detection: Hashable, Sendable {
    package let margin: Margin
    /// The level that one metric has of its own.
    package let alpha: Double
    package let dispersion: Double
    /// The canary's share of the requests: more than 0, less than 1.
    package let share: Double

    package init(margin: Margin, alpha: Double, dispersion: Double = 1, share: Double) {
        self.margin = margin
        self.alpha = alpha
        self.dispersion = dispersion
        self.share = share
    }

    /// About how many bad events of the canary it takes until a canary that is `ratio` times as bad is proved to be so.
    /// None where the margin allows that much. The number hardly depends on the traffic.
    package func eventsNeeded(ratio: Double) -> Double? {
        let alternative = ratio / margin.ratio
        guard alternative > 1, 0..<1 ~= share else { return nil }
        let (canary, stable) = (max(share, 1e-9), 1 - share)
        let logB = logarithm(
            (margin.ratio * canary + stable) / (margin.ratio * alternative * canary + stable))
        let gain = logarithm(alternative) + logB + stable / (ratio * canary) * logB
        return gain > 0 ? (logarithm(1 / alpha) + logarithm(16)) / gain * max(dispersion, 1) : nil
    }

    /// How long that takes at so many requests a second in all and this rate of bad ones in the stable arm.
    package func time(ratio: Double, perSecond: Double, rate: Double) -> Duration? {
        let badPerSecond = perSecond * share * min(1, rate * ratio)
        guard let events = eventsNeeded(ratio: ratio), badPerSecond > 0 else { return nil }
        let seconds = events / badPerSecond
        return seconds < 1e8 ? .seconds(Int64(seconds.rounded(.up))) : nil
    }

    /// The least ratio that is found within the time; none where even a canary that always fails is not.
    package func leastRatio(within time: Duration, perSecond: Double, rate: Double) -> Double? {
        let ratios = stride(from: 0.0, through: 80, by: 1).map { margin.ratio * power(2, $0 / 8) }
        return ratios.first { ratio in
            guard rate * ratio <= 1 else { return false }
            return self.time(ratio: ratio, perSecond: perSecond, rate: rate).map { $0 <= time } ?? false
        }
    }
}
