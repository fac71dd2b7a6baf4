import Foundation
import GRDB
import Rollouts
import Testing

@testable import Journal

/// Somebody changes the past with SQLite's own tools. Five entries, then one change, then `verify`.
@Suite struct TamperTests {
    private func verification(after sql: String) async throws -> Verification {
        let scratch = try Scratch()
        let journal = try scratch.open()
        try await journal.append(entries("checkout", 5))
        try scratch.tamper(sql)
        return try await journal.verify()
    }

    private func flaw(after sql: String) async throws -> Verification.Flaw {
        try #require(await verification(after: sql).flaw)
    }

    @Test func anUntouchedJournalHasNoFlaw() async throws {
        let verification = try await verification(after: "SELECT 1")
        #expect(verification.flaw == nil)
        #expect(verification.count == 5)
        #expect(verification.description.hasPrefix("5 entries, nothing changed; last hash "))
    }

    @Test func anEmptyJournalHasNoFlaw() async throws {
        let scratch = try Scratch()
        #expect(try await scratch.open().verify().flaw == nil)
    }

    @Test(arguments: [
        "rollout = 'cart'", "sequence = 9", "moment = moment + 1", "who = 'token:mallory'",
        "event = '{\"stepEntered\":{\"step\":8}}'", "event = event || ' '",
        "previous = zeroblob(32)", "hash = zeroblob(32)", "hash = x''",
    ])
    func aChangedColumnIsFound(_ change: String) async throws {
        let flaw = try await flaw(after: "UPDATE entry SET \(change) WHERE number = 3")
        #expect(flaw.kind == .changed)
        #expect(flaw.number == 3)
    }

    @Test func theReportSaysWhichRowAndWhen() async throws {
        let flaw = try await flaw(after: "UPDATE entry SET who = 'git' WHERE number = 3")
        #expect(
            flaw.description == "row 3 (checkout, 2025-11-22T12:00:03.000Z): changed since it was recorded")
    }

    @Test func aMissingRowIsFound() async throws {
        let flaw = try await flaw(after: "DELETE FROM entry WHERE number IN (2, 3)")
        #expect(flaw.kind == .missing(2))
        #expect(flaw.number == 4)
    }

    @Test func aMissingRowWhoseGapWasClosedIsFound() async throws {
        let flaw = try await flaw(
            after: "DELETE FROM entry WHERE number = 2; UPDATE entry SET number = number - 1 WHERE number > 2"
        )
        #expect(flaw.kind == .changed)
        #expect(flaw.number == 2)
    }

    @Test func theFirstRowsAreNotForgotten() async throws {
        #expect(try await flaw(after: "DELETE FROM entry WHERE number = 1").kind == .missing(1))
    }

    @Test func aCutEndIsFound() async throws {
        let flaw = try await flaw(after: "DELETE FROM entry WHERE number > 3")
        #expect(flaw.kind == .cut(2))
        #expect(flaw.number == 4)
    }

    @Test func anEmptiedJournalIsFound() async throws {
        #expect(try await flaw(after: "DELETE FROM entry").kind == .cut(5))
    }

    @Test(arguments: [-7, 0, 6])
    func aRowThatWasPutInIsFound(_ number: Int) async throws {
        let flaw = try await flaw(
            after: """
                INSERT INTO entry SELECT \(number), 'cart', sequence, moment, who, event, previous, hash
                FROM entry WHERE number = 5
                """)
        #expect(flaw.kind == .inserted)
        #expect(flaw.number == Int64(number))
    }

    @Test func twoRowsThatChangedPlacesAreFound() async throws {
        let flaw = try await flaw(
            after: """
                UPDATE entry SET number = -1 WHERE number = 2; UPDATE entry SET number = 2 WHERE number = 3;
                UPDATE entry SET number = 3 WHERE number = -1
                """)
        #expect(flaw.kind == .changed)
        #expect(flaw.number == 2)
    }

    /// Whoever changes a row and works out its hash anew has still to chain everything behind it again.
    @Test(arguments: [3, 5])
    func aForgedRowIsFoundByWhatFollows(_ number: Int64) async throws {
        let scratch = try Scratch()
        let journal = try scratch.open()
        try await journal.append(entries("checkout", 5))
        let forged = try Record(entry("checkout", UInt64(number), .resumed(by: "token:mallory")))
        try await journal.pool.write { db in
            let previous = try #require(
                try Data.fetchOne(db, sql: "SELECT previous FROM entry WHERE number = ?", arguments: [number])
            )
            try db.execute(
                sql: "UPDATE entry SET event = ?, hash = ? WHERE number = ?",
                arguments: [forged.event, Chain.hash(forged, number: number, after: previous), number])
        }
        let flaw = try #require(await journal.verify().flaw)
        #expect(flaw.kind == .replaced)
        #expect(flaw.number == number)
    }

    @Test func aForgottenEndIsAnError() async throws {
        let error = try await failure { _ = try await verification(after: "DELETE FROM head") }
        #expect(error.kind == .corrupt)
    }

    @Test func aChangedIdentityIsFound() async throws {
        let scratch = try Scratch()
        let journal = try scratch.open()
        try await journal.append(entries("checkout", 2))
        try journal.close()
        try scratch.tamper("UPDATE head SET identity = 'another'")
        #expect(try await scratch.open().verify().flaw?.number == 1)
    }

    @Test func verifyingGoesOnWhileSomebodyWrites() async throws {
        let scratch = try Scratch()
        let journal = try scratch.open()
        try await journal.append(entries("checkout", 5_000))
        async let writing: Void = {
            for index in 0..<50 { try await journal.append(entries("rollout-\(index)", 20)) }
        }()
        for _ in 0..<5 { #expect(try await journal.verify().flaw == nil) }
        try await writing
        #expect(try await journal.verify().count == 6_000)
    }
}
