import Analysis
import Rollouts
import Testing

@testable import Journal

@Suite struct DeliveryTests {
    private func delivery(_ id: String, answer: String = "202", at moment: Moment = noon) -> Delivery {
        Delivery(hook: "ci", id: id, bodyHash: [1, 2, 3], moment: moment, answer: answer)
    }

    @Test func aRepeatGetsTheFirstAnswerAlsoAfterARestart() async throws {
        let scratch = try Scratch()
        let first = try scratch.open()
        #expect(try await first.recordDelivery(delivery("7", answer: "202 started")) == .new)
        try first.close()
        let second = try scratch.open()
        let outcome = try await second.recordDelivery(delivery("7", answer: "another"))
        #expect(outcome == .repeated(delivery("7", answer: "202 started")))
        #expect(try await second.delivery(hook: "ci", id: "7")?.answer == "202 started")
        #expect(try await second.delivery(hook: "git", id: "7") == nil)
    }

    @Test func aRepeatRecordsNoEntries() async throws {
        let scratch = try Scratch()
        let journal = try scratch.open()
        #expect(try await journal.append(entries("checkout", 2), delivery: delivery("7")) == .new)
        let outcome = try await journal.append([entry("checkout", 3)], delivery: delivery("7"))
        #expect(outcome == .repeated(delivery("7")))
        #expect(try await journal.all() == entries("checkout", 2))
    }

    @Test func aDeliveryWhoseEntriesAreRefusedIsNotRecorded() async throws {
        let scratch = try Scratch()
        let journal = try scratch.open()
        try await journal.append(entries("checkout", 2))
        let error = try await failure {
            _ = try await journal.append([entry("checkout", 2)], delivery: delivery("7"))
        }
        #expect(error.kind == .conflict)
        #expect(try await journal.delivery(hook: "ci", id: "7") == nil)
    }

    @Test func twoOfOneIdAtOnceAreOneDelivery() async throws {
        let scratch = try Scratch()
        let journal = try scratch.open()
        let outcomes = try await withThrowingTaskGroup(of: DeliveryOutcome.self) { group in
            for _ in 0..<20 { group.addTask { try await journal.recordDelivery(delivery("7")) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.filter { $0 == .new }.count == 1)
    }

    @Test func oldDeliveriesAreForgotten() async throws {
        let scratch = try Scratch()
        let journal = try scratch.open()
        for day in 0..<4 {
            _ = try await journal.recordDelivery(delivery("\(day)", at: noon + .seconds(86_400 * day)))
        }
        #expect(try await journal.pruneDeliveries(before: noon + .seconds(86_400 * 2)) == 2)
        #expect(try await journal.delivery(hook: "ci", id: "1") == nil)
        #expect(try await journal.delivery(hook: "ci", id: "2") != nil)
    }
}
