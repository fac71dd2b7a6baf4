/// The standard normal distribution.
enum Normal {
    private static let inverseRootOfTwoPi = 0.398_942_280_401_432_7

    static func density(_ x: Double) -> Double { inverseRootOfTwoPi * exponential(-x * x / 2) }

    /// How much lies below `x`.
    static func cumulative(_ x: Double) -> Double {
        if x > 3 { return 1 - tail(x) }
        if x < -3 { return tail(-x) }
        var (sum, term) = (x, x)
        for odd in stride(from: 3.0, through: 121, by: 2) {
            term *= x * x / odd
            sum += term
        }
        return 0.5 + density(x) * sum
    }

    /// The logarithm of `cumulative`, which does not run out of digits far below.
    static func logCumulative(_ x: Double) -> Double {
        guard x < -30 else { return logarithm(cumulative(x)) }
        return -x * x / 2 - logarithm(-x / inverseRootOfTwoPi)
    }

    /// What lies above `x`, which is more than 3: a continued fraction from its far end.
    private static func tail(_ x: Double) -> Double {
        let fraction = stride(from: 60.0, through: 1, by: -1).reduce(x) { x + $1 / $0 }
        return density(x) / fraction
    }

    /// Below which `x` a share lies; the share is more than 0 and less than 1. By halving, then by Newton.
    static func quantile(_ share: Double) -> Double {
        var (low, high) = (-38.0, 38.0)
        for _ in 0..<40 {
            let middle = (low + high) / 2
            if cumulative(middle) < share { low = middle } else { high = middle }
        }
        let x = (low + high) / 2
        let slope = density(x)
        return slope > 0 ? x - (cumulative(x) - share) / slope : x
    }
}
