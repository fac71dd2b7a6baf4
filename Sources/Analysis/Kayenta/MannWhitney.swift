/// The confidence interval of a shift between two samples, by inverting the rank-sum test as R's `wilcox.test` does.
package struct MannWhitney: Hashable, Sendable {
    package let low: Double
    package let high: Double
    package let estimate: Double

    /// None where all ranks are tied, so that nothing can be ranked. Neither sample may be empty.
    package init?(_ experiment: [Double], _ control: [Double], confidence: Double) {
        guard let first = experiment.min(), let last = experiment.max(),
            let least = control.min(), let most = control.max()
        else { return nil }
        let z = Normal.quantile((1 - confidence) / 2)
        let (start, end) = (first - most, last - least)
        let statistic = RankSum(experiment, control)
        guard let low = statistic.root(in: start...end, quantile: -z, isBounded: true),
            let high = statistic.root(in: start...end, quantile: z, isBounded: true),
            let estimate = statistic.root(in: start...end, quantile: 0, isBounded: false)
        else { return nil }
        (self.low, self.high, self.estimate) = (low, high, estimate)
    }
}

/// The rank sum of one sample, shifted, among both.
private struct RankSum {
    private let experiment: [Double]
    private let control: [Double]

    init(_ experiment: [Double], _ control: [Double]) {
        self.experiment = experiment
        self.control = control
    }

    /// The standardised rank sum with a correction for continuity, less a quantile. None where all values are tied.
    private func value(shift: Double, quantile: Double) -> Double? {
        let (m, n) = (Double(experiment.count), Double(control.count))
        let total = m + n
        let ranked = Ranks(experiment.map { $0 - shift } + control)
        let sum = ranked.ranks.prefix(experiment.count).reduce(0, +)
        let distance = sum - m * (m + 1) / 2 - m * n / 2
        let correction = distance > 0 ? 0.5 : distance < 0 ? -0.5 : 0
        let spread = (m * n / 12 * ((total + 1) - ranked.ties / (total * (total - 1)))).squareRoot()
        return spread > 0 ? (distance - correction) / spread - quantile : nil
    }

    func root(in bracket: ClosedRange<Double>, quantile: Double, isBounded: Bool) -> Double? {
        guard let atLow = value(shift: bracket.lowerBound, quantile: quantile),
            let atHigh = value(shift: bracket.upperBound, quantile: quantile)
        else { return nil }
        if isBounded, atLow <= 0 { return bracket.lowerBound }
        if isBounded, atHigh >= 0 { return bracket.upperBound }
        return zero(from: bracket.lowerBound, atLow, to: bracket.upperBound, atHigh) {
            value(shift: $0, quantile: quantile)
        }
    }
}

/// Ranks from 1 on, in the order of the values; tied values share the mean of theirs.
struct Ranks {
    let ranks: [Double]
    /// The sum of t³ − t over the groups of tied values.
    let ties: Double

    init(_ values: [Double]) {
        let order = values.indices.sorted { values[$0] < values[$1] }
        var ranks = values
        var ties = 0.0
        var start = 0
        while start < order.count {
            let end = order[start...].firstIndex(where: { values[$0] != values[order[start]] }) ?? order.count
            let size = Double(end - start)
            for index in order[start..<end] { ranks[index] = Double(start + 1 + end) / 2 }
            ties += size * size * size - size
            start = end
        }
        self.ranks = ranks
        self.ties = ties
    }
}
