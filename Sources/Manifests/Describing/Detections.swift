import Analysis
import Rollouts

/// The traffic that a plan is reckoned with.
package struct ExpectedTraffic: Hashable, Sendable {
    /// Requests a second, of both releases together.
    package let perSecond: Double
    /// The share of bad ones while nothing is wrong.
    package let rate: Double

    package init(perSecond: Double, rate: Double) {
        self.perSecond = perSecond
        self.rate = rate
    }
}

extension Plan {
    /// What the comparisons of a plan can find at its weights, and what that takes. Said before anything starts, so that
    /// nobody takes silence for proof.
    func detections(at traffic: ExpectedTraffic?) -> [PlanDescription.Detections] {
        comparisons.compactMap { metric in
            guard let comparison = metric.comparison, comparison.kind != .mean else { return nil }
            let level = level(of: metric)
            return PlanDescription.Detections(
                metric: metric.name, kind: comparison.kind.rawValue,
                margin: "more than \(comparison.margin.text)",
                atWeights: weights.map { weight in
                    .init(
                        weight: "\(weight)",
                        finds: comparison.finds(at: weight, level: level, traffic))
                })
        }
    }

    /// The weights on the way, each once, in their order.
    private var weights: [Weight] {
        var seen: Set<Weight> = [.none, .all]
        return steps.compactMap { step in
            if case .setWeight(let weight) = step, seen.insert(weight).inserted { weight } else { nil }
        }
    }
}

extension Margin {
    fileprivate var text: String {
        let more = absolute > 0 ? " plus \(percentage(absolute))" : ""
        return "\(figure(ratio)) times the stable rate\(more)"
    }
}

extension Comparison {
    private static let ratios: [Double] = [2, 5, 10]

    fileprivate func finds(at weight: Weight, level: Double, _ traffic: ExpectedTraffic?) -> [String] {
        let detection = Detection(
            margin: margin, alpha: 1 / level, dispersion: dispersion ?? 1,
            share: weight.percent / 100)
        return Self.ratios.compactMap { ratio in
            guard let events = detection.eventsNeeded(ratio: ratio) else { return nil }
            let count = "×\(figure(ratio)) after \(Int(events.rounded(.up))) bad events"
            guard let traffic else { return count }
            guard traffic.rate * ratio <= 1 else { return nil }
            let time = detection.time(ratio: ratio, perSecond: traffic.perSecond, rate: traffic.rate)
            return "×\(figure(ratio)) in \(time?.text ?? "no time that can be waited for")"
        }
    }
}
