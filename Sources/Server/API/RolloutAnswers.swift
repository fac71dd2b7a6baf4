import Analysis
import Engine
import Hummingbird
import Intake
import Journal
import Manifests
import Rollouts

/// What people and programs look at.
struct RolloutAnswers: Sendable {
    let house: APIServer.House

    static let historyMax: UInt64 = 1_000
    private static let historyDefault: UInt64 = 100

    func list(_ call: APICall) async throws -> Response {
        let now = await house.loop.now
        return try .json(RolloutList(rollouts: await house.loop.all.map { RolloutStatus($0, at: now) }))
    }

    func status(_ call: APICall) async throws -> Response {
        try .json(RolloutStatus(try await rollout(call), at: await house.loop.now))
    }

    func explanation(_ call: APICall) async throws -> Response {
        let rollout = try await rollout(call)
        let past = try await translated { journal throws(JournalError) in
            try await journal.evidence(of: rollout.name)
        }
        return try .json(Explanation(rollout, past))
    }

    func preflight(_ call: APICall) async throws -> Response {
        let name = try await rollout(call).name
        guard let findings = await house.loop.findings(of: name) else { throw APIError(.undeclared(name)) }
        return try .json(PreflightAnswer(name, findings))
    }

    func history(_ call: APICall) async throws -> Response {
        let after = try call.number("after", in: 0...UInt64(Int64.max))
        let limit = Int(try call.number("limit", in: 1...Self.historyMax) ?? Self.historyDefault)
        let name = try await rollout(call).name
        let entries = try await translated { journal throws(JournalError) in
            try await journal.entries(of: name, after: after, limit: limit)
        }
        return try .json(
            History(
                rollout: name.text, entries: entries.map(HistoryEntry.init),
                next: entries.count == limit ? entries.last?.sequence : nil))
    }

    func manifests(_ call: APICall) async throws -> Response {
        guard let manifests = house.manifests else {
            return try .json(ManifestReport(files: 0, rollouts: 0, readAt: nil, problems: []))
        }
        return try .json(
            ManifestReport(
                files: await manifests.fileCount, rollouts: await manifests.rolloutCount,
                readAt: await manifests.readAt?.description,
                problems: await manifests.problems.map(ManifestProblem.init)))
    }

    private func translated<Value>(
        _ read: (EventJournal) async throws(JournalError) -> Value
    ) async throws(APIError) -> Value {
        do throws(JournalError) { return try await read(house.journal) } catch { throw APIError(error) }
    }

    private func rollout(_ call: APICall) async throws(APIError) -> Rollout {
        if let rollout = await house.loop.rollout(call.rollout) { return rollout }
        throw .unknown(call.rollout, among: await house.loop.names)
    }
}

extension ManifestProblem {
    fileprivate init(_ diagnostic: Diagnostic) {
        self.init(
            file: diagnostic.file, line: diagnostic.line, column: diagnostic.column, path: diagnostic.path,
            severity: diagnostic.severity.rawValue, message: diagnostic.message, text: diagnostic.description)
    }
}
