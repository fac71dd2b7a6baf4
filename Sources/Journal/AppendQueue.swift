import Foundation
import GRDB

typealias AppendResult = Result<DeliveryOutcome, JournalError>

/// What one caller wants recorded, all of it or nothing.
struct PendingAppend: Sendable {
    let records: [Record]
    let delivery: Delivery?
    let answer: CheckedContinuation<AppendResult, Never>
}

/// The appends that wait for the writer. While one group is written the next one gathers, so that a hundred
/// rollouts that move at once cost one synchronized write and not a hundred.
///
/// `@unchecked Sendable` is right: `waiting` is private and touched under the lock only.
final class AppendQueue: @unchecked Sendable {
    private let lock = NSLock()
    private var waiting: [PendingAppend] = []

    /// Whether it is the first of its group, whose caller has to call the writer.
    func add(_ append: PendingAppend) -> Bool {
        lock.withLock {
            waiting.append(append)
            return waiting.count == 1
        }
    }

    private func takeAll() -> [PendingAppend] {
        lock.withLock {
            defer { waiting = [] }
            return waiting
        }
    }

    /// Answers only after the commit: what was acknowledged is on the disk.
    func commitAll(in db: Database, at path: String) {
        let group = takeAll()
        for (append, result) in zip(group, Self.commit(group, in: db, at: path)) {
            append.answer.resume(returning: result)
        }
    }

    private static func commit(
        _ group: [PendingAppend], in db: Database, at path: String
    ) -> [AppendResult] {
        var results: [AppendResult] = []
        do {
            try db.inTransaction(.immediate) {
                var head = try Head(in: db)
                results = try group.map { try $0.record(after: &head, in: db) }
                try head.save(in: db)
                return .commit
            }
            return results
        } catch {
            return group.map { _ in .failure(JournalError(error, at: path)) }
        }
    }
}

extension PendingAppend {
    /// A wish that is refused by itself (a number that is taken) leaves the rest of its group alone; trouble of
    /// the file is everybody's and is thrown.
    fileprivate func record(after head: inout Head, in db: Database) throws -> AppendResult {
        var advanced = head
        do {
            if let earlier = try delivery?.earlier(in: db) { return .success(.repeated(earlier)) }
            try db.inSavepoint {
                try delivery?.insert(in: db)
                for record in records { try record.insert(after: &advanced, in: db) }
                return .commit
            }
        } catch let refusal as JournalError {
            return .failure(refusal)
        }
        head = advanced
        return .success(.new)
    }
}
