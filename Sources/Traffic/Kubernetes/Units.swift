import Rollouts

/// Shares as the whole numbers of a mesh whose weights are proportional.
enum Units {
    /// In ten thousandths, which people can read; in millionths where those would not do. Nothing is rounded,
    /// so that no share that there is becomes none.
    static func of(_ shares: [Weight]) -> [Int] {
        let isCoarse = shares.allSatisfy { $0.millionths.isMultiple(of: 100) }
        return shares.map { Int($0.millionths) / (isCoarse ? 100 : 1) }
    }

    /// Whether the numbers stand for just these shares, in whatever units.
    static func mean(_ units: [Int], _ shares: [Weight]) -> Bool {
        let sum = units.reduce(0, +)
        guard sum > 0, units.count == shares.count, units.allSatisfy({ $0 >= 0 }) else { return false }
        return zip(units, shares).allSatisfy { unit, share in
            unit * Int(Weight.all.millionths) == Int(share.millionths) * sum
        }
    }
}
