import Foundation
import GRDB
import Rollouts
import Testing

@testable import Journal

@Suite struct OpeningTests {
    private func refusal(_ scratch: Scratch) throws -> JournalError {
        try #require(#expect(throws: JournalError.self) { _ = try scratch.open() })
    }

    @Test func theFileAndItsNewFolderAreTheOwnersAlone() throws {
        let scratch = try Scratch()
        let path = scratch.folder.appending(path: "deep/down/journal.db").path
        let journal = try EventJournal.open(at: path)
        #expect(try permissions(path) == 0o600)
        #expect(try permissions(path + "-wal") == 0o600)
        #expect(try permissions(scratch.folder.appending(path: "deep").path) == 0o700)
        try journal.close()
    }

    private func permissions(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    @Test func aSecondWriterIsRefusedUntilTheFirstCloses() throws {
        let scratch = try Scratch()
        let first = try scratch.open()
        let error = try refusal(scratch)
        #expect(error.kind == .locked)
        #expect(error.message.contains("(process \(ProcessInfo.processInfo.processIdentifier))"))
        try first.close()
        try scratch.open().close()
    }

    @Test func twoJournalsHaveTwoIdentities() throws {
        let (one, other) = try (Scratch(), Scratch())
        #expect(try one.open().identity != other.open().identity)
    }

    @Test func aNewerSchemaIsRefused() throws {
        let scratch = try Scratch()
        try scratch.open().close()
        try scratch.tamper("INSERT INTO grdb_migrations VALUES ('999')")
        let error = try refusal(scratch)
        #expect(error.kind == .newer)
        #expect(error.message.contains("written by a newer headgate"))
        #expect(throws: error) { _ = try EventJournal.openReading(at: scratch.path) }
    }

    @Test func anOlderSchemaIsNotReadBeforeItsMigration() throws {
        let scratch = try Scratch()
        try scratch.open().close()
        try scratch.tamper("DELETE FROM grdb_migrations")
        let error = #expect(throws: JournalError.self) { _ = try EventJournal.openReading(at: scratch.path) }
        #expect(error?.kind == .older)
    }

    @Test(arguments: [10, 100, 5_000])
    func aFileOfSomethingElseIsRefusedAndLeftAlone(_ size: Int) throws {
        let scratch = try Scratch()
        let garbage = Data((0..<size).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 11) })
        try garbage.write(to: URL(filePath: scratch.path))
        #expect(try refusal(scratch).kind == .foreign)
        #expect(try Data(contentsOf: URL(filePath: scratch.path)) == garbage)
    }

    @Test func anotherProgramsDatabaseIsRefusedAndLeftAlone() throws {
        let scratch = try Scratch()
        try scratch.tamper("CREATE TABLE flowers(name TEXT)")
        let before = try Data(contentsOf: URL(filePath: scratch.path))
        #expect(try refusal(scratch).kind == .foreign)
        #expect(try Data(contentsOf: URL(filePath: scratch.path)) == before)
    }

    /// What a crash leaves between the making of the file and the first table.
    @Test func anEmptyFileBecomesAJournal() throws {
        let scratch = try Scratch()
        try Data().write(to: URL(filePath: scratch.path))
        try scratch.open().close()
    }

    @Test func aCrashBeforeTheFirstMigrationIsMadeGood() throws {
        let scratch = try Scratch()
        try scratch.tamper("CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY)")
        try scratch.open().close()
    }

    @Test func aPathThatCannotBeWrittenIsAnErrorThatNamesIt() throws {
        let scratch = try Scratch()
        try Data().write(to: scratch.folder.appending(path: "file"))
        let path = scratch.folder.appending(path: "file/journal.db").path
        let error = #expect(throws: JournalError.self) { _ = try EventJournal.open(at: path) }
        #expect(error?.kind == .unwritable)
        #expect(error?.message.contains(path) == true)
        #expect(throws: JournalError.self) { _ = try EventJournal.open(at: scratch.folder.path) }
    }

    @Test func readingWhereThereIsNoJournalMakesNone() throws {
        let scratch = try Scratch()
        let error = #expect(throws: JournalError.self) { _ = try EventJournal.openReading(at: scratch.path) }
        #expect(error?.kind == .missing)
        #expect(!FileManager.default.fileExists(atPath: scratch.path))
    }
}
