import Analysis
import Foundation
import GRDB

/// Walks along the chain, row by row, up to the first flaw.
struct Verifier {
    private(set) var count: Int64 = 0
    private(set) var hash: Data
    private(set) var flaw: Verification.Flaw?
    private var last: ChainedRow?

    init(origin: Data) {
        hash = origin
    }

    var verification: Verification {
        Verification(count: Int(count), head: [UInt8](hash), flaw: flaw)
    }

    mutating func walk(_ rows: [ChainedRow], until head: Head) {
        for row in rows where flaw == nil { step(to: row, until: head) }
    }

    /// Compares the end of the rows with the end that the journal remembers.
    mutating func finish(at head: Head) {
        guard flaw == nil else { return }
        if count < head.count {
            flaw = Verification.Flaw(
                kind: .cut(Int(head.count - count)), number: count + 1, rollout: nil, moment: nil)
        } else if hash != head.hash {
            flaw = last.map { $0.flaw(.replaced) } ?? ChainedRow.none.flaw(.changed)
        }
    }

    private mutating func step(to row: ChainedRow, until head: Head) {
        flaw = flawOf(row, until: head)
        guard flaw == nil else { return }
        (count, hash, last) = (count + 1, row.hash, row)
    }

    private func flawOf(_ row: ChainedRow, until head: Head) -> Verification.Flaw? {
        if row.number <= count || row.number > head.count { return row.flaw(.inserted) }
        if row.number > count + 1 { return row.flaw(.missing(Int(row.number - count - 1))) }
        if row.hash != row.computed { return row.flaw(.changed) }
        guard row.previous != hash else { return nil }
        return (last ?? row).flaw(.replaced)
    }
}

/// A row with its links.
struct ChainedRow: Sendable {
    let number: Int64
    let record: Record?
    let previous: Data
    let hash: Data

    /// Stands for the end of an empty journal.
    static let none = ChainedRow(number: 0, record: nil, previous: Data(), hash: Data())

    private init(number: Int64, record: Record?, previous: Data, hash: Data) {
        (self.number, self.record, self.previous, self.hash) = (number, record, previous, hash)
    }

    init(_ row: Row) {
        self.init(
            number: row["number"], record: Record(row),
            previous: Data.fromDatabaseValue(row["previous"]) ?? Data(),
            hash: Data.fromDatabaseValue(row["hash"]) ?? Data())
    }

    var computed: Data? {
        record.map { Chain.hash($0, number: number, after: previous) }
    }

    func flaw(_ kind: Verification.Flaw.Kind) -> Verification.Flaw {
        Verification.Flaw(
            kind: kind, number: number, rollout: record?.rollout,
            moment: record.map { Moment(microseconds: $0.moment) })
    }
}

extension EventJournal {
    private static let verifiedAtOnce = 2_000

    /// Recomputes the whole chain, with a bounded number of rows in memory. Works on a journal that is written to.
    package func verify() async throws(JournalError) -> Verification {
        var verifier = Verifier(origin: Chain.origin(of: identity))
        var after = Int64.min
        while true {
            let (rows, head) = try await chainedRows(after: after)
            guard let last = rows.last, verifier.flaw == nil else {
                verifier.finish(at: head)
                return verifier.verification
            }
            verifier.walk(rows, until: head)
            after = last.number
        }
    }

    /// In one transaction with the end, which moves on while we walk.
    private func chainedRows(after number: Int64) async throws(JournalError) -> ([ChainedRow], Head) {
        try await read { db in
            let cursor = try Row.fetchCursor(
                db, sql: "SELECT * FROM entry WHERE number > ? ORDER BY number LIMIT ?",
                arguments: [number, Self.verifiedAtOnce])
            var rows: [ChainedRow] = []
            while let row = try cursor.next() { rows.append(ChainedRow(row)) }
            return (rows, try Head(in: db))
        }
    }
}
