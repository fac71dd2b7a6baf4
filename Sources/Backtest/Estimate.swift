import Foundation
import Simulator

/// A share that was counted, and where the true one may lie.
package struct Estimate: Codable, Hashable, Sendable {
    package let count: Int
    package let of: Int
    package let share: Double
    /// 95 % sure.
    package let low: Double
    package let high: Double

    /// Fewer days say nothing about how different days are.
    private static let daysMin = 5
    private static let resamples = 1_000

    /// - Parameters:
    ///   - hits: whether it happened, with the day on which it may have. What happens on one day has one cause: whole
    ///     days are drawn again.
    ///   - effective: of how many windows without an overlap these are.
    init(_ hits: [(day: Int64, isHit: Bool)], effective: Double, _ dice: inout Dice) {
        count = hits.count { $0.isHit }
        of = hits.count
        share = hits.isEmpty ? 0 : Double(count) / Double(of)
        (low, high) = Self.bounds(hits, share, min(max(1, effective), Double(max(1, of))), &dice)
    }

    private static func bounds(
        _ hits: [(day: Int64, isHit: Bool)], _ share: Double, _ effective: Double, _ dice: inout Dice
    ) -> (Double, Double) {
        guard !hits.isEmpty else { return (0, 1) }
        // Where it never happened, or always, no day tells what another may be like: the rule of three does.
        let resolution = 1 - pow(0.05, 1 / effective)
        guard share > 0 else { return (0, resolution) }
        guard share < 1 else { return (1 - resolution, 1) }
        let days = Dictionary(grouping: hits, by: \.day).sorted { $0.key < $1.key }.map { day in
            (hits: Double(day.value.count { $0.isHit }), of: Double(day.value.count))
        }
        // A few days that happen to be alike make nothing surer than so many trials can be.
        let (least, most) = wilson(share, effective)
        guard days.count >= daysMin else { return (least, most) }
        let (low, high) = bootstrap(days, &dice)
        return (min(least, low), max(most, high))
    }

    private static func bootstrap(
        _ days: [(hits: Double, of: Double)], _ dice: inout Dice
    ) -> (Double, Double) {
        var shares: [Double] = []
        for _ in 0..<resamples {
            var (hits, of) = (0.0, 0.0)
            for _ in days {
                let day = dice.pick(days)
                hits += day.hits
                of += day.of
            }
            shares.append(hits / of)
        }
        shares.sort()
        return (shares[resamples / 40], shares[resamples - 1 - resamples / 40])
    }

    /// Wilson's interval for so many independent trials.
    private static func wilson(_ share: Double, _ count: Double) -> (Double, Double) {
        let z = 1.96
        let center = (share + z * z / (2 * count)) / (1 + z * z / count)
        let half =
            z / (1 + z * z / count)
            * (share * (1 - share) / count + z * z / (4 * count * count)).squareRoot()
        return (max(0, center - half), min(1, center + half))
    }
}
