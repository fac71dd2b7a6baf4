import Crypto
import Foundation
import GRDB

/// The hash of one entry, by which the next one is chained to it.
///
/// SHA-256 over these bytes, one after the other; numbers are 64 bits, most significant byte first, and a text is
/// the number of its UTF-8 bytes followed by the bytes, so that no two entries spell the same bytes:
///
///     hash of the entry before (32 bytes)
///     number · rollout (text) · sequence · moment in microseconds · who (text) · event (text, the JSON as stored)
///
/// The first entry is chained to the SHA-256 of the text `headgate journal ` and the journal's identity, so that no
/// entry can be moved into another journal.
///
/// A chain shows that something was changed, not who may: somebody who can write to the file can also chain it anew
/// from the change on. Against them, keep the last hash that `headgate journal verify` prints somewhere else.
enum Chain {
    static func origin(of identity: String) -> Data {
        Data(SHA256.hash(data: Data("headgate journal \(identity)".utf8)))
    }

    static func hash(_ record: Record, number: Int64, after previous: Data) -> Data {
        var bytes = [UInt8]()
        bytes.reserveCapacity(record.event.utf8.count + 256)
        bytes.append(contentsOf: previous)
        bytes.append(number)
        bytes.append(record.rollout)
        bytes.append(record.sequence)
        bytes.append(record.moment)
        bytes.append(record.who)
        bytes.append(record.event)
        return Data(SHA256.hash(data: bytes))
    }
}

extension [UInt8] {
    fileprivate mutating func append(_ number: Int64) {
        Swift.withUnsafeBytes(of: number.bigEndian) { append(contentsOf: $0) }
    }

    fileprivate mutating func append(_ text: String) {
        append(Int64(text.utf8.count))
        append(contentsOf: text.utf8)
    }
}

/// How many entries there are, and the hash of the last one.
struct Head: Hashable {
    var count: Int64
    var hash: Data

    static func begin(_ identity: String, in db: Database) throws {
        try db.execute(
            sql: "INSERT INTO head(id, identity, count, hash) VALUES (1, ?, 0, ?)",
            arguments: [identity, Chain.origin(of: identity)])
    }

    static func identity(in db: Database) throws -> String {
        guard let identity = try String.fetchOne(db, sql: "SELECT identity FROM head") else { throw lost }
        return identity
    }

    func save(in db: Database) throws {
        let statement = try db.cachedStatement(sql: "UPDATE head SET count = ?, hash = ?")
        try statement.execute(arguments: [count, hash])
    }

    fileprivate static let lost = DatabaseError(
        resultCode: .SQLITE_CORRUPT, message: "the row that says how the journal ends is gone")
}

extension Head {
    /// Read anew in every transaction: nothing about the chain is kept in memory, where a failed commit would have
    /// to be undone.
    init(in db: Database) throws {
        let statement = try db.cachedStatement(sql: "SELECT count, hash FROM head")
        guard let row = try Row.fetchOne(statement),
            let count = Int64.fromDatabaseValue(row[0]), let hash = Data.fromDatabaseValue(row[1])
        else { throw Self.lost }
        (self.count, self.hash) = (count, hash)
    }
}
