import Analysis
import Foundation
import Glibc
import Testing
import Transport

@testable import Sampling

@Suite(.timeLimit(.minutes(1))) struct PrometheusProviderTests {
    private let client = CurlClient()
    private var now: Moment { Moment(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000)) }

    @Test func aRealPrometheusAnswers() async throws {
        let prometheus = try LabPrometheus()
        try await prometheus.untilReady(client)
        let provider = provider(prometheus)

        #expect(await provider.sample(query("scalar(vector(2))"), at: now) == .value(.float(2), warnings: []))
        #expect(await provider.sample(query("0/0"), at: now) == .value(.float(.nan), warnings: []))
        #expect(
            await provider.sample(query("vector(1) / 0"), at: now)
                == .value(.array([.float(.infinity)]), warnings: []))
        #expect(await provider.sample(query(#""text""#), at: now) == .value(.string("text"), warnings: []))
        #expect(
            await provider.sample(query("nothing_of_the_kind"), at: now) == .value(.array([]), warnings: []))

        while await provider.sample(query("up"), at: now) != .value(.array([.float(1)]), warnings: []) {
            try await Task.sleep(for: .milliseconds(50))
        }
        let range = QueryRange(start: #"now() - duration("2s")"#, end: "now()", step: .seconds(1))
        let threeOnes = Value.array([.float(1), .float(1), .float(1)])
        #expect(await provider.sample(query("vector(1)", range), at: now) == .value(threeOnes, warnings: []))

        let unreadable = await provider.sample(query("sum(up"), at: now)
        #expect(failure(unreadable)?.kind == .refused)
        #expect(
            failure(unreadable)?.message
                == #"prometheus at \#(prometheus.address): bad_data: invalid parameter "query": 1:7: parse error: unclosed left parenthesis"#
        )
        let fine = QueryRange(start: #"now() - duration("24h")"#, end: "now()", step: .seconds(1))
        let tooFine = await provider.sample(query("up", fine), at: now)
        #expect(failure(tooFine)?.kind == .refused)
        #expect(failure(tooFine)?.message.contains("exceeded maximum resolution of 11,000 points") == true)

        let wrong = await self.provider(prometheus, password: "not-this-one").sample(query("up"), at: now)
        #expect(
            failure(wrong)
                == SampleFailure(
                    .refused,
                    "prometheus at \(prometheus.address): answered 401; "
                        + "check the credentials that are configured for this address"))
    }

    @Test func aStoreThatIsDownIsAnOutage() async {
        let sample = await provider(at: "http://127.0.0.1:\(freePort())").sample(query("up"), at: now)
        #expect(failure(sample)?.kind == .outage)
        #expect(failure(sample)?.message.contains("can't connect") == true)
    }

    @Test func aStoreThatHangsIsAnOutageAtTheQuerysTimeout() async {
        let descriptor = listener()
        defer { close(descriptor) }
        let provider = provider(at: "http://127.0.0.1:\(port(of: descriptor))")
        var query = query("up")
        query.timeout = .milliseconds(200)
        #expect(failure(await provider.sample(query, at: now))?.kind == .outage)
    }

    @Test func aStoreThatHangsIsAnOutageWhenTheCallerGivesUp() async {
        let descriptor = listener()
        defer { close(descriptor) }
        let provider = provider(at: "http://127.0.0.1:\(port(of: descriptor))")
        let asking = Task { await provider.sample(query("up"), at: now) }
        asking.cancel()
        #expect(failure(await asking.value)?.kind == .outage)
    }

    @Test func aSecretThatTheStoreRepeatsIsConcealed() async {
        let error = #"{"status": "error", "errorType": "bad_data", "error": "who is Bearer abcdef of shop?"}"#
        let store = PrometheusStore(
            authorization: .bearer(.text("abcdef")), headers: ["X-Scope-OrgID": "shop"])
        let sender = Script { _ in HTTPResponse(status: 400, body: Array(error.utf8)) }
        let provider = PrometheusProvider(
            PrometheusSettings(
                address: "http://user:secret@prom:1/x/", stores: ["http://user:secret@prom:1/x": store]),
            sender: sender)
        #expect(
            await provider.sample(query("up"), at: now)
                == .failure(
                    SampleFailure(
                        .refused,
                        "prometheus at http://prom:1/x: bad_data: who is Bearer (concealed) of (concealed)?"))
        )
        #expect(provider.backend(of: query("up")) == "prometheus http://prom:1/x")
    }

    @Test func aStoresCredentialsGoToNoOtherStore() async {
        let store = PrometheusStore(authorization: .bearer(.text("abcdef")))
        let sender = Script { request in
            let isOurs = request.headers["Authorization"] == "Bearer abcdef"
            let result = #"{"resultType": "scalar", "result": [1, "\#(isOurs ? 1 : 0)"]}"#
            return HTTPResponse(status: 200, body: Array(#"{"status": "success", "data": \#(result)}"#.utf8))
        }
        let provider = PrometheusProvider(
            PrometheusSettings(address: "http://ours", stores: ["http://ours/": store]), sender: sender)
        #expect(await provider.sample(query("up"), at: now) == .value(.float(1), warnings: []))
        var elsewhere = query("up")
        elsewhere.address = "http://ours.example"
        #expect(await provider.sample(elsewhere, at: now) == .value(.float(0), warnings: []))
    }

    @Test func aQueryWithoutAnAddressIsRefusedWhereNoneIsConfigured() async {
        let provider = PrometheusProvider(PrometheusSettings(), sender: client)
        #expect(failure(await provider.sample(query("up"), at: now))?.kind == .refused)
    }

    private func query(_ text: String, _ range: QueryRange? = nil) -> Query {
        Query(provider: "prometheus", text: text, range: range)
    }

    private func provider(at address: String) -> PrometheusProvider {
        PrometheusProvider(PrometheusSettings(address: address), sender: client)
    }

    private func provider(
        _ prometheus: LabPrometheus, password: String = LabPrometheus.password
    ) -> PrometheusProvider {
        let store = PrometheusStore(authorization: .basic(user: "headgate", password: .text(password)))
        return PrometheusProvider(
            PrometheusSettings(address: prometheus.address, stores: [prometheus.address: store]),
            sender: client)
    }

    private func failure(_ sample: Sample) -> SampleFailure? {
        if case .failure(let failure) = sample { failure } else { nil }
    }
}

/// Answers by rule instead of over a wire.
private struct Script: HTTPSender {
    let answer: @Sendable (HTTPRequest) -> HTTPResponse

    init(_ answer: @escaping @Sendable (HTTPRequest) -> HTTPResponse) {
        self.answer = answer
    }

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        answer(request)
    }

    func stream(_ request: HTTPRequest) async throws(TransportError) -> HTTPStream {
        throw TransportError(.invalidRequest, at: request.url, "the script knows no streams")
    }
}
