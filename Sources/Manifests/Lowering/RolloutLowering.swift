import Analysis
import Rollouts

extension RolloutDocument {
    /// The declaration that this document comes to. Nil, reported, when anything in it is wrong.
    func declaration(_ library: TemplateLibrary) -> Declaration? {
        guard let canary else { return nil }
        let lowering = AnalysisLowering(rollout: self, library: library)
        let steps = canary.steps.compactMap { $0.lowered(by: lowering) }
        let background = canary.background?.lowered(by: lowering)
        guard !isBroken, let name = metadata?.name, let traffic = canary.traffic else { return nil }
        let plan = Plan(steps: steps, background: background, judgement: dialect.judgement)
        return Declaration(
            name: RolloutName(name), traffic: traffic, plan: plan, isPaused: isPaused, source: file)
    }
}

extension StepDocument {
    fileprivate func lowered(by lowering: AnalysisLowering) -> Step? {
        switch self {
        case .setWeight(let weight): return .setWeight(weight)
        case .pause(let duration): return .pause(duration)
        case .analysis(let analysis):
            let metrics = lowering.metrics(of: analysis)
            metrics?.filter { !$0.isDryRun && $0.isEndless }.forEach { metric in
                analysis.field.warn(
                    "metric \(quoted(metric.name)) has an interval and no count: this step ends by a person's "
                        + "promote or a bad verdict only")
            }
            return metrics.map(Step.analysis)
        }
    }
}

extension BackgroundDocument {
    fileprivate func lowered(by lowering: AnalysisLowering) -> BackgroundAnalysis? {
        lowering.metrics(of: analysis).map { BackgroundAnalysis(metrics: $0, startingStep: startingStep) }
    }
}
