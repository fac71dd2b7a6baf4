package import Analysis

/// Traffic by instances, judged by the whole comparison as a rollout has it: with warm-up, dispersion and history.
package struct InstanceTrial: Sendable {
    package let name: String
    /// So many errors come together, as retries do.
    package var burst = 1.0
    package var perSecond = 100.0
    package var rate = 0.002
    /// How many times as bad a canary is that has just started, and for how many seconds.
    package var coldness = 1.0
    package var coldSeconds = 0
    /// When both arms are in trouble, in minutes.
    package var incident: Range<Double>?
    package var comparison = Comparison(kind: .errors, warmup: .seconds(60))
    package var runs = 1_500

    package init(_ name: String) { self.name = name }

    /// One of ten instances is the canary.
    private static let instances = 10
    private static let interval = Duration.seconds(15)

    package static var all: [InstanceTrial] {
        var two = InstanceTrial("bursts of 2, history 1 h")
        two.burst = 2
        var five = InstanceTrial("bursts of 5, history 1 h")
        five.burst = 5
        var shared = InstanceTrial("shared incident and bursts of 2")
        (shared.burst, shared.incident) = (2, 20..<23)
        var cold = InstanceTrial("cold start ×10 for 30 s, warm-up 60 s")
        (cold.perSecond, cold.rate, cold.coldness, cold.coldSeconds) = (1_000, 0.001, 10, 30)
        cold.comparison.dispersion = 1
        return [two, five, shared, cold]
    }

    /// The same without what protects from it: that a goal can be missed.
    package static var unprotected: [InstanceTrial] {
        all.map { trial in
            var trial = trial
            trial.comparison.dispersion = 1
            trial.comparison.warmup = .zero
            return trial
        }
    }

    /// How often the comparison takes a canary back that is as good as the others.
    package func run(seed: UInt64, runs: Int? = nil) -> TrialResult {
        var dice = Dice(seed: seed)
        var result = TrialResult()
        for _ in 0..<(runs ?? self.runs) {
            var chance = dice.split()
            result.add(outcome(&chance))
        }
        return result
    }

    private static let start = Moment(microseconds: 3_600_000_000)

    private func outcome(_ dice: inout Dice) -> TrialResult.Outcome {
        let history = Int(comparison.history / .seconds(1))
        let instances = (0..<Self.instances).map { number in
            let first = number == 0 ? 0 : -history
            return stride(from: first, to: TrialTraffic.minutes * 60, by: 15).map {
                point(at: $0, isCanary: number == 0, &dice)
            }
        }
        let pace = ComparisonRun.Pace(interval: Self.interval)
        var run = ComparisonRun(of: comparison, startedAt: Self.start)
        for second in stride(from: 15, through: TrialTraffic.minutes * 60, by: 15) {
            let until = Self.start + .seconds(second)
            run.take(reading(of: instances, until, history: history), of: comparison, at: pace)
            if run.evidence(comparison, at: pace) >= 1 / comparison.falseRollback, run.isGrave(comparison) {
                return .init(after: second, failed: run.loudest?.canary.bad ?? 0)
            }
        }
        return .init(after: nil, failed: run.loudest?.canary.bad ?? 0)
    }

    private func point(at second: Int, isCanary: Bool, _ dice: inout Dice) -> CounterReading.Point {
        let minute = Double(second) / 60
        var rate = incident.map { $0.contains(minute) } == true ? 0.1 : self.rate
        // The cold time may end in mid-scrape; it is as bad on average.
        if isCanary, second < coldSeconds { rate *= coldness }
        let expected = perSecond / Double(Self.instances) * 15
        let bad = burst * dice.poisson(expected * rate / burst)
        let requests = bad + dice.poisson(expected * (1 - rate))
        return CounterReading.Point(
            moment: Self.start + .seconds(second + 15), requests: requests, bad: [bad])
    }

    private func reading(
        of instances: [[CounterReading.Point]], _ until: Moment, history: Int
    ) -> CounterReading {
        let isFirst = until <= Self.start + .seconds(15)
        let from = until + (.zero - (isFirst ? .seconds(history + 60) : ComparisonRun.lookback))
        let seen = instances.enumerated().map { number, points in
            CounterReading.Instance(
                name: "\(number)", isCanary: number == 0, firstSeen: points.first?.moment ?? until,
                points: points.filter { from < $0.moment && $0.moment <= until })
        }
        return CounterReading(until: until, instances: seen)
    }
}
