import Analysis
import Testing
import Transport

@testable import Sampling

@Suite struct NewRelicDialectTests {
    @Test func theQueryIsAVariable() async throws {
        let asking = try await asking()
        let request = try asking.request()
        #expect(request.url == "https://api.eu.newrelic.com/graphql")
        #expect(request.headers["API-Key"] == "key")
        #expect(
            try asking.body()
                == #"{"query":"query($accountId: Int!, $nrqlQuery: Nrql!, $timeout: Seconds) { actor { account(id: "#
                + #"$accountId) { nrql(query: $nrqlQuery, timeout: $timeout) { results } } } }","variables":"#
                + #"{"accountId":1234567,"nrqlQuery":"SELECT \"a\" FROM b","timeout":10}}"#)
    }

    @Test(arguments: [
        (#"[{"average.duration": 12.5}]"#, Value.map(["average.duration": .float(12.5)])),
        (#"[{"n": 1}, {"n": 2}]"#, .array([.map(["n": .float(1)]), .map(["n": .float(2)])])),
    ])
    func oneRowIsAMapAndSeveralAreAList(rows: String, value: Value) async throws {
        #expect(try await asking().value(answer(rows)) == value)
    }

    @Test func noRowIsNoData() async throws {
        let asking = try await asking()
        let failure = #expect(throws: SampleFailure.self) { try asking.sample(answer("[]")) }
        #expect(failure?.kind == .noData)
    }

    @Test(arguments: [
        ("BAD_USER_INPUT", SampleFailure.Kind.refused), ("SERVER_ERROR", .outage), ("TIMEOUT", .outage),
    ])
    func whoseTroubleItIsStandsInTheErrorsClass(type: String, kind: SampleFailure.Kind) async throws {
        let asking = try await asking()
        let body = """
            {"data": {"actor": {"account": {"nrql": null}}},
             "errors": [{"message": "NRQL Syntax Error", "extensions": {"errorClass": "\(type)"}}]}
            """
        let failure = #expect(throws: SampleFailure.self) { try asking.sample(body) }
        #expect(failure == SampleFailure(kind, "NRQL Syntax Error"))
    }

    @Test func withoutTheAccountsNumberNothingIsSent() async throws {
        let account = StoreAccount(keys: ["apiKey": .text("key")])
        let asking = try await Asking(NewRelicDialect(), "SELECT 1", by: account)
        let failure = #expect(throws: SampleFailure.self) { try asking.request() }
        #expect(failure?.message.contains("`accountId`") == true)
    }

    private func answer(_ rows: String) -> String {
        #"{"data": {"actor": {"account": {"nrql": {"results": \#(rows)}}}}}"#
    }

    private func asking() async throws -> Asking {
        let account = StoreAccount(
            keys: ["apiKey": .text("key")], settings: ["accountId": "1234567", "region": "eu"])
        return try await Asking(NewRelicDialect(), #"SELECT "a" FROM b"#, by: account)
    }
}
