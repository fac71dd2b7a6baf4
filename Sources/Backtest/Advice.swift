import Analysis
import Simulator

/// What to blame, and what to change: only what was tried on the same history.
struct Advice {
    let lines: [String]

    init(
        _ playback: Playback, _ good: BacktestReport.Good, _ bad: [BacktestReport.Bad],
        _ played: [Playback.Played]
    ) {
        lines =
            Self.blamed(good) + Self.limits(playback, good) + Self.blind(bad)
            + Self.comparisons(playback, played) + Self.misfits(playback)
    }

    private static func misfits(_ playback: Playback) -> [String] {
        playback.sources.enumerated().compactMap { index, source in
            guard case .counters(let casting, _) = source, casting.history.misfits > 0 else { return nil }
            return
                "\(playback.metrics[index].name): the histogram had other boundaries for a while, which was left "
                + "out (\(casting.history.misfits) pages)"
        }
    }

    /// Where most of the wrong rollbacks come from.
    private static func blamed(_ good: BacktestReport.Good) -> [String] {
        guard let worst = good.causes.first else { return [] }
        let sum = good.takenBack.count
        var text = "\(worst.metric) is to blame for \(worst.count) of \(sum) false rollbacks"
        let hours = good.hours.indices.sorted { good.hours[$0].takenBack > good.hours[$1].takenBack }
        let top = hours.prefix(4)
        let inTop = top.reduce(0) { $0 + good.hours[$1].takenBack }
        let ofTop = top.reduce(0) { $0 + good.hours[$1].of }
        let ofAll = good.hours.reduce(0) { $0 + $1.of }
        // Twice as many as an even spread would have.
        if ofAll > ofTop * 2, sum >= 5, Double(inTop) / Double(sum) > 2 * Double(ofTop) / Double(ofAll) {
            let names = top.filter { good.hours[$0].takenBack > 0 }.sorted().map {
                $0 < 10 ? "0\($0):00" : "\($0):00"
            }
            text += "; \(inTop) begin at \(names.joined(separator: ", ")) UTC"
        }
        return [text]
    }

    /// A limit that would have been enough.
    private static func limits(_ playback: Playback, _ good: BacktestReport.Good) -> [String] {
        guard good.takenBack.share > 0.01, let name = good.causes.first?.metric,
            let index = playback.metrics.firstIndex(where: { $0.name == name }),
            playback.metrics[index].comparison == nil,
            let limit = playback.metrics[index].failureLimit
        else { return [] }
        for more in [1, 2, 4, 8] {
            let raised = limit + more
            guard raised < playback.metrics[index].effectiveCount ?? .max else { break }
            var metrics = playback.metrics
            metrics[index].failureLimit = raised
            let played = playback.play(nil, with: metrics)
            let count = played.count { $0.outcome.isRollback }
            guard count * 5 <= good.takenBack.count else { continue }
            return [
                "\(name): failureLimit \(raised) instead of \(limit) would have taken back "
                    + "\(count) of \(played.count) good releases"
                    + price(of: index, metrics, playback)
            ]
        }
        return [
            "\(name): no failureLimit up to \(limit + 8) makes that five times rarer; the threshold is too near to "
                + "what is usual, or there is too little traffic for one: use `compare` (docs/comparison.md)"
        ]
    }

    /// What bad releases cost with that.
    private static func price(of index: Int, _ metrics: [Metric], _ playback: Playback) -> String {
        guard let trial = playback.trials().last(where: { $0.metric == index && $0.effect != .silence })
        else {
            return ""
        }
        let shares = [nil, metrics].map { metrics in
            let played = playback.play(trial, with: metrics)
            let times = played.filter { $0.outcome.isRollback && $0.outcome.endedAt >= $0.onset }
                .map { ($0.outcome.endedAt - $0.onset) / .seconds(1) }.sorted()
            let time = times.quantile(0.5).map { " after \(timeText($0))" } ?? ""
            return "\(times.count) of \(played.count)\(time)"
        }
        return "; \(trial.effect.name): \(shares[1]) instead of \(shares[0])"
    }

    /// What is not seen.
    private static func blind(_ bad: [BacktestReport.Bad]) -> [String] {
        bad.filter { $0.effect != Effect.silence.name && $0.takenBack.share + $0.asked.share < 0.5 }.map {
            "\($0.metric) does not see \($0.effect): \(percentText($0.takenBack.share)) are taken back"
        }
    }

    /// What the traffic allows.
    private static func comparisons(_ playback: Playback, _ played: [Playback.Played]) -> [String] {
        let dispersion = played.compactMap(\.outcome.dispersion).sorted().quantile(0.5)
        return playback.sources.enumerated().compactMap { index, source in
            guard case .counters(let casting, _) = source, casting.comparison.kind == .errors else {
                return nil
            }
            let metric = playback.metrics[index]
            let level = Replay(playback.metrics, playback.subject.judgement).level(of: metric)
            return casting.planner(
                metric.name, playback.windows.all, dispersion: dispersion ?? 1, alpha: 1 / level)
        }
    }
}

extension Casting {
    /// `errors: at 2 requests/s, 1 % bad ones and φ 1.7 it finds ×2 in 41m, ×5 in 4m; at 25 % weight in 18m, 2m`
    fileprivate func planner(
        _ name: String, _ windows: [Window], dispersion: Double, alpha: Double
    ) -> String? {
        let rates = windows.map { self.rate(in: $0) / weight }.sorted()
        let all = ArmCount(history.instances.lazy.flatMap(\.points))
        guard let perSecond = rates.quantile(0.5), perSecond > 0, let rate = all.rate, rate > 0 else {
            return nil
        }
        let weights = [weight] + (weight < 0.25 ? [0.25] : [])
        let texts = weights.map { weight in
            let detection = Detection(
                margin: comparison.margin, alpha: alpha, dispersion: dispersion, share: weight)
            let times = [2.0, 5].filter { $0 * rate <= 1 }.map { ratio in
                let time = detection.time(ratio: ratio, perSecond: perSecond, rate: rate)
                return "×\(short(ratio)) in \(time.map { timeText($0 / .seconds(1)) } ?? "no time")"
            }
            return "at \(percentage(weight)) weight \(times.joined(separator: ", "))"
        }
        return "\(name): with \(figure(perSecond)) requests/s in all, \(percentage(rate)) bad ones and "
            + "φ \(figure(dispersion)) a comparison finds \(texts.joined(separator: "; "))"
    }
}
