import Analysis
import Testing
import Transport

@testable import Sampling

@Suite struct GraphiteDialectTests {
    @Test(arguments: [
        ("target=a.b&from=-5min", "target=a.b&from=-5min&format=json"),
        ("from=-5min&target=a%2Cb&format=csv", "from=-5min&target=a%2Cb&format=json"),
        (
            "target=summarize(\n  a.b,\n  '5min', 'avg')\n&from=-5min",
            "target=summarize%28+a.b%2C+%275min%27%2C+%27avg%27%29&from=-5min&format=json"
        ),
        ("sumSeries(a.*)", "target=sumSeries%28a.%2A%29&format=json"),
    ])
    func aQueryIsWhatStandsBehindRender(text: String, form: String) async throws {
        let request = try await asking(text).request()
        #expect(request.method == .get)
        #expect(request.url == "http://graphite.example/render?\(form)")
    }

    @Test(arguments: [
        (#"[{"target": "a", "datapoints": [[0.5, 1], [null, 2], [2, 3]]}]"#, [0.5, 2]),
        (#"[{"target": "a", "datapoints": [[1, 1]]}, {"target": "b", "datapoints": [[9, 1]]}]"#, [1]),
        (#"[{"target": "a", "datapoints": [[null, 1]]}]"#, []),
        (#"[{"target": "a", "datapoints": []}]"#, []),
        ("[]", []),
    ])
    func thePointsOfTheFirstTargetCountButNotItsGaps(body: String, numbers: [Double]) async throws {
        #expect(try await asking("a").value(body) == .array(numbers.map(Value.float)))
    }

    @Test(arguments: [#"[{"target": "a", "datapoints": [["x", 1]]}]"#, #"[{"target": "a"}]"#, "{}"])
    func anAnswerOfAnotherShapeIsNotGraphites(body: String) async throws {
        let asking = try await asking("a")
        let failure = #expect(throws: SampleFailure.self) { try asking.sample(body) }
        #expect(failure?.kind == .outage)
    }

    private func asking(_ text: String) async throws -> Asking {
        try await Asking(GraphiteDialect(), text, by: StoreAccount(address: "http://graphite.example/"))
    }
}
