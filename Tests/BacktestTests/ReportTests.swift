import Analysis
import Backtest
import Foundation
import Testing

/// What a report looks like.
@Suite struct ReportTests {
    private func report(_ demands: [Demand] = []) throws -> BacktestReport {
        let history = Made.numbers { minute in [minute / 60 % 24 == 3 ? 0.9 : 0.985] }
        return try Made.report(
            [Made.metric()], history, windows: 50, effects: [.times(2), .times(5)], demands: demands)
    }

    @Test func theTextIsForATerminal() throws {
        let text = try report([.falseRollback(atMost: 0.02), .power(.times(5), atLeast: 0.9)]).text
        let expected = try golden("report.txt", text)
        #expect(text == expected)
    }

    @Test func junitHasATestForEachDemand() throws {
        let text = try report([.falseRollback(atMost: 0.02), .power(.times(5), atLeast: 0.5)]).junit
        let expected = try golden("report.xml", text)
        #expect(text == expected)
        #expect(text.contains(#"tests="2" failures="1" skipped="0""#))
    }

    @Test func jsonHasTheNumbers() throws {
        let data = try JSONEncoder().encode(report())
        let json = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
        let good = try #require(json["good"] as? [String: Any])
        let taken = try #require(good["takenBack"] as? [String: Any])
        let (count, of) = (try #require(taken["count"] as? Int), try #require(taken["of"] as? Int))
        #expect(count > 0 && taken["share"] as? Double == Double(count) / Double(of))
        #expect((json["bad"] as? [[String: Any]])?.count == 2)
        #expect(json["windows"] as? Int == of)
    }

    @Test func aDemandIsMetOnlyWhereItIsSure() throws {
        let clean = Made.numbers(days: 1) { _ in [0.985] }
        let results = try [0.5, 0.001].map { most in
            try Made.report(
                [Made.metric()], clean, effects: [], demands: [.falseRollback(atMost: most)])
        }
        #expect(results.map(\.isMet) == [true, false])
        #expect(results[1].demands[0].text.contains("too little history to be sure"))
    }

    @Test func aDemandThatMeansNothingToAnyMetricIsNotMet() throws {
        let clean = Made.numbers(query: "latency") { _ in [300] }
        let slow = Made.metric("latency", good: nil, bad: "result[0] > 500", query: "latency")
        let report = try Made.report([slow], clean, demands: [.power(.points(0.01), atLeast: 0.5)])
        #expect(!report.isMet)
        #expect(report.demands[0].text.contains("means nothing"))
    }

    @Test func whatXMLCannotHaveIsNotInJUnit() throws {
        var job = Made.metric("a<b>&\"\u{1}")
        job.query.provider = "job"
        let text = try Made.report([Made.metric(), job], Made.numbers { _ in [0.99] }, effects: []).junit
        #expect(text.contains("metric a&lt;b&gt;&amp;&quot;\""))
        #expect(!text.unicodeScalars.contains("\u{1}"))
    }

    /// `HEADGATE_REWRITE=1` writes down what is seen now.
    private func golden(_ name: String, _ found: String) throws -> String {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/\(name)")
        if ProcessInfo.processInfo.environment["HEADGATE_REWRITE"] == "1" {
            try found.write(to: file, atomically: true, encoding: .utf8)
        }
        return try String(contentsOf: file, encoding: .utf8)
    }
}
