import Analysis
import Testing
import Transport

@testable import Sampling

@Suite struct DatadogDialectTests {
    private let account = StoreAccount(
        keys: ["apiKey": .text("api"), "appKey": .text("app")], settings: ["site": "datadoghq.eu"])

    @Test func aSeriesIsAskedForByTheIntervalBeforeNow() async throws {
        let request = try await asking(["interval": .int(600)]).request()
        #expect(request.method == .get)
        #expect(
            request.url
                == "https://api.datadoghq.eu/api/v1/query?query=avg%3Aerrors%7B%2A%7D&from=1763836680&to=1763837280"
        )
        #expect(request.headers["DD-API-KEY"] == "api")
        #expect(request.headers["DD-APPLICATION-KEY"] == "app")
    }

    @Test func queriesOfV2HaveNamesAndAFormula() async throws {
        let asking = try await asking([
            "apiVersion": .string("v2"), "interval": .int(300), "aggregator": .string("sum"),
            "formula": .string("a / b"), "queries": .map(["b": .string("sum:all"), "a": .string("sum:bad")]),
        ])
        #expect(try asking.request().url == "https://api.datadoghq.eu/api/v2/query/scalar")
        #expect(
            try asking.body()
                == #"{"data":{"attributes":{"formulas":[{"formula":"a / b"}],"from":1763836980000,"#
                + #""queries":[{"aggregator":"sum","data_source":"metrics","name":"a","query":"sum:bad"},"#
                + #"{"aggregator":"sum","data_source":"metrics","name":"b","query":"sum:all"}],"#
                + #""to":1763837280000},"type":"scalar_request"}}"#)
    }

    @Test func aSingleQueryOfV2IsCalledQuery() async throws {
        let body = try await asking(["apiVersion": .string("v2")]).body()
        #expect(
            body.contains(
                #"{"aggregator":"last","data_source":"metrics","name":"query","query":"avg:errors{*}"}"#))
    }

    @Test(arguments: [
        (
            #"{"status": "ok", "series": [{"pointlist": [[1, 0.1], [2, 0.2]]}, {"pointlist": [[1, 9]]}]}"#,
            Value.float(0.2)
        ),
        (#"{"status": "ok", "series": [{"pointlist": [[1, 0.1], [2, null]]}]}"#, .none),
        (#"{"status": "ok", "series": [{"pointlist": []}]}"#, .none),
        (#"{"status": "ok", "series": []}"#, .none),
    ])
    func theLastPointOfTheFirstSeriesCounts(body: String, value: Value) async throws {
        #expect(try await asking().sample(body) == .value(value, warnings: []))
    }

    @Test(arguments: [
        (#"[{"name": "query", "type": "number", "values": [5]}]"#, Value.float(5)),
        (#"[{"name": "query", "type": "number", "values": [null]}]"#, .none),
        (#"[{"name": "query", "type": "number", "values": []}]"#, .none),
        (
            #"[{"name": "pod", "type": "group", "values": [["a"], ["b"]]}, {"name": "query", "type": "number", "values": [1, 2]}]"#,
            .array([.float(1), .float(2)])
        ),
        (
            #"[{"name": "pod", "type": "group", "values": [["a"]]}, {"name": "query", "type": "number", "values": [1]}]"#,
            .array([.float(1)])
        ),
    ])
    func v2GivesANumberOrOneOfEachGroup(columns: String, value: Value) async throws {
        let body = #"{"data": {"type": "scalar_response", "attributes": {"columns": \#(columns)}}}"#
        #expect(try await asking(["apiVersion": .string("v2")]).sample(body) == .value(value, warnings: []))
    }

    @Test(arguments: [
        #"{"status": "error", "error": "Rule 'x' is invalid"}"#, #"{"errors": ["Rule 'x' is invalid"]}"#,
    ])
    func anErrorInAGoodAnswerIsARefusal(body: String) async throws {
        let asking = try await asking()
        let failure = #expect(throws: SampleFailure.self) { try asking.sample(body) }
        #expect(failure?.kind == .refused)
        #expect(failure?.message.contains("Rule 'x' is invalid") == true)
    }

    @Test func withoutKeysNothingIsSent() async throws {
        let asking = try await Asking(DatadogDialect(), "avg:errors{*}")
        let failure = #expect(throws: SampleFailure.self) { try asking.request() }
        #expect(failure?.message.contains(#""apiKey""#) == true)
    }

    private func asking(_ details: [String: Value] = [:]) async throws -> Asking {
        try await Asking(DatadogDialect(), "avg:errors{*}", details, by: account)
    }
}
