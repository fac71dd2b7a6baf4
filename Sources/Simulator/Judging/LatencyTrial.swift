import Analysis
import Foundation

/// Latencies that are spread lognormally, in the buckets that Istio has, judged by the comparison of histograms.
package struct LatencyTrial: Sendable {
    package let name: String
    package let perSecond: Double
    /// How many times as slow the canary is.
    package let slowness: Double

    package init(perSecond: Double, slowness: Double) {
        self.perSecond = perSecond
        self.slowness = slowness
        let what = slowness == 1 ? "none" : "×\(figure(slowness))"
        name = "\(figure(perSecond)) rps, 10 %, latency \(what)"
    }

    /// In milliseconds.
    private static let boundaries: [Double] = [
        0.5, 1, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000, 300_000,
    ]
    private static let median = 50.0
    private static let spread = 0.8
    private static let start = Moment(microseconds: 0)

    package func run(seed: UInt64, runs: Int) -> TrialResult {
        var dice = Dice(seed: seed)
        var result = TrialResult()
        for _ in 0..<runs {
            var chance = dice.split()
            result.add(outcome(&chance))
        }
        return result
    }

    private func outcome(_ dice: inout Dice) -> TrialResult.Outcome {
        let comparison = Comparison(kind: .latency, warmup: .zero, dispersion: 1, history: .seconds(60))
        let pace = ComparisonRun.Pace(interval: .seconds(15))
        var run = ComparisonRun(of: comparison, startedAt: Self.start)
        var points: [(canary: CounterReading.Point, stable: CounterReading.Point)] = []
        for second in stride(from: 0, through: TrialTraffic.minutes * 60, by: 15) {
            let until = Self.start + .seconds(second)
            points.append((point(until, 0.1, slowness, &dice), point(until, 0.9, 1, &dice)))
            run.take(reading(points.suffix(4), until), of: comparison, at: pace)
            if run.evidence(comparison, at: pace) >= 100, run.isGrave(comparison) {
                return .init(after: second, failed: 0)
            }
        }
        return .init(after: nil, failed: 0)
    }

    private func reading(
        _ points: ArraySlice<(canary: CounterReading.Point, stable: CounterReading.Point)>, _ until: Moment
    ) -> CounterReading {
        CounterReading(
            until: until, boundaries: Self.boundaries.map { $0 / 1_000 },
            instances: [
                .init(name: "a", isCanary: true, firstSeen: Self.start, points: points.map(\.canary)),
                .init(name: "b", isCanary: false, firstSeen: Self.start, points: points.map(\.stable)),
            ])
    }

    /// How many took longer than each boundary: from the slowest bucket down.
    private func point(
        _ moment: Moment, _ share: Double, _ slowness: Double, _ dice: inout Dice
    ) -> CounterReading.Point {
        let expected = perSecond * 15 * share
        let slower = Self.boundaries.map { boundary in
            erfc(log(boundary / (Self.median * slowness)) / Self.spread / 2.0.squareRoot()) / 2
        }
        var (above, bad) = (0.0, Array(repeating: 0.0, count: slower.count))
        for index in slower.indices.reversed() {
            above += dice.poisson(
                expected * (slower[index] - (index + 1 < slower.count ? slower[index + 1] : 0)))
            bad[index] = above
        }
        let requests = above + dice.poisson(expected * (1 - slower[0]))
        return CounterReading.Point(moment: moment, requests: requests, bad: bad)
    }
}
