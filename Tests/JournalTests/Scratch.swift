import Analysis
import Foundation
import GRDB
import Rollouts
import Testing

@testable import Journal

/// A folder of a test's own, gone with the test.
final class Scratch: Sendable {
    let folder: URL
    var path: String { folder.appending(path: "journal.db").path }

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "journal-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit {
        do {
            try remove()
        } catch let error as CocoaError where error.code == .fileNoSuchFile {
            // A journal that was just let go of took its own log away in the middle of this.
            do { try remove() } catch { Issue.record(error) }
        } catch {
            Issue.record(error)
        }
    }

    private func remove() throws { try FileManager.default.removeItem(at: folder) }

    func open() throws -> EventJournal {
        try EventJournal.open(at: path, busyTimeout: .milliseconds(100))
    }

    /// A connection that may keep a transaction open for as long as it likes.
    func otherProgram() throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        return try DatabaseQueue(path: path, configuration: configuration)
    }

    /// Changes the file behind the journal's back.
    func tamper(_ sql: String) throws {
        try DatabaseQueue(path: path).write { db in try db.execute(sql: sql) }
    }
}

let noon = Moment(microseconds: 1_763_812_800_000_000)

func entry(_ rollout: String, _ sequence: UInt64, _ event: Event = .withdrawn) -> Entry {
    let moment = noon + .seconds(Int(clamping: sequence))
    return Entry(
        rollout: RolloutName(rollout), sequence: sequence, moment: moment, who: "token:alice", event: event)
}

/// The first `count` entries of a rollout.
func entries(_ rollout: String, _ count: UInt64) -> [Entry] {
    (1...count).map { entry(rollout, $0, .stepEntered(step: Int($0))) }
}

extension EventJournal {
    func all() async throws -> [Entry] {
        var all: [Entry] = []
        try await replay { entry in all.append(entry) }
        return all
    }

    func pragma(_ text: String) async throws -> Int? {
        try await pool.writeWithoutTransaction { db in try Int.fetchOne(db, sql: "PRAGMA \(text)") }
    }
}

/// The error's kind and text, or a failure where there was none.
func failure(_ body: () async throws -> Void) async throws -> JournalError {
    try #require(await #expect(throws: JournalError.self) { try await body() })
}
