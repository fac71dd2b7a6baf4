import Analysis
import Testing
import Transport

@testable import Sampling

@Suite struct CloudWatchDialectTests {
    @Test func theQueriesGoInAmazonsWords() async throws {
        let asking = try await asking()
        let request = try asking.request()
        #expect(request.url == "https://monitoring.eu-central-1.amazonaws.com/")
        #expect(request.headers["X-Amz-Target"] == "GraniteServiceVersion20100801.GetMetricData")
        #expect(request.headers["Content-Type"] == "application/x-amz-json-1.0")
        #expect(request.signature?.service == "monitoring")
        #expect(
            try asking.body()
                == #"{"EndTime":1763837280,"MetricDataQueries":[{"Id":"e","MetricStat":{"Metric":"#
                + #"{"MetricName":"Errors","Namespace":"Shop"},"Period":60,"Stat":"Sum"}}],"StartTime":1763836980}"#
        )
    }

    @Test func aResultIsAsAmazonHasIt() async throws {
        let body = """
            {"MetricDataResults": [{"Id": "e", "Label": "Errors", "StatusCode": "Complete",
              "Timestamps": [1763837220, 1763837160], "Values": [3, 0.5]}], "Messages": []}
            """
        let result: Value = .map([
            "Id": .string("e"), "Label": .string("Errors"), "StatusCode": .string("Complete"),
            "Timestamps": .array([
                .time(nanoseconds: 1_763_837_220_000_000_000), .time(nanoseconds: 1_763_837_160_000_000_000),
            ]),
            "Values": .array([.float(3), .float(0.5)]),
        ])
        #expect(try await asking().sample(body) == .value(.array([result]), warnings: []))
    }

    @Test func pagesAreReadToTheLast() async throws {
        let asking = try await asking()
        let first = page(#""Values": [1], "StatusCode": "PartialData""#, rest: #", "NextToken": "t+1""#)
        let last = page(#""Values": [2], "StatusCode": "Complete""#)
        let next = try asking.dialect.request(asking.question, after: [response(first)])
        let text = String(decoding: next?.body ?? [], as: UTF8.self)
        #expect(text.contains(#""NextToken":"t+1""#))
        #expect(try asking.dialect.request(asking.question, after: [response(first), response(last)]) == nil)
        let sample = try asking.sample(first, last)
        guard case .value(let value, let warnings) = sample else {
            Issue.record("\(sample)")
            return
        }
        #expect(value.elements?.first?["Values"] == .array([.float(1), .float(2)]))
        #expect(warnings == [])
    }

    @Test func aPartOfTheDataIsNotedAsOne() async throws {
        let sample = try await asking().sample(page(#""Values": [1], "StatusCode": "PartialData""#))
        guard case .value(_, let warnings) = sample else {
            Issue.record("\(sample)")
            return
        }
        #expect(warnings == ["e has only a part of its data"])
    }

    @Test(arguments: [("InternalError", SampleFailure.Kind.outage), ("Forbidden", .refused)])
    func aQueryThatFailedAmongOthersIsAFailure(code: String, kind: SampleFailure.Kind) async throws {
        let asking = try await asking()
        let body = page(#""Values": [], "StatusCode": "\#(code)""#)
        let failure = #expect(throws: SampleFailure.self) { try asking.sample(body) }
        #expect(failure == SampleFailure(kind, code))
    }

    @Test(arguments: [
        ("com.amazon.coral.service#ThrottlingException", SampleFailure.Kind.outage),
        ("com.amazonaws.cloudwatch#ValidationError", .refused),
    ])
    func aFourHundredMayBeAnOutage(type: String, kind: SampleFailure.Kind) {
        let body = #"{"__type": "\#(type)", "message": "Rate exceeded"}"#
        let failure = CloudWatchDialect().failure(of: HTTPResponse(status: 400, body: Array(body.utf8)))
        #expect(failure.kind == kind)
        #expect(failure.message.contains("Rate exceeded"))
    }

    private func page(_ result: String, rest: String = "") -> String {
        #"{"MetricDataResults": [{"Id": "e", \#(result)}]\#(rest)}"#
    }

    private func response(_ body: String) -> HTTPResponse {
        HTTPResponse(status: 200, body: Array(body.utf8))
    }

    private func asking() async throws -> Asking {
        let keys = StoreAccount.AWSAccount.Keys(accessKey: .text("AKID"), secretKey: .text("secret"))
        let account = StoreAccount(
            authorization: .signature(.init(region: "eu-central-1", service: "aps", keys: keys)))
        let metric: Value = .map(["Namespace": .string("Shop"), "MetricName": .string("Errors")])
        let stat: Value = .map(["Metric": metric, "Period": .string("60"), "Stat": .string("Sum")])
        return try await Asking(
            CloudWatchDialect(), "e", ["queries": .array([.map(["Id": .string("e"), "MetricStat": stat])])],
            by: account)
    }
}
