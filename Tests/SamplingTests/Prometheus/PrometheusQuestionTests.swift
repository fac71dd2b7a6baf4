import Analysis
import Foundation
import Testing
import Transport

@testable import Sampling

@Suite struct PrometheusQuestionTests {
    @Test func anInstantQueryIsAFormWithoutATime() throws {
        let request = try request(Query(provider: "prometheus", text: #"sum(rate(x{a="b"}[1m])) > 0.5"#))
        #expect(request.method == .post)
        #expect(request.url == "http://prom:9090/base/api/v1/query")
        #expect(request.headers["Content-Type"] == "application/x-www-form-urlencoded")
        #expect(request.timeout == .seconds(30))
        #expect(
            body(request) == "query=sum%28rate%28x%7Ba%3D%22b%22%7D%5B1m%5D%29%29+%3E+0.5&timeout=30s")
    }

    @Test func aRangeIsCountedFromNow() throws {
        let range = QueryRange(start: #"now() - duration("5m")"#, end: "now()", step: .milliseconds(1_500))
        let request = try request(
            Query(provider: "prometheus", text: "up", range: range, timeout: .milliseconds(250)))
        #expect(request.url == "http://prom:9090/base/api/v1/query_range")
        #expect(body(request) == "query=up&start=1763836980.25&end=1763837280.25&step=1.5&timeout=0.25s")
    }

    @Test(arguments: [
        (#"duration("5m")"#, "now()", 1), ("now(", "now()", 1), ("now()", #"now() - duration("5m")"#, 1),
        ("now()", "now()", 0), ("1", "2", 1),
    ])
    func aRangeThatMeansNothingIsRefused(start: String, end: String, step: Int) {
        let range = QueryRange(start: start, end: end, step: .seconds(step))
        let failure = #expect(throws: SampleFailure.self) {
            try PrometheusQuestion(Query(provider: "prometheus", text: "up", range: range), at: noon)
        }
        #expect(failure?.kind == .refused)
    }

    @Test func basicAuthorizationIsEncoded() throws {
        let store = PrometheusStore(authorization: .basic(user: "Aladdin", password: .text("open sesame")))
        let headers = try request(Query(provider: "prometheus", text: "up"), store).headers
        #expect(headers["Authorization"] == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==")
    }

    @Test func aTokenIsReadAnewForEachQuery() throws {
        let path = NSTemporaryDirectory() + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: path) }
        let store = PrometheusStore(authorization: .bearer(.file(path)), headers: ["X-Scope-OrgID": "shop"])
        for token in ["first", "second"] {
            try (token + "\n").write(toFile: path, atomically: true, encoding: .utf8)
            let headers = try request(Query(provider: "prometheus", text: "up"), store).headers
            #expect(headers["Authorization"] == "Bearer \(token)")
            #expect(headers["X-Scope-OrgID"] == "shop")
        }
    }

    @Test func anUnreadableTokenIsAnOutageThatNamesItsFile() {
        let store = PrometheusStore(authorization: .bearer(.file("/nowhere/token")))
        let failure = #expect(throws: SampleFailure.self) { try Credentials(of: store) }
        #expect(failure?.kind == .outage)
        #expect(failure?.message == "can't read the credentials in /nowhere/token; put them there")
    }

    private let noon = Moment(microseconds: 1_763_837_280_250_000)

    private func request(_ query: Query, _ store: PrometheusStore = PrometheusStore()) throws -> HTTPRequest {
        try PrometheusQuestion(query, at: noon)
            .request(to: "http://prom:9090/base", store, Credentials(of: store), timeout: query.timeout)
    }

    private func body(_ request: HTTPRequest) -> String {
        String(decoding: request.body ?? [], as: UTF8.self)
    }
}
