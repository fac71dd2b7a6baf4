package import Analysis

/// An analysis that is over, for who wants to look at it.
package struct PastRun: Hashable, Sendable {
    package let id: RunID
    package let run: AnalysisRun
    /// What was analysed.
    package let release: String
    package let endedAt: Moment
}

extension Rollout {
    /// How many are remembered: enough for whoever writes them down to come after.
    private static let pastRunsMax = 10

    /// Takes note of the runs that an event has ended. What is concluded from them is in the log beside it; only where
    /// they are shown as objects is anything kept.
    mutating func keepRuns(of former: Flight?, at moment: Moment) {
        guard declaration?.showsRuns == true, let former else { return }
        let present = Set((flight?.runs ?? []).map(\.id))
        let ended = former.runs.filter { !present.contains($0.id) }
        pastRuns += ended.map { id, run in
            PastRun(id: id, run: run, release: former.release.name, endedAt: moment)
        }
        pastRuns = pastRuns.suffix(Self.pastRunsMax)
    }
}
