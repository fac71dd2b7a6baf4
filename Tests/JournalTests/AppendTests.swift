import Foundation
import GRDB
import Rollouts
import Testing

@testable import Journal

@Suite struct AppendTests {
    /// While one transaction holds the writer, everybody else's appends gather and are written in the next one.
    @Test func appendsThatWaitTogetherAreOneTransaction() async throws {
        let scratch = try Scratch()
        let journal = try scratch.open()
        let commits = CommitCounter()
        try await journal.pool.writeWithoutTransaction { db in db.add(transactionObserver: commits) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<200 {
                group.addTask { try await journal.append(entries("rollout-\(index)", 2)) }
            }
            try await group.waitForAll()
        }
        #expect(try await journal.all().count == 400)
        #expect(try await journal.verify().flaw == nil)
        let count = try await journal.pool.read { _ in commits.count }
        #expect((1..<200).contains(count), "\(count) transactions")
    }

    @Test func theEntriesOfOneCallStayTogetherAndInOrder() async throws {
        let scratch = try Scratch()
        let journal = try scratch.open()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<50 {
                group.addTask { try await journal.append(entries("rollout-\(index)", 4)) }
            }
            try await group.waitForAll()
        }
        let all = try await journal.all()
        for start in stride(from: 0, to: all.count, by: 4) {
            #expect(Array(all[start..<start + 4]) == entries(all[start].rollout.text, 4))
        }
    }

    /// Two calls of one actor, neither waiting for the other.
    @Test func anActorsCallsAreRecordedInTheOrderTheyWereMade() async throws {
        actor Caller {
            func appendAll(to journal: EventJournal) async throws {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for number in 1...100 as ClosedRange<UInt64> {
                        group.addTask { try await self.append(entry("checkout", number), to: journal) }
                        await Task.yield()
                    }
                    try await group.waitForAll()
                }
            }

            private var turns: [UInt64] = []
            func append(_ entry: Entry, to journal: EventJournal) async throws {
                let turn = UInt64(turns.count + 1)
                turns.append(turn)
                try await journal.append([
                    Entry(
                        rollout: entry.rollout, sequence: turn, moment: entry.moment, who: entry.who,
                        event: entry.event)
                ])
            }
        }
        let scratch = try Scratch()
        let journal = try scratch.open()
        try await Caller().appendAll(to: journal)
        #expect(try await journal.all().map(\.sequence) == Array(1...100))
    }

    @Test func aNumberThatIsTakenIsRefusedWithItsWholeCall() async throws {
        let scratch = try Scratch()
        let journal = try scratch.open()
        try await journal.append(entries("checkout", 3))
        let error = try await failure {
            try await journal.append([entry("cart", 1), entry("checkout", 3), entry("checkout", 4)])
        }
        #expect(error.kind == .conflict)
        #expect(error.message.contains("checkout #3"))
        #expect(try await journal.all() == entries("checkout", 3))
    }

    /// The numbers may jump: a fence that was raised makes them.
    @Test func aRolloutsNumbersOnlyGrow() async throws {
        let scratch = try Scratch()
        let journal = try scratch.open()
        try await journal.append([entry("checkout", 1), entry("checkout", 900)])
        #expect(try await failure { try await journal.append([entry("checkout", 7)]) }.kind == .conflict)
        try await journal.append([entry("checkout", 901)])
    }

    @Test func oneRefusedCallLeavesItsGroupAlone() async throws {
        let scratch = try Scratch()
        let journal = try scratch.open()
        let refused = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<2 {
                for index in 0..<50 {
                    group.addTask {
                        do throws(JournalError) {
                            try await journal.append(entries("rollout-\(index)", 2))
                            return false
                        } catch {
                            return error.kind == .conflict
                        }
                    }
                }
            }
            return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(refused == 50)
        #expect(try await journal.all().count == 100)
        #expect(try await journal.verify().flaw == nil)
    }

    /// Work may only start on what is known to be recorded, so a cancelled caller is still told.
    @Test func aCancelledTaskStillLearnsThatItsEntriesAreRecorded() async throws {
        let scratch = try Scratch()
        let journal = try scratch.open()
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await journal.append(entries("checkout", 2))
        }
        try await task.value
        #expect(try await journal.all().count == 2)
    }

    @Test func nothingIsAlwaysRecorded() async throws {
        let scratch = try Scratch()
        let journal = try scratch.open()
        try await journal.append([])
        #expect(try await journal.verify().count == 0)
    }
}

/// Touched on the writer's queue only, and read when nothing is being written.
private final class CommitCounter: TransactionObserver, @unchecked Sendable {
    private(set) var count = 0

    func observes(eventsOfKind eventKind: DatabaseEventKind) -> Bool { true }
    func databaseDidChange(with event: DatabaseEvent) {}
    func databaseDidCommit(_ db: Database) { count += 1 }
    func databaseDidRollback(_ db: Database) {}
}
