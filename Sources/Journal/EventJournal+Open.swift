import GRDB

extension EventJournal {
    /// Opens the journal for writing, and makes it where there is none. One process at a time may.
    ///
    /// - Parameter busyTimeout: how long an append waits for another program's transaction before it fails.
    package static func open(
        at path: String, busyTimeout: Duration = .seconds(2)
    ) throws(JournalError) -> EventJournal {
        let file = JournalFile(path: path, busyTimeout: busyTimeout)
        try file.create()
        let contents = try file.contents()
        let lock = try FileLock(beside: path)
        do {
            let pool = try DatabasePool(
                path: path, configuration: configuration(file, isReadOnly: false))
            try pool.read { db in try refuseNewer(db, path) }
            try prepare(pool, from: contents)
            return EventJournal(pool, identity: try pool.read(Head.identity), lock: lock)
        } catch {
            throw JournalError(error, at: path)
        }
    }

    /// Opens it for reading, also while a server writes to it.
    package static func openReading(
        at path: String, busyTimeout: Duration = .seconds(2)
    ) throws(JournalError) -> EventJournal {
        let file = JournalFile(path: path, busyTimeout: busyTimeout)
        guard file.exists, case .journal = try file.contents() else { throw missing(path) }
        do {
            let pool = try DatabasePool(
                path: path, configuration: configuration(file, isReadOnly: true))
            try pool.read { db in try refuseNewer(db, path) }
            try pool.read { db in try refuseOlder(db, path) }
            return EventJournal(pool, identity: try pool.read(Head.identity), lock: nil)
        } catch {
            throw JournalError(error, at: path)
        }
    }

    private static func configuration(_ file: JournalFile, isReadOnly: Bool) -> Configuration {
        var configuration = Configuration()
        configuration.label = "headgate.journal"
        configuration.readonly = isReadOnly
        configuration.busyMode = .timeout(file.busyTimeout / .seconds(1))
        return configuration
    }

    /// GRDB sets `synchronous = NORMAL` when it opens a pool, which loses the last commits with the power: FULL has
    /// to be set after it. A new journal is moved into its file at once, so that its identity outlives a lost
    /// `-wal`.
    private static func prepare(_ pool: DatabasePool, from contents: JournalFile.Contents) throws {
        try pool.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA synchronous = FULL; PRAGMA fullfsync = ON")
        }
        try Schema.migrator.migrate(pool)
        guard case .blank = contents else { return }
        try pool.writeWithoutTransaction { db in _ = try db.checkpoint(.passive) }
    }

    private static func refuseNewer(_ db: Database, _ path: String) throws {
        guard try Schema.migrator.hasBeenSuperseded(db) else { return }
        throw JournalError(
            .newer, "\(path): written by a newer headgate; run that version, or start with another journal")
    }

    private static func refuseOlder(_ db: Database, _ path: String) throws {
        guard try !Schema.migrator.hasCompletedMigrations(db) else { return }
        throw JournalError(
            .older,
            "\(path): written by an older headgate; start this version's server on it once")
    }

    private static func missing(_ path: String) -> JournalError {
        JournalError(.missing, "\(path): there is no journal here; name the file that the server writes")
    }
}
