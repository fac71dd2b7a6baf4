import Foundation
import GRDB
import Rollouts
import Testing

@testable import Journal

@Suite struct TroubleTests {
    /// SQLite's own limit on the pages of a file is a full disk to it, and needs no rights to set.
    @Test func aFullDiskStopsTheAppendsAndLosesNothing() async throws {
        let scratch = try Scratch()
        let journal = try scratch.open()
        _ = try await journal.pragma("max_page_count = 1")
        let acknowledged = try await appendUntilFull(journal)
        #expect(try await journal.all() == acknowledged)
        #expect(try await journal.verify().flaw == nil)

        _ = try await journal.pragma("max_page_count = 100000")
        try await journal.append([entry("after", 1)])
        try journal.close()
        #expect(try await scratch.open().all() == acknowledged + [entry("after", 1)])
    }

    private func appendUntilFull(_ journal: EventJournal) async throws -> [Entry] {
        var acknowledged: [Entry] = []
        let padding = String(repeating: "x", count: 300)
        for batch in 0..<10_000 {
            let next = (1...3).map { entry("rollout-\(batch)", $0, .held(by: padding)) }
            do throws(JournalError) {
                try await journal.append(next)
            } catch {
                #expect(error.kind == .full)
                #expect(error.message.contains(journal.path))
                #expect(error.message.contains("make room"))
                return acknowledged
            }
            acknowledged += next
        }
        Issue.record("the disk never got full")
        return []
    }

    /// Everybody in the group hears of it, and each of them is either recorded as a whole or not at all.
    @Test func aFullDiskRefusesAWholeGroup() async throws {
        let scratch = try Scratch()
        let journal = try scratch.open()
        _ = try await journal.pragma("max_page_count = 1")
        let acknowledged = await withTaskGroup(of: Int.self) { group in
            for index in 0..<300 {
                group.addTask {
                    do throws(JournalError) {
                        try await journal.append(entries("rollout-\(index)", 5))
                        return 5
                    } catch {
                        return error.kind == .full ? 0 : .min
                    }
                }
            }
            return await group.reduce(0, +)
        }
        #expect((0..<1_500).contains(acknowledged))
        #expect(try await journal.all().count == acknowledged)
        #expect(try await journal.verify().flaw == nil)
    }

    @Test func aLockedFileIsAnErrorAndThenWorksAgain() async throws {
        let scratch = try Scratch()
        let journal = try scratch.open()
        let other = try scratch.otherProgram()
        try await other.writeWithoutTransaction { db in try db.execute(sql: "BEGIN EXCLUSIVE") }
        let error = try await failure { try await journal.append(entries("checkout", 2)) }
        #expect(error.kind == .locked)
        #expect(error.message.contains("fuser"))
        #expect(try await journal.all().isEmpty)
        try await other.writeWithoutTransaction { db in try db.execute(sql: "ROLLBACK") }
        try await journal.append(entries("checkout", 2))
        #expect(try await journal.all().count == 2)
    }

    /// A journal that was opened for reading may be a server's: it must not be written to.
    @Test func aJournalOpenedForReadingTakesNothing() async throws {
        let scratch = try Scratch()
        let journal = try scratch.open()
        try await journal.append(entries("checkout", 2))
        let reading = try EventJournal.openReading(at: scratch.path)
        let error = try await failure { try await reading.append([entry("checkout", 3)]) }
        #expect(error.kind == .unwritable)
        #expect(try await reading.verify().count == 2)
        #expect(reading.identity == journal.identity)
        try await journal.append([entry("checkout", 3)])
        #expect(try await reading.all().count == 3)
    }
}
