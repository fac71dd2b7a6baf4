import Analysis
import Rollouts

/// Lives through one window as a rollout would: the run, its limits and its comparisons are those that judge live.
struct Replay {
    let metrics: [Metric]
    let judgement: Judgement
    /// For the part of the error that each comparison has.
    private let plan: Plan

    init(_ metrics: [Metric], _ judgement: Judgement) {
        self.metrics = metrics
        self.judgement = judgement
        plan = Plan(steps: [.analysis(metrics)], judgement: judgement)
    }

    func level(of metric: Metric) -> Double { plan.level(of: metric) }

    struct Outcome {
        let verdict: Verdict?
        /// The metric that the verdict rests on.
        let decisive: String?
        let message: String?
        let endedAt: Moment
        let failed: Double?
        /// How clustered the events of its comparisons were.
        let dispersion: Double?

        /// Argo takes a release back where measuring fails too often.
        var isRollback: Bool { verdict == .failed || verdict == .error }
        var isQuestion: Bool { verdict == .inconclusive }
    }

    func outcome(of window: Window, _ tapes: [any Tape]) -> Outcome {
        var tapes = tapes
        var run = AnalysisRun(metrics: metrics, judgement: judgement, startedAt: window.start)
        var comparisons: [ComparisonID: ComparisonRun] = [:]
        var now = window.start
        while run.verdict == nil, let (index, moment) = next(in: run), moment <= window.end {
            now = moment
            let measurement = measure(index, at: moment, &tapes[index], &comparisons, in: window)
            run.count(measurement, ofMetric: index)
        }
        let end = run.verdict == nil ? window.end : now
        let failed = tapes.compactMap { $0.failed(until: end) }.max()
        let decisive = run.decisive
        return Outcome(
            verdict: run.verdict, decisive: decisive.map { metrics[$0].name },
            message: decisive.flatMap { run.tallies[$0].recent.last?.sentence }, endedAt: end,
            failed: failed, dispersion: comparisons.compactMap { $1.dispersion($0.comparison) }.max())
    }

    /// The metric that is due first.
    private func next(in run: AnalysisRun) -> (Int, Moment)? {
        metrics.indices.compactMap { index in run.due(index).map { (index, $0) } }.min { $0.1 < $1.1 }
    }

    private func measure(
        _ index: Int, at moment: Moment, _ tape: inout any Tape,
        _ comparisons: inout [ComparisonID: ComparisonRun], in window: Window
    ) -> Measurement {
        let metric = metrics[index]
        guard let comparison = metric.comparison, let id = metric.comparisonID else {
            let sample = tape.sample(at: moment, since: nil)
            return metric.measurement(of: sample, by: judgement, from: moment, to: moment)
        }
        let known = comparisons[id] ?? ComparisonRun(of: comparison, startedAt: window.start)
        let others = metric.isDryRun ? [] : plan.proofs(of: comparisons, among: metrics, but: id)
        let measurement = metric.look(
            at: tape.sample(at: moment, since: known.seenUntil), comparison, since: known,
            level: plan.level(of: metric), others: others, from: moment, to: moment)
        comparisons[id] = measurement.comparison ?? known
        return measurement
    }
}

extension ComparisonRun {
    fileprivate func dispersion(_ comparison: Comparison) -> Double? {
        loudest.map { dispersion(of: $0, comparison) }
    }
}

extension Measurement {
    fileprivate var sentence: String {
        [value, message].compactMap(\.self).joined(separator: ": ")
    }
}
