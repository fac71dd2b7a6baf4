import Analysis
import Backtest
import Foundation
import Sampling
import Synchronization
import Testing
import Transport

@testable import headgate

/// A store in trouble, while weeks are fetched from it.
@Suite struct HistoryReaderTests {
    /// Answers what it is told to.
    private final class Store: HTTPSender {
        let count = Atomic(0)
        let answer: @Sendable (Int, String) throws(TransportError) -> HTTPResponse

        init(_ answer: @escaping @Sendable (Int, String) throws(TransportError) -> HTTPResponse) {
            self.answer = answer
        }

        func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
            let number = count.wrappingAdd(1, ordering: .relaxed).oldValue
            let body = String(decoding: request.body ?? [], as: UTF8.self)
            return try answer(number, request.url + "?" + body)
        }

        func stream(_ request: HTTPRequest) async throws(TransportError) -> HTTPStream {
            throw TransportError(.invalidRequest, at: "prom.example", "no streams")
        }
    }

    private static let start = Moment(microseconds: 1_763_856_000_000_000)

    private func read(_ store: Store, hours: Int = 24, step: Duration = .seconds(60)) async -> String {
        let reader = HistoryReader(
            store: PrometheusHistory(PrometheusSettings(address: "http://prom.example"), sender: store),
            from: Self.start, until: Self.start + .seconds(hours * 3_600), progress: { _, _ in },
            pauses: [.milliseconds(1), .milliseconds(1)])
        let metric = Metric(
            name: "m", query: Query(provider: "prometheus", text: "up"), interval: step,
            successCondition: "true")
        do {
            let history = try await reader.read([metric], traffic: nil)
            return "\(history.numbers.first?.answers.count ?? -1) answers"
        } catch {
            return "\(error)"
        }
    }

    private static func json(_ text: String, status: Int = 200) -> HTTPResponse {
        HTTPResponse(status: status, body: Array(text.utf8))
    }

    private static let empty = json(#"{"status":"success","data":{"resultType":"matrix","result":[]}}"#)

    @Test func aStoreThatAnswers500IsAskedAgainAndThenGivenUp() async {
        let store = Store { _, _ throws(TransportError) in Self.json("sick", status: 500) }
        let said = await read(store)
        #expect(said.contains("metric m: prometheus at http://prom.example: answered 500"), "\(said)")
        #expect(said.contains("tried 3 times: see to the store"), "\(said)")
        #expect(store.count.load(ordering: .relaxed) == 3)
    }

    @Test func aStoreThatStumblesOnceIsForgiven() async {
        let store = Store { number, _ throws(TransportError) in
            number % 2 == 0 ? Self.json("sick", status: 503) : Self.empty
        }
        #expect(await read(store) == "1441 answers")
    }

    @Test func aStoreThatHangsIsGivenUp() async {
        let store = Store { _, _ throws(TransportError) in
            throw TransportError(.timeout, at: "prom.example", "no answer within 30s")
        }
        #expect(await read(store).contains("no answer within 30s"))
    }

    @Test func aLongRangeIsAskedForInPages() async {
        let store = Store { _, _ throws(TransportError) in Self.empty }
        #expect(await read(store, hours: 24, step: .seconds(4)) == "21601 answers")
        // What kind of answer it is, and three pages.
        #expect(store.count.load(ordering: .relaxed) == 4)
    }

    @Test func anAnswerThatIsTooLargeIsAskedForInSmallerPages() async {
        let large = Store { number, _ throws(TransportError) in
            if number == 1 { throw TransportError(.tooLarge, at: "prom.example", "more than 64 MiB") }
            return Self.empty
        }
        #expect(await read(large, hours: 24) == "1441 answers")
        #expect(large.count.load(ordering: .relaxed) == 4)
    }

    @Test func aRangeOfMoreThanFitsIsRefusedBeforeAnybodyIsAsked() async {
        let store = Store { _, _ throws(TransportError) in Self.empty }
        let said = await read(store, hours: 24 * 365, step: .seconds(1))
        #expect(said.contains("ask for less with --range"), "\(said)")
        #expect(store.count.load(ordering: .relaxed) == 0)
    }

    @Test func aQueryThatTheStoreCannotReadIsNotAskedTwice() async {
        let store = Store { _, _ throws(TransportError) in
            Self.json(#"{"status":"error","errorType":"bad_data","error":"parse error"}"#, status: 400)
        }
        #expect(await read(store).contains("bad_data: parse error"))
        #expect(store.count.load(ordering: .relaxed) == 1)
    }
}
