import Foundation

extension Dice {
    /// More than 0 and less than 1.
    package mutating func share() -> Double { (Double(next() >> 11) + 0.5) * 0x1p-53 }

    /// Beyond it a float counts no single ones, and chance makes no difference that anybody would see.
    private static let countMax = 1e15

    /// How many of events that come by themselves come in a time in which so many are expected.
    package mutating func poisson(_ mean: Double) -> Double {
        if mean <= 0 { return 0 }
        guard mean < Self.countMax else { return mean.rounded() }
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

    /// How many of so many happen, each with this chance.
    package mutating func binomial(_ count: Double, _ chance: Double) -> Double {
        guard count >= 1, chance > 0 else { return 0 }
        guard chance < 1 else { return count }
        guard count < Self.countMax else { return (count * chance).rounded() }
        if chance > 0.5 { return count - binomial(count, 1 - chance) }
        return count * chance < 10 ? fewOf(count, chance) : manyOf(count, chance)
    }

    /// From one that happens to the next: the distance is geometric.
    private mutating func fewOf(_ count: Double, _ chance: Double) -> Double {
        let scale = log1p(-chance)
        var (happened, place) = (0.0, 0.0)
        while true {
            place += (log(share()) / scale).rounded(.down) + 1
            guard place <= count else { return happened }
            happened += 1
        }
    }

    /// Hörmann's transformed rejection again, for a chance of up to a half.
    private mutating func manyOf(_ count: Double, _ chance: Double) -> Double {
        let deviation = (count * chance * (1 - chance)).squareRoot()
        let b = 1.15 + 2.53 * deviation
        let a = -0.0873 + 0.0248 * b + 0.01 * chance
        let (squeeze, alpha) = (0.92 - 4.2 / b, (2.83 + 5.1 / b) * deviation)
        let (odds, mode) = (log(chance / (1 - chance)), ((count + 1) * chance).rounded(.down))
        let most = logFactorial(mode) + logFactorial(count - mode)
        while true {
            let (u, v) = (share() - 0.5, share())
            let us = 0.5 - abs(u)
            let found = ((2 * a / us + b) * u + count * chance + 0.5).rounded(.down)
            if us >= 0.07, v <= squeeze { return found }
            guard 0...count ~= found else { continue }
            let least = logFactorial(found) + logFactorial(count - found)
            if log(v * alpha / (a / (us * us) + b)) <= most - least + (found - mode) * odds { return found }
        }
    }
}

/// By Stirling's series: `lgamma` keeps a sign in a global variable.
private func logFactorial(_ n: Double) -> Double {
    guard n >= 10 else { return stride(from: 2.0, through: n, by: 1).reduce(0) { $0 + log($1) } }
    let series = 1 / (12 * n) - 1 / (360 * n * n * n) + 1 / (1_260 * n * n * n * n * n)
    return n * log(n) - n + 0.5 * log(2 * .pi * n) + series
}
