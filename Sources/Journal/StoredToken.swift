package import Analysis
import Foundation
import GRDB

/// A token of the HTTP interface as the journal keeps it: its hash, never itself.
package struct StoredToken: Hashable, Sendable {
    package let name: String
    package let role: String
    /// SHA-256 of the token.
    package let hash: [UInt8]
    package let createdAt: Moment
    package let createdBy: String

    package init(name: String, role: String, hash: [UInt8], createdAt: Moment, createdBy: String) {
        self.name = name
        self.role = role
        self.hash = hash
        self.createdAt = createdAt
        self.createdBy = createdBy
    }
}

extension EventJournal {
    package func addToken(_ token: StoredToken) async throws(JournalError) {
        let isNew = try await write { db in
            try db.execute(
                sql: """
                    INSERT INTO token(name, role, hash, created_at, created_by) VALUES (?, ?, ?, ?, ?)
                    ON CONFLICT DO NOTHING
                    """,
                arguments: [
                    token.name, token.role, Data(token.hash), token.createdAt.microseconds, token.createdBy,
                ])
            return db.changesCount == 1
        }
        guard isNew else { throw Self.taken(token.name) }
    }

    /// All tokens, oldest first.
    package func tokens() async throws(JournalError) -> [StoredToken] {
        try await read { db in
            try Row.fetchAll(db, sql: "SELECT * FROM token ORDER BY id").map { row in
                StoredToken(
                    name: row["name"], role: row["role"], hash: [UInt8](row["hash"] as Data),
                    createdAt: Moment(microseconds: row["created_at"]), createdBy: row["created_by"])
            }
        }
    }

    /// Whether there was one of that name.
    package func revokeToken(_ name: String) async throws(JournalError) -> Bool {
        try await write { db in
            try db.execute(sql: "DELETE FROM token WHERE name = ?", arguments: [name])
            return db.changesCount == 1
        }
    }

    private static func taken(_ name: String) -> JournalError {
        JournalError(
            .conflict, "there is a token \"\(name)\" or its secret already; choose another one")
    }
}
