/// What a metric is in an experiment, which is a run whose metrics look at something that is staged for them.
package enum ExperimentPart: String, Hashable, Codable, Sendable {
    /// The stage itself. Its first good measurement says that everything is there to be looked at; the one after that
    /// goes on until the run ends, and what was staged goes with it.
    case stage
    /// The experiment waits for its end.
    case required
    /// Looks on until the experiment ends.
    case companion
}

extension AnalysisRun {
    /// The metric that is the stage; none in a run that is no experiment.
    var stage: Int? { metrics.firstIndex { $0.part == .stage } }

    /// From when on a metric is measured. Those that look at a stage wait until it is there.
    func start(of index: Int) -> Moment? {
        guard let stage, index != stage else { return startedAt }
        guard tallies[stage].successful > 0 else { return nil }
        return tallies[stage].recent.first { $0.phase == .successful }?.finishedAt ?? startedAt
    }

    /// An experiment is over when all that it waits for have come to their end.
    var isExperimentOver: Bool {
        metrics.indices.allSatisfy { metrics[$0].part != .required || tallies[$0].verdict != nil }
    }
}
