extension ComparisonRun {
    /// What was seen, in one line with its numbers:
    /// `canary errors 17/3000 vs stable 28/27000, ratio 5.46 (95 % sure: 1.83 to 14.7), E = 2716 of 100 after 2 looks …`
    ///
    /// - Parameter level: how strong the evidence must be: `1/α`.
    package func sentence(_ comparison: Comparison, at pace: Pace, level: Double) -> String {
        guard let channel = loudest else { return "nothing to compare yet" }
        let strength = evidence(comparison, at: pace)
        let relation = strength >= level ? "≥" : "of"
        let time = Duration.seconds(Int64((max(.zero, seenUntil - startedAt) / .seconds(1)).rounded()))
        let parts = [
            channel.counts(comparison), channel.ratioText,
            "E = \(figure(strength)) \(relation) \(figure(level)) after \(looks) \(looks == 1 ? "look" : "looks") (\(time.text))",
        ]
        let rest =
            comparison.kind == .mean
            ? "" : ", \(figure(channel.excess)) too many; φ \(figure(dispersion(of: channel, comparison)))"
        return parts.compactMap(\.self).joined(separator: ", ") + rest
    }

    /// The counts alone, for a column: `17/3000 vs 28/27000`.
    package var shortText: String {
        guard let channel = loudest else { return "nothing yet" }
        return "\(channel.canary.text) vs \(channel.stable.text)"
    }

    /// What can be found at the traffic that there is, and how long that takes: `finds ×2 in 52m, ×5 in 4m, ×10 in 2m`.
    /// None before anything bad was seen to reckon with.
    package func plannerText(_ comparison: Comparison, level: Double) -> String? {
        guard comparison.kind != .mean, let traffic, let channel = loudest,
            traffic.canary > 0, traffic.stable > 0,
            let rate = channel.stable.rate, rate > 0
        else { return nil }
        let total = traffic.canary + traffic.stable
        let detection = Detection(
            margin: comparison.margin, alpha: 1 / level,
            dispersion: dispersion(of: channel, comparison), share: traffic.canary / total)
        let times = [2.0, 5, 10].filter { $0 * rate <= 1 }.map { ratio in
            let time = detection.time(ratio: ratio, perSecond: total, rate: rate)
            return "×\(figure(ratio)) in \(time?.roundedText ?? "no time that can be waited for")"
        }
        guard !times.isEmpty else { return nil }
        return
            "at \(figure(traffic.canary)) requests/s and \(percentage(rate)) bad ones it finds "
            + times.joined(separator: ", ")
    }
}

extension ComparisonChannel {
    fileprivate func counts(_ comparison: Comparison) -> String {
        let what =
            switch comparison.kind {
            case .errors: "errors"
            case .count: "events in instance-seconds"
            case .mean: "mean"
            case .latency: "requests over \((boundary ?? 0).secondsText)"
            }
        guard comparison.kind == .mean else {
            return "canary \(what) \(canary.text) vs stable \(stable.text)"
        }
        return "canary \(what) \(canary.rate.map(figure) ?? "-") vs stable \(stable.rate.map(figure) ?? "-")"
    }

    fileprivate var ratioText: String? {
        guard let canary = canary.rate, let stable = stable.rate, stable > 0 else { return nil }
        return "ratio \(figure(canary / stable))\(bandText)"
    }

    private var bandText: String {
        guard let bounds = band?.bounds() else { return "" }
        let low = RatioBand.isBottom(bounds.lowerBound) ? "0" : figure(bounds.lowerBound)
        let high = RatioBand.isTop(bounds.upperBound) ? "any" : figure(bounds.upperBound)
        return " (95 % sure: \(low) to \(high))"
    }
}

extension ArmCount {
    fileprivate var text: String { "\(figure(bad.rounded()))/\(count(requests))" }

    /// Requests are counted to the last one.
    private func count(_ number: Double) -> String {
        number < 1e15 ? "\(Int(number.rounded()))" : figure(number)
    }
}

extension Double {
    fileprivate var secondsText: String {
        self < 1 ? "\(figure(self * 1_000)) ms" : "\(figure(self)) s"
    }
}

extension Duration {
    /// To the minute where it is many.
    fileprivate var roundedText: String {
        let seconds = Int64((self / .seconds(1)).rounded(.up))
        guard seconds > 600 else { return Duration.seconds(seconds).text }
        return Duration.seconds((seconds + 59) / 60 * 60).text
    }
}
