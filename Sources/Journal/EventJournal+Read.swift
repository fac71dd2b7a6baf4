package import Analysis
import GRDB
package import Rollouts

extension EventJournal {
    /// How many entries are in memory at once while the journal is replayed, twice over.
    private static let pageLength = 2_000

    /// Tells every entry, in the order they were recorded. The next page is read while this one is told.
    ///
    /// What can't be read is an error that names the row; nothing is skipped.
    nonisolated(nonsending)
        package func replay(
            _ body: (Entry) throws(JournalError) -> Void
        ) async throws(JournalError)
    {
        var page = try await page(after: .min)
        while let last = page.last {
            async let next = nextPage(after: last)
            for entry in page.entries { try body(entry) }
            page = try await next.get()
        }
    }

    /// A rollout's entries, oldest first, from behind `sequence` on.
    package func entries(
        of rollout: RolloutName, after sequence: Sequence? = nil, limit: Int
    ) async throws(JournalError) -> [Entry] {
        let after = sequence.map { Int64(clamping: $0) } ?? .min
        let rows = try await read { db in
            try StoredRow.fetch(
                db, "WHERE rollout = ? AND sequence > ? ORDER BY sequence LIMIT ?",
                [rollout.text, after, limit])
        }
        return try Self.entries(from: rows[...], in: path).get()
    }

    /// When the last entry was made; none in an empty journal.
    package func lastMoment() async throws(JournalError) -> Moment? {
        try await read { db in
            try Int64.fetchOne(db, sql: "SELECT moment FROM entry ORDER BY number DESC LIMIT 1")
        }.map { Moment(microseconds: $0) }
    }
}

// MARK: - Pages

extension EventJournal {
    private struct Page: Sendable {
        let entries: [Entry]
        let last: Int64?
    }

    /// A transaction per page: one that lasted as long as the replay would keep SQLite from clearing its `-wal`.
    /// Reading the JSON is most of the work, so two halves are read at once.
    private func page(after number: Int64) async throws(JournalError) -> Page {
        let rows = try await read { db in
            try StoredRow.fetch(db, "WHERE number > ? ORDER BY number LIMIT ?", [number, Self.pageLength])
        }
        async let late = Self.entries(from: rows[(rows.count / 2)...], in: path)
        let early = Self.entries(from: rows[..<(rows.count / 2)], in: path)
        return Page(entries: try await early.get() + late.get(), last: rows.last?.number)
    }

    /// As a value, because `async let` would forget the error's type.
    private func nextPage(after number: Int64) async -> Result<Page, JournalError> {
        do throws(JournalError) {
            return .success(try await page(after: number))
        } catch {
            return .failure(error)
        }
    }

    private static func entries(
        from rows: ArraySlice<StoredRow>, in path: String
    ) -> Result<[Entry], JournalError> {
        var entries: [Entry] = []
        entries.reserveCapacity(rows.count)
        do throws(JournalError) {
            for row in rows { entries.append(try row.entry(in: path)) }
            return .success(entries)
        } catch {
            return .failure(error)
        }
    }
}
