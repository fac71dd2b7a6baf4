import Analysis
package import Rollouts

/// `GET /v1/rollouts/{name}/explain`: which numbers decided, and what is being measured.
package struct Explanation: Hashable, Codable, Sendable {
    package let rollout: String
    package let phase: PhaseWord
    package let message: String
    /// The last verdict of all, with the run it rests on; none when none was ever reached.
    package let verdict: VerdictStatus?
    /// The analyses that are going on.
    package let running: [AnalysisStatus]

    package init(_ rollout: Rollout, _ evidence: Evidence?) {
        let status = RolloutStatus(rollout, at: rollout.lastEventAt)
        self.rollout = status.name
        (phase, message, running) = (status.phase, status.message, status.analyses)
        verdict = evidence.map(VerdictStatus.init)
    }
}

package struct VerdictStatus: Hashable, Codable, Sendable {
    /// `successful`, `failed`, `inconclusive` or `error`.
    package let verdict: String
    package let release: String
    package let at: String
    /// The sequence of the entry that says so; see the history.
    package let sequence: UInt64
    /// Which number, which condition, which limit.
    package let sentence: String
    /// The metric that decided; none for a good verdict, which needs all of them.
    package let metric: MetricStatus?
    /// The whole run as it was when it was judged.
    package let run: AnalysisStatus

    init(_ evidence: Evidence) {
        verdict = evidence.verdict.rawValue
        release = evidence.release
        at = evidence.entry.moment.description
        sequence = evidence.entry.sequence
        sentence = evidence.sentence
        let run = AnalysisStatus(evidence.id, evidence.run)
        self.run = run
        metric = evidence.metric.map { run.metrics[$0] }
    }
}
