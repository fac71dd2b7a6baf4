import Analysis

/// Everything that is played to learn how far the verdicts of a comparison can be trusted, beside its goals.
package struct JudgeCampaign: Sendable {
    /// For each traffic without a fault; with one it is a quarter.
    package var runs: Int
    package var seed: UInt64

    package init(runs: Int = 2_000, seed: UInt64 = 20_240) {
        self.runs = runs
        self.seed = seed
    }

    /// A line of the table, and what it was to be.
    package struct Line: Sendable {
        package let text: String
        /// Why a goal was missed; none where all were reached, or there was none.
        package let miss: String?
    }

    /// Plays everything, line by line, as it comes.
    package func play(_ show: (Line) -> Void) {
        show(Line(text: Self.heading, miss: nil))
        var worst: [Trial.Judge: Double] = [:]
        for traffic in TrialTraffic.grid(.none) {
            let results = Trial(traffic, runs: runs).run(seed: seed(of: traffic.name))
            for (judge, result) in results { worst[judge] = max(worst[judge] ?? 0, result.share) }
            show(line(traffic.name, results, falseMost: 0.003))
        }
        show(Line(text: row("worst false rollback") { shareText(worst[$0] ?? 0) }, miss: nil))
        for effect in TrialTraffic.Effect.allCases where effect != .none {
            for traffic in TrialTraffic.grid(effect) { show(effectLine(traffic)) }
        }
        for traffic in TrialTraffic.hardships {
            let results = Trial(traffic, runs: runs * 3 / 4).run(seed: seed(of: traffic.name))
            show(line(traffic.name, results, falseMost: traffic.name.hasPrefix(".1 rps") ? 0 : 0.01))
        }
        for traffic in TrialTraffic.regressions { show(effectLine(traffic)) }
        playWhole(show)
    }

    /// The whole comparison, with instances, history and histograms.
    private func playWhole(_ show: (Line) -> Void) {
        for (trial, bare) in zip(InstanceTrial.all, InstanceTrial.unprotected) {
            let result = trial.run(seed: seed(of: trial.name), runs: runs * 3 / 4)
            let unprotected = bare.run(seed: seed(of: trial.name), runs: max(1, runs / 10))
            let goal = Goal(falseMost: 0.01)
            let text =
                "\(trial.name.padded(48)) \(shareText(result.share))   goal at most 1 %   "
                + "(unprotected: \(shareText(unprotected.share)))"
            show(Line(text: text, miss: goal.miss(trial.name, result)))
        }
        for (perSecond, slowness) in [(100.0, 1.0), (100, 1.5), (20, 1.5)] {
            let trial = LatencyTrial(perSecond: perSecond, slowness: slowness)
            let result = trial.run(seed: seed(of: trial.name), runs: max(1, runs / 4))
            let goal = Goal.all[trial.name]
            let text = "\(trial.name.padded(48)) \(resultText(result))   \(goal?.text ?? "")"
            show(Line(text: text, miss: goal?.miss(trial.name, result)))
        }
    }

    /// The same for a name in every campaign, whatever is played before it.
    private func seed(of name: String) -> UInt64 {
        name.utf8.reduce(seed &+ 0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }
}

// MARK: - Lines

extension JudgeCampaign {
    private static var heading: String {
        "traffic (rps, errors, canary)".padded(48)
            + Trial.Judge.allCases.map { " " + $0.rawValue.padded(17) }.joined()
    }

    private func row(_ name: String, _ cell: (Trial.Judge) -> String) -> String {
        name.padded(48) + Trial.Judge.allCases.map { " " + cell($0).padded(17) }.joined()
    }

    private func line(
        _ name: String, _ results: [Trial.Judge: TrialResult], falseMost: Double
    ) -> Line {
        let miss = results[.headgate].flatMap { Goal(falseMost: falseMost).miss(name, $0) }
        return Line(text: row(name) { shareText(results[$0]?.share ?? 0) }, miss: miss)
    }

    private func effectLine(_ traffic: TrialTraffic) -> Line {
        let results = Trial(traffic, runs: max(1, runs / 4)).run(seed: seed(of: traffic.name))
        let goal = Goal.all[traffic.name]
        let text =
            row(traffic.name) { results[$0].map(resultText) ?? "-" } + (goal.map { " \($0.text)" } ?? "")
        return Line(text: text, miss: results[.headgate].flatMap { goal?.miss(traffic.name, $0) })
    }
}

/// `0.05 %`
private func shareText(_ share: Double) -> String { share == 0 ? "0 %" : percentage(share) }

/// `7.2m/15m 88`: the median and the 95th percentile of the time, and the median of the failed requests. Where
/// fewer than all took it back, how many did.
private func resultText(_ result: TrialResult) -> String {
    let share = result.share < 0.995 ? "\(Int((result.share * 100).rounded()))% " : ""
    let times = [0.5, 0.95].map { result.time($0).map(timeText) ?? "–" }.joined(separator: "/")
    return "\(share)\(times) \(figure(result.medianFailed))"
}

private func timeText(_ seconds: Int) -> String {
    seconds < 120 ? "\(seconds)s" : figure((Double(seconds) / 6).rounded() / 10) + "m"
}

extension String {
    fileprivate func padded(_ width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }
}

// MARK: - Goals

/// What a traffic is to come to.
private struct Goal {
    var falseMost: Double?
    /// In seconds.
    var timeMost: Int?
    var failedMost: Double?

    static let all: [String: Goal] = [
        "20 rps, 1 %, 10 % ×5": Goal(timeMost: 150, failedMost: 15),
        "100 rps, 0.1 %, 10 % ×5": Goal(timeMost: 270, failedMost: 15),
        "100 rps, 1 %, 10 % ×2": Goal(timeMost: 480, failedMost: 95),
        "1000 rps, 0.1 %, 10 % ×2": Goal(timeMost: 480, failedMost: 95),
        "1000 rps, 1 %, 10 % ×2": Goal(timeMost: 60, failedMost: 115),
        "100 rps, 0.1 %, 10 % +5pp": Goal(timeMost: 15, failedMost: 8),
        "1000 rps, 0.1 %, 10 % +5pp": Goal(timeMost: 15),
        "1000 rps, 1 %, 10 % +5pp": Goal(timeMost: 15),
        "late ×5 at minute 30, 100 rps, 20 %": Goal(timeMost: 240),
        "100 rps, 10 %, latency none": Goal(falseMost: 0.003),
        "100 rps, 10 %, latency ×1.5": Goal(timeMost: 60),
    ]

    /// What it was to be, for the end of a line.
    var text: String {
        let parts = [
            falseMost.map { "false at most \(percentage($0))" }, timeMost.map { "median at most \($0) s" },
            failedMost.map { "\(figure($0)) failed" }, timeMost.map { _ in "p95 at most 2.6 medians" },
        ]
        return "goal: " + parts.compactMap(\.self).joined(separator: ", ")
    }

    func miss(_ name: String, _ result: TrialResult) -> String? {
        let misses = [
            falseMost.flatMap { result.share > $0 ? "false rollbacks \(percentage(result.share))" : nil },
            timeMost.flatMap { most in
                (result.time(0.5) ?? .max) > most
                    ? "median \(result.time(0.5).map { "\($0) s" } ?? "never")" : nil
            },
            failedMost.flatMap { result.medianFailed > $0 ? "\(figure(result.medianFailed)) failed" : nil },
            timeMost.flatMap { _ in tail(result) },
        ].compactMap(\.self)
        return misses.isEmpty ? nil : "\(name): \(misses.joined(separator: ", ")) (\(text))"
    }

    /// Two scrapes are no long tail, whatever the median.
    private func tail(_ result: TrialResult) -> String? {
        guard let median = result.time(0.5) else { return nil }
        let most = max(2 * TrialTraffic.interval, Int(2.6 * Double(median)))
        let late = result.time(0.95)
        return (late ?? .max) > most ? "p95 \(late.map { "\($0) s" } ?? "never")" : nil
    }
}
