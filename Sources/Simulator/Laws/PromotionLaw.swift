import Analysis
import Rollouts

/// Nothing goes on on a failed, missing or unproved verdict: what the log calls good was answered good by the
/// store, and enough of it.
struct PromotionLaw: Law {
    let name = "promotion"
    private var readings: [RolloutName: Reading] = [:]
    private var goodAnswers: [String: Int] = [:]
    private var counts: [RolloutName: [MetricKey: Count]] = [:]

    private struct MetricKey: Hashable {
        let flight: Sequence
        let kind: RunID.Kind
        let metric: Int
    }

    private struct Count {
        var good = 0
        var bad = 0
        var answersSeen = 0
    }

    mutating func see(_ sight: Sight, at moment: Moment) -> String? {
        switch sight {
        case .answered(let query, let isGood):
            if isGood { goodAnswers[query, default: 0] += 1 }
            return nil
        case .journaled(let entry, _), .resurfaced(let entry):
            let flaw = flaw(entry)
            readings[entry.rollout, default: Reading()].read(entry)
            return flaw.map { "\(entry.rollout) #\(entry.sequence): \($0)" }
        default: return nil
        }
    }

    private mutating func flaw(_ entry: Entry) -> String? {
        guard let reading = readings[entry.rollout], let climb = reading.climb else { return nil }
        switch entry.event {
        case .measured(let run, let metric, let measurement):
            return count(
                measurement, MetricKey(flight: run.flight, kind: run.kind, metric: metric), of: entry.rollout,
                climb)
        case .stepPassed(let step, .verdict): return unproved(step: step, climb, entry.rollout)
        case .stepPassed(let step, .gate):
            return climb.plan.steps[step].isGate ? nil : "step \(step + 1) is no gate"
        case .summited(nil) where reading.stable != nil && !climb.cause.skipsSteps:
            return unprovedBackground(climb, entry.rollout)
        case .completed where climb.isBaking && entry.who == "headgate":
            return unprovedBackground(climb, entry.rollout)
        default: return nil
        }
    }

    /// A good measurement needs a good answer of its own.
    private mutating func count(
        _ measurement: Measurement, _ key: MetricKey, of rollout: RolloutName, _ climb: Reading.Climb
    ) -> String? {
        var count = counts[rollout]?[key] ?? Count()
        defer { counts[rollout, default: [:]][key] = count }
        if measurement.phase == .failed { count.bad += 1 }
        if measurement.phase == .successful { count.good += 1 }
        // Argo's rules call good what no number says; for objectives there is a law of their own.
        guard measurement.phase == .successful, climb.plan.judgement == .safe, key.kind != .slos else {
            return nil
        }
        let asked = climb.asked(metrics(of: key.kind, climb) ?? [])
        guard asked.indices.contains(key.metric) else { return "metric \(key.metric) is in no plan" }
        let answers = answers(to: asked[key.metric].text)
        defer { count.answersSeen = answers }
        return answers > count.answersSeen
            ? nil : "\(asked[key.metric].text) counts as good, and the store never said so"
    }

    /// A text with tokens that only the controller fills stands for all that it may have become.
    private func answers(to text: String) -> Int {
        guard text.contains("{{") else { return goodAnswers[text] ?? 0 }
        return goodAnswers.filter { MetricAnswers.fits($0.key, text) }.values.reduce(0, +)
    }

    private func metrics(of kind: RunID.Kind, _ climb: Reading.Climb) -> [Metric]? {
        switch kind {
        case .background: climb.watched
        case .slos: climb.plan.slos
        case .step(let step): climb.plan.steps[step].metrics
        }
    }

    private func unproved(step: Int, _ climb: Reading.Climb, _ rollout: RolloutName) -> String? {
        guard let metrics = climb.plan.steps[step].metrics else { return "step \(step + 1) has no analysis" }
        return flaw(of: metrics, .step(step), climb, rollout)
    }

    /// The runs beside the steps have numbers; the latest one counts.
    private func unprovedBackground(_ climb: Reading.Climb, _ rollout: RolloutName) -> String? {
        guard let metrics = climb.watched, climb.isWatched, climb.plan.judgement == .safe,
            metrics.contains(where: { !$0.isDryRun })
        else { return nil }
        let numbers = (counts[rollout] ?? [:]).keys.compactMap { key -> Int? in
            guard key.flight == climb.number, case .background(let number) = key.kind else { return nil }
            return number
        }
        guard let last = numbers.max() else { return "nothing was measured beside the steps" }
        return flaw(of: metrics, .background(last), climb, rollout)
    }

    private func flaw(
        of metrics: [Metric], _ kind: RunID.Kind, _ climb: Reading.Climb, _ rollout: RolloutName
    ) -> String? {
        for (index, (metric, text)) in climb.asked(metrics).enumerated() where !metric.isDryRun {
            let key = MetricKey(flight: climb.number, kind: kind, metric: index)
            let count = counts[rollout]?[key] ?? Count()
            if count.good == 0, climb.plan.judgement == .safe { return "\(text) was never good" }
            if let limit = metric.failureLimit, count.bad > limit {
                return "\(text) was bad \(count.bad) times"
            }
        }
        return nil
    }
}

extension Step {
    fileprivate var metrics: [Metric]? {
        if case .analysis(let metrics) = self { metrics } else { nil }
    }

    fileprivate var isGate: Bool {
        if case .gate = self { true } else { false }
    }
}

extension Reading.Climb {
    fileprivate var watched: [Metric]? {
        isBaking ? plan.bake?.metrics ?? plan.background?.metrics : plan.background?.metrics
    }

    /// What the store is asked: of a test, about each of its arms.
    fileprivate func asked(_ metrics: [Metric]) -> [(metric: Metric, text: String)] {
        let asked = releases.count > 1 && !isSummited ? releases : [release]
        return metrics.flatMap { metric in
            asked.map { (metric, metric.query.text.replacing("{{canary.release}}", with: $0.name)) }
        }
    }

    /// Whether the plan has begun to watch them.
    fileprivate var isWatched: Bool {
        isBaking || (entered ?? -1) >= plan.background?.startingStep ?? 0
    }
}
