import Analysis
import Foundation
import GRDB
import Rollouts
import Testing

@testable import Journal

@Suite struct DurabilityTests {
    @Test func whatWasAppendedIsThereAfterReopening() async throws {
        let scratch = try Scratch()
        let first = try scratch.open()
        try await first.append(entries("checkout", 3))
        try first.close()
        let second = try scratch.open()
        #expect(try await second.all() == entries("checkout", 3))
        #expect(second.identity == first.identity)
        #expect(try await second.lastMoment() == noon + .seconds(3))
    }

    @Test func everyCommitIsSynchronizedInAWriteAheadLog() async throws {
        let scratch = try Scratch()
        let journal = try scratch.open()
        #expect(try await journal.pragma("synchronous") == 2)
        #expect(try Data(contentsOf: URL(filePath: scratch.path + "-wal")).isEmpty == false)
    }

    @Test func anEmptyJournalHasNoLastMoment() async throws {
        let scratch = try Scratch()
        #expect(try await scratch.open().lastMoment() == nil)
    }

    @Test func theEntriesOfOneRolloutAreReadInParts() async throws {
        let scratch = try Scratch()
        let journal = try scratch.open()
        try await journal.append(entries("checkout", 9) + entries("cart", 5))
        let part = try await journal.entries(of: RolloutName("checkout"), after: 4, limit: 3)
        #expect(part.map(\.sequence) == [5, 6, 7])
        #expect(try await journal.entries(of: RolloutName("cart"), limit: 100) == entries("cart", 5))
        #expect(try await journal.entries(of: RolloutName("cart"), after: .max, limit: 100).isEmpty)
    }

    @Test func aReplayOfSeveralPagesKeepsTheOrder() async throws {
        let scratch = try Scratch()
        let journal = try scratch.open()
        try await journal.append(entries("checkout", 4_500))
        #expect(try await journal.all().map(\.sequence) == Array(1...4_500))
    }

    /// The folding actor's own state is what the entries are folded into.
    @Test func anActorReplaysIntoItself() async throws {
        actor Folding {
            var count = 0
            func fold(_ journal: EventJournal) async throws -> Int {
                try await journal.replay { _ in count += 1 }
                return count
            }
        }
        let scratch = try Scratch()
        let journal = try scratch.open()
        try await journal.append(entries("checkout", 7))
        #expect(try await Folding().fold(journal) == 7)
    }

    /// An event that this version does not know must not be folded away.
    @Test func anUnknownEventStopsTheReplayAndNamesItsRow() async throws {
        let scratch = try Scratch()
        let journal = try scratch.open()
        try await journal.append(entries("checkout", 3))
        try scratch.tamper(#"UPDATE entry SET event = '{"teleported":{"to":"mars"}}' WHERE number = 2"#)
        let error = try await failure { _ = try await journal.all() }
        #expect(error.kind == .newer)
        #expect(error.message.contains("row 2 (checkout #2, "))
        #expect(error.message.contains("teleported"))
    }

    @Test func aDamagedEventStopsTheReplayAndNamesItsRow() async throws {
        let scratch = try Scratch()
        let journal = try scratch.open()
        try await journal.append(entries("checkout", 3))
        try scratch.tamper("UPDATE entry SET event = substr(event, 1, 7) WHERE number = 3")
        let error = try await failure { _ = try await journal.all() }
        #expect(error.kind == .corrupt)
        #expect(error.message.contains("row 3"))
    }

    @Test func aClosedJournalSaysSo() async throws {
        let scratch = try Scratch()
        let journal = try scratch.open()
        try journal.close()
        let error = try await failure { try await journal.append(entries("checkout", 1)) }
        #expect(error.message.contains("closed"))
    }
}
