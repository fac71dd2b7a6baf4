import Analysis
import Testing
import Transport

@testable import Sampling

@Suite struct PrometheusAnswerTests {
    @Test(arguments: [
        (#"{"resultType": "scalar", "result": [1.5, "2"]}"#, Value.float(2)),
        (#"{"resultType": "string", "result": [1.5, "two"]}"#, .string("two")),
        (#"{"resultType": "vector", "result": []}"#, .array([])),
        (
            #"{"resultType": "vector", "result": [{"metric": {"a": "b"}, "value": [1, "0.5"]}, {"metric": {}, "value": [1, "NaN"]}]}"#,
            .array([.float(0.5), .float(.nan)])
        ),
        (
            #"{"resultType": "matrix", "result": [{"metric": {}, "values": [[1, "1"], [2, "+Inf"]]}, {"metric": {}, "values": [[1, "-Inf"]]}]}"#,
            .array([.float(1), .float(.infinity), .float(-.infinity)])
        ),
    ])
    func labelsAndMomentsArePassedOver(data: String, value: Value) throws {
        #expect(try read(#"{"status": "success", "data": \#(data)}"#) == .value(value, warnings: []))
    }

    @Test func whatTheStoreLeftOutIsPassedOn() throws {
        let text = """
            {"status": "success", "data": {"resultType": "vector", "result": []},
             "warnings": ["one store is down"], "infos": ["no counter"]}
            """
        #expect(try read(text) == .value(.array([]), warnings: ["one store is down", "no counter"]))
    }

    @Test func aQueryThatCannotBeReadIsRefusedInTheStoresOwnWords() {
        let text = #"{"status": "error", "errorType": "bad_data", "error": "parse error: no \n closing"}"#
        #expect(failure(text, 400) == SampleFailure(.refused, "bad_data: parse error: no   closing"))
        #expect(failure(text, 200)?.kind == .refused)
    }

    @Test(arguments: [
        ("timeout", 503), ("canceled", 422), ("unavailable", 503), ("internal", 500), ("timeout", 422),
        ("something new", 422),
    ])
    func theStoresOwnTroubleIsAnOutage(type: String, status: Int) {
        let text = #"{"status": "error", "errorType": "\#(type)", "error": "so it goes"}"#
        #expect(failure(text, status)?.kind == .outage)
        #expect(failure(text, status)?.message.hasSuffix("so it goes") == true)
    }

    @Test func halfAResultBesideAnErrorIsNoResult() {
        let text = """
            {"status": "error", "errorType": "timeout", "error": "late",
             "data": {"resultType": "scalar", "result": [1, "1"]}}
            """
        #expect(failure(text, 200) == SampleFailure(.outage, "timeout: late"))
    }

    @Test(arguments: [429, 408, 500, 502, 503, 504])
    func theTroubleOfWhatStandsBeforeTheStoreIsAnOutage(status: Int) {
        #expect(failure("<html>", status) == SampleFailure(.outage, "answered \(status)"))
    }

    @Test(arguments: [301, 400, 401, 403, 404, 422])
    func otherStatusesNeedAPerson(status: Int) {
        #expect(failure("<html>", status)?.kind == .refused)
    }

    @Test(arguments: [
        "", "{", "null", "[]", #"{"status": "success"}"#,
        #"{"status": "success", "data": {"resultType": "pie"}}"#,
        #"{"status": "success", "data": {"resultType": "scalar", "result": [1, "one"]}}"#,
        #"{"status": "success", "data": {"resultType": "vector", "result": [{"value": [1]}]}}"#,
        #"{"status": "success", "data": {"resultType": "vector", "result": [{"value": [1, "2"]}"#,
        String(repeating: "[", count: 100_000),
    ])
    func whatIsNoAnswerIsAnOutage(text: String) {
        #expect(failure(text, 200)?.kind == .outage)
    }

    @Test func aNativeHistogramIsRefusedWithWhatToAskInstead() {
        let data = #"{"resultType": "vector", "result": [{"metric": {}, "histogram": [1, {}]}]}"#
        let failure = failure(#"{"status": "success", "data": \#(data)}"#, 200)
        #expect(failure?.kind == .refused)
        #expect(failure?.message.contains("histogram_quantile") == true)
    }

    private func read(_ text: String, _ status: Int = 200) throws(SampleFailure) -> Sample {
        try answer(in: HTTPResponse(status: status, body: Array(text.utf8))).sample()
    }

    private func failure(_ text: String, _ status: Int) -> SampleFailure? {
        #expect(throws: SampleFailure.self) { try read(text, status) }
    }
}
