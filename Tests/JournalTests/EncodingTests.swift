import Rollouts
import Testing

@testable import Journal

@Suite struct EncodingTests {
    @Test func everyKindOfEventIsAmongTheSamples() {
        #expect(Set(Events.all.map(Events.kind)) == Set(0..<Events.kindCount))
    }

    @Test func everyEventComesBackAsItWasRecorded() async throws {
        let scratch = try Scratch()
        let journal = try scratch.open()
        let recorded = Events.all.enumerated().map { entry("checkout", UInt64($0 + 1), $1) }
        try await journal.append(recorded)
        #expect(try await journal.all() == recorded)
    }

    @Test func equalEventsAreEqualText() throws {
        for event in Events.all {
            let (one, other) = try (Record(entry("a", 1, event)), Record(entry("b", 2, event)))
            #expect(one.event == other.event)
        }
    }

    /// The text is what the hash is made of and what older journals hold: it may not change unseen.
    @Test func theTextOfAnEventIsPlainJSONWithSortedKeys() throws {
        let record = try Record(entry("a", 1, .started(release: Events.release, others: nil, cause: .retry)))
        #expect(
            record.event == #"""
                {"started":{"cause":"retry","release":{"name":"shop/checkout:v1.2+\"odd\"","place":"b"}}}
                """#)
    }

    @Test func aSequenceThatNoJournalCanNumberIsRefused() throws {
        #expect(throws: JournalError.self) { try Record(entry("a", .max)) }
    }

    /// SQLite's binding would cut the name off there, and the chain would not hold.
    @Test func aZeroByteInANameIsRefused() throws {
        #expect(throws: JournalError.self) { try Record(entry("a\u{0}b", 1)) }
    }
}
