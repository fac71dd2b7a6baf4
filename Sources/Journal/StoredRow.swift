import Analysis
import GRDB
import Rollouts

/// A row of the table of entries, as far as it could be made out.
struct StoredRow: Sendable {
    let number: Int64
    /// None where a column holds what no journal writes.
    let record: Record?

    static func fetch(_ db: Database, _ clause: String, _ arguments: StatementArguments) throws -> [StoredRow]
    {
        let statement = try db.cachedStatement(
            sql: "SELECT number, rollout, sequence, moment, who, event FROM entry \(clause)")
        let cursor = try Row.fetchCursor(statement, arguments: arguments)
        var rows: [StoredRow] = []
        while let row = try cursor.next() { rows.append(StoredRow(row)) }
        return rows
    }

    init(_ row: Row) {
        number = row["number"]
        record = Record(row)
    }

    func entry(in path: String) throws(JournalError) -> Entry {
        guard let record, let sequence = UInt64(exactly: record.sequence) else {
            throw JournalError(
                .corrupt, "\(path): row \(number): not what a journal holds; see `headgate journal verify`")
        }
        do {
            return Entry(
                rollout: RolloutName(record.rollout), sequence: sequence,
                moment: Moment(microseconds: record.moment), who: record.who,
                event: try EventCoding.event(from: record.event))
        } catch {
            throw unreadable(record, in: path)
        }
    }

    private func unreadable(_ record: Record, in path: String) -> JournalError {
        let row =
            "\(path): row \(number) (\(record.rollout) #\(record.sequence), \(Moment(microseconds: record.moment)))"
        guard EventCoding.isJSON(record.event) else {
            return JournalError(.corrupt, "\(row): the event is damaged; see `headgate journal verify`")
        }
        return JournalError(
            .newer,
            "\(row): an event that this version does not know; run the headgate that wrote it: "
                + record.event.prefix(120))
    }
}
