package import Analysis

/// What a backtest found.
package struct BacktestReport: Codable, Sendable {
    package let template: String
    package let rules: Judgement
    package let from: String
    package let until: String
    package let rangeSeconds: Double
    package let durationSeconds: Double
    package let weight: Double
    package let seed: UInt64
    package let windows: Int
    /// How many there would be without an overlap.
    package let effectiveWindows: Double
    package let excluded: Int
    package let deployed: Int
    package let traffic: Rates?
    package let good: Good
    package let bad: [Bad]
    package let unplayed: [Unplayed]
    package let advice: [String]
    package let demands: [DemandResult]

    package var isMet: Bool { demands.allSatisfy(\.isMet) }

    /// Releases with nothing wrong about them.
    package struct Good: Codable, Sendable {
        package let takenBack: Estimate
        /// A person was asked.
        package let asked: Estimate
        package let causes: [Cause]
        /// For each hour of the day in UTC.
        package let hours: [Hour]
        package let examples: [Example]
    }

    package struct Cause: Codable, Sendable, Hashable {
        package let metric: String
        package let count: Int
    }

    package struct Hour: Codable, Sendable, Hashable {
        package let takenBack: Int
        package let of: Int

        var share: Double { of > 0 ? Double(takenBack) / Double(of) : 0 }
    }

    package struct Example: Codable, Sendable, Hashable {
        package let start: String
        package let end: String
        package let metric: String
        package let message: String
    }

    /// Releases that turned worse in one metric.
    package struct Bad: Codable, Sendable {
        package let metric: String
        package let effect: String
        /// Of those that were not taken back before there was a reason.
        package let takenBack: Estimate
        package let asked: Estimate
        /// From the turn for the worse on, in seconds; none where less than half of them were.
        package let medianSeconds: Double?
        /// None where less than 95 % of them were.
        package let lateSeconds: Double?
        /// Requests of the release that failed from then until the end; none where nobody counts them.
        package let medianFailed: Double?
    }

    package struct Unplayed: Codable, Sendable, Hashable {
        package let metric: String
        package let reason: String
    }

    /// Requests a second of the canary.
    package struct Rates: Codable, Sendable, Hashable {
        package let median: Double
        package let low: Double
        package let high: Double
    }
}
