import Analysis
import Journal
import Rollouts

/// A disk with a journal on it.
///
/// `@unchecked Sendable` is right: like all of the world it is touched only by the thread of its executor.
final class Disk: @unchecked Sendable {
    let identity: String
    private(set) var entries: [Entry]
    /// Handed to the disk by an append that failed: a crash brings them back, or it does not.
    private var doubtful: [Entry] = []
    private var deliveries: [Delivery] = []
    var isFull = false

    init(identity: String, entries: [Entry] = []) {
        self.identity = identity
        self.entries = entries
    }

    /// As a backup would have it: the same journal, at an earlier time.
    func copy(of count: Int) -> Disk {
        Disk(identity: identity, entries: Array(entries.prefix(count)))
    }

    func commit(_ new: [Entry]) throws(JournalError) {
        if isFull { throw JournalError(.full, "no space is left on the simulated disk") }
        doubtful = []
        for entry in new {
            let last = entries.last { $0.rollout == entry.rollout }?.sequence ?? 0
            guard last < entry.sequence else {
                throw JournalError(
                    .conflict, "\(entry.rollout) #\(entry.sequence) is taken: the log is at #\(last)")
            }
        }
        entries += new
    }

    /// The disk did not say that it has them, and perhaps it has.
    func leaveInDoubt(_ new: [Entry]) { doubtful = new }

    /// What the next process finds. All of an append is there, or nothing: a torn write fails its checksum.
    func reopen(keepingDoubtful: Bool) -> [Entry] {
        let found = keepingDoubtful ? doubtful : []
        entries += found
        doubtful = []
        return found
    }
}
