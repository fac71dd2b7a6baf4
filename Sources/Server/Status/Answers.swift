import Analysis
package import Rollouts

/// What a command answers.
package struct CommandAnswer: Hashable, Codable, Sendable {
    /// False when there was nothing to do: the release is announced already, say.
    package let changed: Bool
    /// False only for an abort while the journal could not be written: traffic goes back all the same, and the
    /// mesh remembers it.
    package let durable: Bool
    package let status: RolloutStatus
}

/// `GET /v1/rollouts`
package struct RolloutList: Hashable, Codable, Sendable {
    package let rollouts: [RolloutStatus]
}

/// `GET /v1/rollouts/{name}/history`
package struct History: Hashable, Codable, Sendable {
    package let rollout: String
    /// Oldest first.
    package let entries: [HistoryEntry]
    /// What `after` is for the next page; none when this is the last.
    package let next: UInt64?
}

package struct HistoryEntry: Hashable, Codable, Sendable {
    package let sequence: UInt64
    package let at: String
    /// Since 1970, for who measures between entries.
    package let microseconds: Int64
    /// `token:alice`, `webhook:ci`, `git`, `headgate`.
    package let who: String
    /// `stepPassed`, `measured`, `aborted` …
    package let kind: String
    package let sentence: String

    package init(_ entry: Entry) {
        sequence = entry.sequence
        at = entry.moment.description
        microseconds = entry.moment.microseconds
        who = entry.who
        kind = entry.event.kind
        sentence = entry.event.sentence
    }
}

extension Event {
    /// The name of the case, which is also what the journal files it under.
    fileprivate var kind: String {
        Mirror(reflecting: self).children.first?.label ?? "\(self)"
    }
}

/// `GET /v1/rollouts/{name}/preflight`: what is or may be in the way of the next release, the worst first.
package struct PreflightAnswer: Hashable, Codable, Sendable {
    package let rollout: String
    package let errors: Int
    package let warnings: Int
    package let findings: [Finding]

    package init(_ rollout: RolloutName, _ findings: [Finding]) {
        self.rollout = rollout.text
        errors = findings.errors.count
        warnings = findings.warnings.count
        self.findings = findings
    }
}

/// `GET /v1/manifests`
package struct ManifestReport: Hashable, Codable, Sendable {
    package let files: Int
    /// Rollouts that stand in the files without an error.
    package let rollouts: Int
    /// When they were last read; none before the first time.
    package let readAt: String?
    package let problems: [ManifestProblem]
}

package struct ManifestProblem: Hashable, Codable, Sendable {
    package let file: String
    package let line: Int?
    package let column: Int?
    /// The field, such as `steps[2].setWeight`; empty when it is about none.
    package let path: String
    package let severity: String
    package let message: String
    /// All of that in one line.
    package let text: String
}

/// A token as it is listed.
package struct TokenStatus: Hashable, Codable, Sendable {
    package let name: String
    package let role: Role
    package let createdAt: String
    package let createdBy: String
}

package struct TokenList: Hashable, Codable, Sendable {
    package let tokens: [TokenStatus]
}

/// `POST /v1/tokens`: the only time that the token itself is shown.
package struct NewToken: Hashable, Codable, Sendable {
    package let name: String
    package let role: Role
    package let token: String
}

/// What every refusal and every failure answers.
package struct ErrorAnswer: Hashable, Codable, Sendable {
    package struct Problem: Hashable, Codable, Sendable {
        /// For programs: `refused`, `unknownRollout`, `journal` …
        package let kind: String
        /// For people.
        package let message: String
    }

    package let error: Problem
}
