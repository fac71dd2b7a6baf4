import Foundation
import GRDB
import Rollouts
import Testing

@testable import Journal

/// A killed process leaves the file as of the last checkpoint and a `-wal` up to its last write. With checkpoints
/// off the file stands still, and a copy of it and of what the `-wal` holds by now is exactly that.
@Suite struct CrashTests {
    private func crash(_ from: Scratch, into folder: Scratch, walBytes: Int? = nil) throws {
        try FileManager.default.copyItem(atPath: from.path, toPath: folder.path)
        let wal = try Data(contentsOf: URL(filePath: from.path + "-wal"))
        try wal.prefix(walBytes ?? wal.count).write(to: URL(filePath: folder.path + "-wal"))
    }

    @Test func whatWasAcknowledgedBeforeACrashIsThereAfterIt() async throws {
        let scratch = try Scratch()
        let journal = try scratch.open()
        _ = try await journal.pragma("wal_autocheckpoint = 0")
        let writing = Task {
            for index in 0..<4 { try await journal.append(entries("seed-\(index)", 1)) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in 0..<4 {
                    group.addTask {
                        for number in 1...150 as ClosedRange<UInt64> {
                            try await journal.append([entry("rollout-\(writer)", number)])
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
        for _ in 0..<8 {
            let acknowledged = try await journal.all()
            let after = try Scratch()
            try crash(scratch, into: after)
            let recovered = try after.open()
            let all = try await recovered.all()
            #expect(Array(all.prefix(acknowledged.count)) == acknowledged)
            #expect(try await recovered.verify().flaw == nil)
            try recovered.close()
        }
        try await writing.value
    }

    /// Batches of three: whatever the cut, a whole number of them is there, and the journal takes the next.
    @Test func aTornTailLosesWholeTransactionsOnly() async throws {
        let scratch = try Scratch()
        let journal = try scratch.open()
        _ = try await journal.pragma("wal_autocheckpoint = 0")
        for batch in 0..<6 { try await journal.append(entries("rollout-\(batch)", 3)) }
        let size = try Data(contentsOf: URL(filePath: scratch.path + "-wal")).count
        for bytes in stride(from: 0, through: size, by: max(size / 60, 1) | 1) {
            let after = try Scratch()
            try crash(scratch, into: after, walBytes: bytes)
            try await expectWholeBatches(after, like: journal)
        }
    }

    private func expectWholeBatches(_ scratch: Scratch, like journal: EventJournal) async throws {
        let recovered = try scratch.open()
        let all = try await recovered.all()
        #expect(all.count.isMultiple(of: 3))
        #expect(try await Array(journal.all().prefix(all.count)) == all)
        #expect(recovered.identity == journal.identity)
        try await recovered.append(entries("after", 2))
        #expect(try await recovered.verify().flaw == nil)
        try recovered.close()
    }

    /// A server that was killed leaves a `-wal` behind, and `verify` must not need the server for it.
    @Test func aCrashedJournalCanBeReadWithoutBeingOpenedForWriting() async throws {
        let (scratch, after) = try (Scratch(), Scratch())
        let journal = try scratch.open()
        try await journal.append(entries("checkout", 3))
        try crash(scratch, into: after)
        #expect(try await EventJournal.openReading(at: after.path).verify().count == 3)
    }
}
