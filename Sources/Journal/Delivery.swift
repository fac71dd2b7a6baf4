package import Analysis
import Foundation
import GRDB

/// A webhook that was taken in, and what was answered: a repeat gets the same answer and does nothing.
package struct Delivery: Hashable, Sendable {
    /// Which hook took it in. An id is the sender's own, so it says something beside its hook only.
    package let hook: String
    package let id: String
    /// SHA-256 of the body: a second body under one id is no repeat.
    package let bodyHash: [UInt8]
    package let moment: Moment
    package let answer: String

    package init(hook: String, id: String, bodyHash: [UInt8], moment: Moment, answer: String) {
        self.hook = hook
        self.id = id
        self.bodyHash = bodyHash
        self.moment = moment
        self.answer = answer
    }
}

package enum DeliveryOutcome: Hashable, Sendable {
    case new
    /// The id was taken in before. Nothing was recorded; compare `bodyHash` before you give the answer.
    case repeated(Delivery)
}

extension Delivery {
    func earlier(in db: Database) throws -> Delivery? {
        try Delivery.find(hook: hook, id: id, in: db)
    }

    static func find(hook: String, id: String, in db: Database) throws -> Delivery? {
        let statement = try db.cachedStatement(
            sql: "SELECT body_hash, moment, answer FROM delivery WHERE hook = ? AND id = ?")
        return try Row.fetchOne(statement, arguments: [hook, id]).map { row in
            Delivery(
                hook: hook, id: id, bodyHash: [UInt8](row["body_hash"] as Data),
                moment: Moment(microseconds: row["moment"]), answer: row["answer"])
        }
    }

    func insert(in db: Database) throws {
        let statement = try db.cachedStatement(
            sql: "INSERT INTO delivery(hook, id, body_hash, moment, answer) VALUES (?, ?, ?, ?, ?)")
        try statement.execute(arguments: [hook, id, Data(bodyHash), moment.microseconds, answer])
    }
}

extension EventJournal {
    package func delivery(hook: String, id: String) async throws(JournalError) -> Delivery? {
        try await read { db in try Delivery.find(hook: hook, id: id, in: db) }
    }

    /// For a delivery that caused no entries; with entries, `append(_:delivery:)` records both or neither.
    nonisolated(nonsending)
        package func recordDelivery(_ delivery: Delivery) async throws(JournalError) -> DeliveryOutcome
    {
        try await append([], delivery: delivery)
    }

    /// Forgets what was taken in before the moment, and says how many those were.
    @discardableResult
    package func pruneDeliveries(before moment: Moment) async throws(JournalError) -> Int {
        try await write { db in
            try db.execute(sql: "DELETE FROM delivery WHERE moment < ?", arguments: [moment.microseconds])
            return db.changesCount
        }
    }
}
