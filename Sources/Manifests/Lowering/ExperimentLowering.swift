import Analysis
import Rollouts

// An experiment is a spelling of an analysis: one metric stages the variants, one lets the time pass, and the others
// look at what is staged.

extension ExperimentDocument {
    /// Nil, reported, when an analysis does not fit, or nobody runs pods here.
    func lowered(by lowering: AnalysisLowering) -> [Metric]? {
        guard lowering.rollout.workload != nil else {
            field.refuse(
                "an experiment runs pods, and those of this rollout are left to whoever deploys them")
            return nil
        }
        let looked = analyses.map { analysis in
            lowering.metrics(of: analysis.analysis)?.map { lowered($0, of: analysis) }
        }
        let whole = looked.compactMap(\.self)
        guard whole.count == looked.count else { return nil }
        return [stage(in: lowering)] + (duration.map { [time($0)] } ?? []) + whole.flatMap(\.self)
    }

    private static let provider = "experiment"

    /// The first good measurement says that all pods are ready; the next one lasts as long as the experiment.
    private func stage(in lowering: AnalysisLowering) -> Metric {
        let text = JSONText.object([
            ("canary", JSONText.string(Placeholder.canaryRelease.token)),
            ("variants", "[" + variants.map(\.json).joined(separator: ",") + "]"),
        ])
        return Metric(
            name: "experiment",
            query: Query(provider: Self.provider, address: lowering.rollout.metadata?.namespace, text: text),
            interval: .seconds(1), part: .stage)
    }

    /// Due when the time is over, and good at once.
    private func time(_ duration: Duration) -> Metric {
        Metric(
            name: "duration", query: Query(provider: Self.provider, text: "{\"time\":true}"),
            initialDelay: duration, count: 1, part: .required)
    }

    /// Two analyses may be made of the same template.
    private func lowered(_ metric: Metric, of analysis: ExperimentAnalysis) -> Metric {
        var lowered = metric
        lowered.name = "\(analysis.name)/\(metric.name)"
        lowered.part = analysis.isRequired && !metric.isDryRun ? .required : .companion
        lowered.isDryRun = metric.isDryRun || dryRun.contains { $0.pattern.matches(metric.name) }
        if analysis.isRequired, !lowered.isDryRun, metric.isEndless {
            analysis.analysis.field.refuse(
                "metric \(quoted(metric.name)) has an interval and no count, so that the experiment would wait for "
                    + "ever; give it a count, or leave out requiredForCompletion")
        }
        return lowered
    }
}

extension VariantDocument {
    fileprivate var json: String {
        JSONText.object([
            ("name", JSONText.string(name)), ("release", JSONText.string(release.token)),
            ("replicas", "\(replicas)"), ("hash", JSONText.string(VariantName.hash(of: name))),
            ("labels", texts(labels)), ("annotations", texts(annotations)),
        ])
    }

    private func texts(_ texts: [String: String]) -> String {
        JSONText.object(texts.map { ($0.key, JSONText.string($0.value)) })
    }
}
