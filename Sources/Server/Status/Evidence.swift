package import Analysis
package import Journal
package import Rollouts

/// A verdict, and the run as it was when it fell.
///
/// The log is the rollout: the evidence of any verdict, however old, is found by folding the entries up to it.
package struct Evidence: Sendable {
    package let verdict: Verdict
    package let id: RunID
    package let run: AnalysisRun
    package let release: String
    /// The index of the metric that decided; none for a good verdict.
    package let metric: Int?
    package let sentence: String
    /// The entry that drew the conclusion.
    package let entry: Entry
}

extension EventJournal {
    private static let entriesAtOnce = 1_000

    /// The last verdict about a rollout.
    package func evidence(of name: RolloutName) async throws(JournalError) -> Evidence? {
        var (rollout, evidence) = (Rollout(name: name), Evidence?.none)
        while true {
            let page = try await entries(of: name, after: rollout.sequence, limit: Self.entriesAtOnce)
            for entry in page {
                evidence = rollout.evidence(for: entry) ?? evidence
                rollout.apply(entry.event, at: entry.moment)
            }
            if page.count < Self.entriesAtOnce { return evidence }
        }
    }
}

extension Rollout {
    /// What an entry concludes from the state before it; none when it concludes nothing.
    fileprivate func evidence(for entry: Entry) -> Evidence? {
        guard let flight else { return nil }
        switch entry.event {
        case .judged(let judged):
            return flight.run(judged.run).map { run in
                Evidence(
                    verdict: judged.verdict, id: judged.run, run: run, release: flight.release.name,
                    metric: judged.metricIndex, sentence: judged.reason, entry: entry)
            }
        case .stepPassed(let step, .verdict): return flight.proof(by: .step(step), entry)
        case .summited(by: nil), .completed:
            return flight.background.flatMap { flight.proof(by: .background($0.number), entry) }
        default: return nil
        }
    }
}

extension Flight {
    /// A run that nothing speaks against when its time is over.
    fileprivate func proof(by kind: RunID.Kind, _ entry: Entry) -> Evidence? {
        guard let (id, run) = runs.first(where: { $0.id.kind == kind }) else { return nil }
        return Evidence(
            verdict: .successful, id: id, run: run, release: release.name, metric: nil,
            sentence: "all metrics are good: " + run.metrics.map(\.name).joined(separator: ", "), entry: entry
        )
    }
}
