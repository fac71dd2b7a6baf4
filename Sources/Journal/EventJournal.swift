import GRDB
package import Rollouts

/// The event log of all rollouts, in one SQLite file.
///
/// It grows at its end only. An append returns when its entries are on the disk; those that wait at the same time
/// are written in one transaction. Each entry bears the hash of the one before it (see `Chain`), so that a changed
/// past is found by `verify()`. Reading goes on while somebody writes.
///
/// The newest entries stand in `<path>-wal` until SQLite moves them into the file itself: whoever copies the one
/// without the other loses acknowledged entries. `VACUUM INTO` makes a backup of both.
package final class EventJournal: Sendable {
    package let path: String
    /// Made once with the file. Routes bear it, so that two journals never fight unseen over one of them.
    package let identity: String
    let pool: DatabasePool
    private let queue = AppendQueue()
    /// None when opened for reading.
    private let lock: FileLock?

    init(_ pool: DatabasePool, identity: String, lock: FileLock?) {
        path = pool.path
        self.pool = pool
        self.identity = identity
        self.lock = lock
    }

    /// Records the entries, all or none, in this order. Durable when it returns.
    ///
    /// A cancelled task waits all the same: work may only start on what is known to be recorded. Calls of one actor
    /// are recorded in the order they were made. After a failed synchronization of the disk (`unwritable`) the
    /// journal has not got the entries now, but a crash could bring them back: SQLite had handed them over already.
    nonisolated(nonsending) package func append(_ entries: [Entry]) async throws(JournalError) {
        guard !entries.isEmpty else { return }
        _ = try await submit(entries, delivery: nil)
    }

    /// Records the entries and the delivery that caused them, both or neither. A repeated delivery records nothing.
    nonisolated(nonsending)
        package func append(
            _ entries: [Entry], delivery: Delivery
        ) async throws(JournalError) -> DeliveryOutcome
    {
        try await submit(entries, delivery: delivery)
    }

    nonisolated(nonsending)
        private func submit(
            _ entries: [Entry], delivery: Delivery?
        ) async throws(JournalError) -> DeliveryOutcome
    {
        var records: [Record] = []
        for entry in entries { records.append(try Record(entry)) }
        let (queue, path) = (queue, path)
        let result = await withCheckedContinuation { answer in
            let isFirst = queue.add(PendingAppend(records: records, delivery: delivery, answer: answer))
            guard isFirst else { return }
            pool.asyncWriteWithoutTransaction { db in queue.commitAll(in: db, at: path) }
        }
        return try result.get()
    }

    /// Waits for what is being written, then lets go of the file. Whatever is asked of it afterwards fails.
    package func close() throws(JournalError) {
        do { try pool.close() } catch { throw JournalError(error, at: path) }
        lock?.release()
    }
}

// MARK: - Transactions

extension EventJournal {
    /// By continuation and not by GRDB's own `async` doors, which undo a transaction when their task is cancelled.
    func write<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(JournalError) -> Value {
        let result = await withCheckedContinuation { answer in
            pool.asyncWriteWithoutTransaction { db in
                answer.resume(returning: Result { try db.immediately(body) })
            }
        }
        do { return try result.get() } catch { throw JournalError(error, at: path) }
    }

    func read<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(JournalError) -> Value {
        let result = await withCheckedContinuation { answer in
            pool.asyncRead { db in
                answer.resume(returning: db.flatMap { db in Result { try body(db) } })
            }
        }
        do { return try result.get() } catch { throw JournalError(error, at: path) }
    }
}

extension Database {
    fileprivate func immediately<Value>(_ body: (Database) throws -> Value) throws -> Value {
        var value: Value?
        try inTransaction(.immediate) {
            value = try body(self)
            return .commit
        }
        guard let value else { throw DatabaseError(resultCode: .SQLITE_ABORT) }
        return value
    }
}
