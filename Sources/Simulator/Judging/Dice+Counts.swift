import Foundation

extension Dice {
    /// More than 0 and less than 1.
    mutating func share() -> Double { (Double(next() >> 11) + 0.5) * 0x1p-53 }

    /// How many of events that come by themselves come in a time in which so many are expected.
    mutating func poisson(_ mean: Double) -> Double {
        if mean <= 0 { return 0 }
        return mean < 10 ? few(mean) : many(mean)
    }

    /// Knuth's: as long as a product of chances stays above what the mean leaves to none at all.
    private mutating func few(_ mean: Double) -> Double {
        let floor = exp(-mean)
        var (count, product) = (0.0, share())
        while product > floor {
            product *= share()
            count += 1
        }
        return count
    }

    /// Hörmann's transformed rejection with a squeeze: exact, and as fast for a million as for ten.
    private mutating func many(_ mean: Double) -> Double {
        let b = 0.931 + 2.53 * mean.squareRoot()
        let a = -0.059 + 0.02483 * b
        let inverse = 1.1239 + 1.1328 / (b - 3.4)
        let squeeze = 0.9277 - 3.6224 / (b - 2)
        while true {
            let (u, v) = (share() - 0.5, share())
            let us = 0.5 - abs(u)
            let count = ((2 * a / us + b) * u + mean + 0.43).rounded(.down)
            if us >= 0.07, v <= squeeze { return count }
            if count < 0 || us < 0.013 && v > us { continue }
            let chance = -mean + count * log(mean) - logFactorial(count)
            if log(v * inverse / (a / (us * us) + b)) <= chance { return count }
        }
    }
}

/// By Stirling's series: `lgamma` keeps a sign in a global variable.
private func logFactorial(_ n: Double) -> Double {
    guard n >= 10 else { return stride(from: 2.0, through: n, by: 1).reduce(0) { $0 + log($1) } }
    let series = 1 / (12 * n) - 1 / (360 * n * n * n) + 1 / (1_260 * n * n * n * n * n)
    return n * log(n) - n + 0.5 * log(2 * .pi * n) + series
}
