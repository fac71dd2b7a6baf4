import Analysis
import GRDB
import Rollouts

/// An entry as it is stored: what it says, in columns, before it has a number.
struct Record: Hashable, Sendable {
    let rollout: String
    let sequence: Int64
    let moment: Int64
    let who: String
    /// JSON with sorted keys.
    let event: String

    init(_ entry: Entry) throws(JournalError) {
        guard let sequence = Int64(exactly: entry.sequence) else {
            throw Self.unfit(entry, "its sequence is more than a journal can number")
        }
        guard ![entry.rollout.text, entry.who].contains(where: { $0.utf8.contains(0) }) else {
            throw Self.unfit(entry, "a name in it holds a zero byte, where SQLite would cut it off")
        }
        (rollout, self.sequence, who) = (entry.rollout.text, sequence, entry.who)
        moment = entry.moment.microseconds
        event = try EventCoding.text(of: entry)
    }

    /// Nil where a column holds what no journal writes.
    init?(_ row: Row) {
        guard let rollout = String.fromDatabaseValue(row["rollout"]),
            let sequence = Int64.fromDatabaseValue(row["sequence"]),
            let moment = Int64.fromDatabaseValue(row["moment"]),
            let who = String.fromDatabaseValue(row["who"]),
            let event = String.fromDatabaseValue(row["event"])
        else { return nil }
        (self.rollout, self.sequence, self.moment) = (rollout, sequence, moment)
        (self.who, self.event) = (who, event)
    }

    static func unfit(_ entry: Entry, _ why: String) -> JournalError {
        JournalError(.other, "\(entry.rollout) #\(entry.sequence) can't be recorded: \(why)")
    }
}

extension Record {
    /// Adds the record as the next entry. Refuses one that its rollout's log is past already: a second writer's.
    func insert(after head: inout Head, in db: Database) throws {
        let number = head.count + 1
        let next = Head(count: number, hash: Chain.hash(self, number: number, after: head.hash))
        let statement = try db.cachedStatement(sql: Self.insertion)
        try statement.execute(arguments: [
            number, rollout, sequence, moment, who, event, head.hash, next.hash, rollout, sequence,
        ])
        guard db.changesCount == 1 else { throw taken }
        head = next
    }

    private static let insertion = """
        INSERT INTO entry(number, rollout, sequence, moment, who, event, previous, hash)
        SELECT ?, ?, ?, ?, ?, ?, ?, ?
        WHERE NOT EXISTS (SELECT 1 FROM entry WHERE rollout = ? AND sequence >= ?)
        """

    private var taken: JournalError {
        JournalError(
            .conflict,
            "\(rollout) #\(sequence) was not recorded: the journal has that number or a later one already; "
                + "read the rollout again before you go on")
    }
}
