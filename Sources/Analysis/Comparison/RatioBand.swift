/// Where the ratio of the two rates may lie, at every look: a confidence sequence on a grid of powers of two.
///
/// The support of each ratio is kept in thousandths: it goes into every entry of a journal, and people read two digits.
package struct RatioBand: Hashable, Codable, Sendable {
    private var support: [Int]

    private static let exponents = -48...80
    private static let ratios = exponents.map { power(2, Double($0) / 8) }
    private static let logarithms = ratios.map(logarithm)

    package init() { support = Self.ratios.map { _ in 0 } }

    package mutating func weigh(_ increment: Increment, dispersion: Double = 1) {
        let (canary, stable) = (increment.canary, increment.stable)
        let bad = canary.bad + stable.bad
        guard bad > 0, !increment.isEmpty else { return }
        for (index, ratio) in Self.ratios.enumerated() {
            let logShare = bad * logarithm(ratio * canary.requests + stable.requests)
            let gain = (canary.bad * Self.logarithms[index] - logShare) / max(dispersion, 1)
            support[index] += Int((gain * 1_000).rounded())
        }
    }

    /// The lowest and the highest ratio that are not ruled out; none where nothing bad was seen.
    package func bounds(confidence: Double = 0.95) -> ClosedRange<Double>? {
        guard let most = support.max(), let least = support.min(), most > least else { return nil }
        let scaled = support.map { Double($0 - most) / 1_000 }
        let mean = scaled.reduce(0) { $0 + exponential($1) } / Double(scaled.count)
        let floor = logarithm(mean) - logarithm(1 / (1 - confidence))
        let kept = zip(Self.ratios, scaled).filter { $0.1 >= floor }.map(\.0)
        guard let low = kept.first, let high = kept.last else { return nil }
        return low...high
    }

    /// Whether a ratio is only where the grid ends: nothing is known of what lies beyond.
    package static func isTop(_ ratio: Double) -> Bool { ratio >= ratios[ratios.count - 1] }
    package static func isBottom(_ ratio: Double) -> Bool { ratio <= ratios[0] }
}
