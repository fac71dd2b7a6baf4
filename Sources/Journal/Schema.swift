import Foundation
import GRDB

/// The tables, and how a file of an older headgate becomes one of this headgate.
///
/// A migration that was released is never edited. An event that gets a new meaning, or a new field that an older
/// headgate would silently drop, needs a migration as well, even an empty one: it is what makes the older one
/// refuse the file.
enum Schema {
    /// `Hdgt`, at byte 68 of the file, where `file(1)` looks.
    static let applicationID = 0x4864_6774

    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { db in
            try db.execute(sql: tables)
            try db.execute(sql: "PRAGMA application_id = \(applicationID)")
            let identity = UUID().uuidString.lowercased()
            try Head.begin(identity, in: db)
        }
        // Blue-green, tests, bake, gates, freezes and the queue: an older headgate would drop what they mean. What
        // it has written is read as it is.
        migrator.registerMigration("2") { _ in }
        return migrator
    }

    /// `head.count` and `head.hash` change in the transaction that adds the entries, so that a cut end is seen.
    private static let tables = """
        CREATE TABLE head(
            id INTEGER PRIMARY KEY CHECK (id = 1),
            identity TEXT NOT NULL,
            count INTEGER NOT NULL,
            hash BLOB NOT NULL
        ) STRICT;

        CREATE TABLE entry(
            number INTEGER PRIMARY KEY,
            rollout TEXT NOT NULL,
            sequence INTEGER NOT NULL,
            moment INTEGER NOT NULL,
            who TEXT NOT NULL,
            event TEXT NOT NULL,
            previous BLOB NOT NULL,
            hash BLOB NOT NULL,
            UNIQUE (rollout, sequence)
        ) STRICT;

        CREATE TABLE delivery(
            hook TEXT NOT NULL,
            id TEXT NOT NULL,
            body_hash BLOB NOT NULL,
            moment INTEGER NOT NULL,
            answer TEXT NOT NULL,
            PRIMARY KEY (hook, id)
        ) STRICT, WITHOUT ROWID;

        CREATE INDEX delivery_by_moment ON delivery(moment);

        CREATE TABLE token(
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            role TEXT NOT NULL,
            hash BLOB NOT NULL UNIQUE,
            created_at INTEGER NOT NULL,
            created_by TEXT NOT NULL
        ) STRICT;
        """

    /// The application id and the tables come in one transaction: a file has both or neither. Only the migrator's
    /// own table may be there before.
    static func contents(_ db: Database) throws -> JournalFile.Contents {
        let id = try Int.fetchOne(db, sql: "PRAGMA application_id")
        if id == applicationID { return .journal }
        let tables = "SELECT count(*) FROM sqlite_master WHERE tbl_name <> 'grdb_migrations'"
        if id == 0, try Int.fetchOne(db, sql: tables) == 0 { return .blank }
        throw DatabaseError(resultCode: .SQLITE_NOTADB, message: "another program's database")
    }
}
