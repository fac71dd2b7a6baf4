import Analysis
import Simulator

extension BacktestReport {
    init(
        _ playback: Playback, good played: [Playback.Played],
        bad trials: [(Playback.Trial, [Playback.Played])], _ demands: [Demand]
    ) {
        let subject = playback.subject
        var dice = Dice(seed: subject.seed)
        let effective = playback.windows.effective
        let good = Good(played, effective, &dice)
        var bad: [Bad] = []
        for (trial, played) in trials {
            bad.append(Bad(trial, playback.metrics, played, effective, &dice))
        }
        self.init(
            template: subject.name, rules: subject.judgement, from: "\(playback.history.from)",
            until: "\(playback.history.until)", rangeSeconds: playback.history.span / .seconds(1),
            durationSeconds: subject.duration / .seconds(1), weight: subject.weight, seed: subject.seed,
            windows: playback.windows.all.count, effectiveWindows: effective,
            excluded: playback.windows.excluded, deployed: playback.windows.deployed,
            traffic: Rates(playback), good: good, bad: bad, unplayed: playback.unplayed,
            advice: Advice(playback, good, bad, played).lines,
            demands: demands.map { $0.result(good, bad) })
    }
}

extension BacktestReport.Good {
    init(_ played: [Playback.Played], _ effective: Double, _ dice: inout Dice) {
        let wrong = played.filter { $0.outcome.isRollback }
        takenBack = Estimate(
            played.map { ($0.window.day, $0.outcome.isRollback) }, effective: effective, &dice)
        asked = Estimate(
            played.map { ($0.window.day, $0.outcome.isQuestion) }, effective: effective, &dice)
        causes = Dictionary(grouping: wrong) { $0.outcome.decisive ?? "" }
            .map { BacktestReport.Cause(metric: $0, count: $1.count) }
            .sorted { ($1.count, $0.metric) < ($0.count, $1.metric) }
        hours = (0..<24).map { hour in
            let of = played.filter { $0.window.hour == hour }
            return .init(takenBack: of.count { $0.outcome.isRollback }, of: of.count)
        }
        examples = wrong.prefix(3).map { one in
            .init(
                start: "\(one.window.start)", end: "\(one.outcome.endedAt)",
                metric: one.outcome.decisive ?? "", message: one.outcome.message ?? "")
        }
    }
}

extension BacktestReport.Bad {
    init(
        _ trial: Playback.Trial, _ metrics: [Metric], _ played: [Playback.Played], _ effective: Double,
        _ dice: inout Dice
    ) {
        // What was taken back before there was a reason is no merit.
        let fair = played.filter { !($0.outcome.isRollback && $0.outcome.endedAt < $0.onset) }
        let part = played.isEmpty ? 0 : effective * Double(fair.count) / Double(played.count)
        metric = metrics[trial.metric].name
        effect = trial.effect.name
        takenBack = Estimate(
            fair.map { ($0.window.day, $0.outcome.isRollback) }, effective: part, &dice)
        asked = Estimate(fair.map { ($0.window.day, $0.outcome.isQuestion) }, effective: part, &dice)
        let times = fair.map { one in
            one.outcome.isRollback ? (one.outcome.endedAt - one.onset) / .seconds(1) : .infinity
        }.sorted()
        medianSeconds = times.quantile(0.5)
        lateSeconds = times.quantile(0.95)
        let failed = fair.compactMap(\.outcome.failed).sorted()
        medianFailed = failed.count == fair.count ? failed.quantile(0.5) : nil
    }
}

extension BacktestReport.Rates {
    /// By the counters of a comparison, or by what was asked for besides.
    init?(_ playback: Playback) {
        let rates = playback.canaryRates.sorted()
        guard let median = rates.quantile(0.5), let low = rates.quantile(0.05),
            let high = rates.quantile(0.95)
        else { return nil }
        (self.median, self.low, self.high) = (median, low, high)
    }
}

extension Playback {
    /// In each window.
    fileprivate var canaryRates: [Double] {
        for source in sources {
            switch source {
            case .shares(_, _, _, let traffic, let weight):
                return traffic.answers.compactMap { $0.first }.filter(\.isFinite).map { $0 * weight }
            case .counters(let casting, _) where [.errors, .latency].contains(casting.comparison.kind):
                return windows.all.map { casting.rate(in: $0) }
            case .numbers, .counters: continue
            }
        }
        return []
    }
}

extension Casting {
    /// Requests a second that the canary gets.
    func rate(in window: Window) -> Double {
        let all = ArmCount(
            history.instances.lazy.flatMap { $0.points(after: window.start, through: window.end) })
        return all.requests * weight / ((window.end - window.start) / .seconds(1))
    }
}

extension [Double] {
    /// Of what is sorted; none where it is infinite or there is nothing.
    func quantile(_ share: Double) -> Double? {
        guard !isEmpty else { return nil }
        let found = self[Swift.min(count - 1, Int(share * Double(count)))]
        return found.isFinite ? found : nil
    }
}
