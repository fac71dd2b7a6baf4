import Analysis
import Foundation
import Testing
import Transport

@testable import Sampling

/// A question for counters, as Prometheus is asked it and as its answer is read.
@Suite(.timeLimit(.minutes(1))) struct CounterPlanTests {
    private let noon = Moment(microseconds: 1_763_812_800_000_000)

    private func question(_ selectors: [CounterQuestion.Selector], since: Duration = .seconds(15))
        -> CounterQuestion
    {
        CounterQuestion(
            selectors: selectors, label: "pod_hash", canary: "b.2", stable: "a", settle: .seconds(20),
            since: noon + (.zero - .seconds(20) - since))
    }

    @Test func rawSamplesAreAskedForUpToAMomentThatIsSettled() throws {
        let plan = CounterPlan(
            question([.init(.bad, #"errors_total{job="web", }"#), .init(.requests, "requests_total")]),
            at: noon)
        #expect(
            plan.pieces.map(\.text) == [
                #"errors_total{job="web",pod_hash=~"b\\.2|a"}[375000ms]"#,
                #"requests_total{pod_hash=~"b\\.2|a"}[375000ms]"#,
            ])
        #expect(plan.pieces.allSatisfy { $0.until == noon + .seconds(-20) })
        let form = PrometheusQuestion(plan.pieces[1], timeout: .seconds(5)).form
        #expect(form.map(\.name) == ["query", "time", "timeout"])
        #expect(form[1].value == "1763812780")
    }

    @Test func aHistogramIsAskedForItsBuckets() {
        let texts = ["latency", #"latency{job="web"}"#, #"latency_bucket{job="web"}"#].map { text in
            CounterPlan(question([.init(.buckets, text)]), at: noon).pieces[0].text
        }
        #expect(texts[0] == #"latency_bucket{pod_hash=~"b\\.2|a"}[375000ms]"#)
        #expect(texts[1] == texts[2])
        #expect(texts[1] == #"latency_bucket{job="web",pod_hash=~"b\\.2|a"}[375000ms]"#)
    }

    @Test func aLongTimeIsAskedForInPieces() {
        let plan = CounterPlan(question([.init(.bad, "errors")], since: .seconds(3_600)), at: noon)
        #expect(plan.pieces.count == 7)
        let spans = plan.pieces.map { $0.text.split(separator: "[")[1] }
        #expect(spans == ["360000ms]"] + Array(repeating: "600000ms]", count: 6))
        #expect(plan.pieces.map(\.until) == plan.pieces.map(\.until).sorted())
        #expect(plan.pieces.last?.until == noon + .seconds(-20))
        let forever = CounterPlan(question([.init(.bad, "errors")], since: .seconds(1_000_000)), at: noon)
        #expect(forever.pieces.count == 18)
    }

    @Test func theAnswersOfBothArmsBecomeOneReading() throws {
        let plan = CounterPlan(
            question([.init(.bad, "errors"), .init(.requests, "requests")]), at: noon)
        func series(_ text: String) throws -> [PrometheusSeries] {
            let body = #"{"status":"success","data":{"resultType":"matrix","result":\#(text)}}"#
            return try answer(
                in: HTTPResponse(status: 200, headers: [:], body: Array(body.utf8))
            ).series()
        }
        let errors = try series(
            #"[{"metric":{"pod":"b-1","pod_hash":"b.2"},"values":[[1763812770.5,"2"]]}]"#)
        let requests = try series(
            """
            [{"metric":{"pod":"b-1","pod_hash":"b.2"},"values":[[1763812755.5,"100"],[1763812770.5,"130"]]},
             {"metric":{"instance":"i","pod_hash":"a"},"values":[[1763812760,"5"],[1763812775,"25"]]},
             {"metric":{"pod":"x","pod_hash":"other"},"values":[[1763812760,"5"]]}]
            """)
        let sample = plan.sample([
            .init(piece: plan.pieces[0], series: errors, notes: []),
            .init(piece: plan.pieces[1], series: requests, notes: ["slow"]),
        ])
        guard case .counters(let reading, let warnings) = sample else {
            Issue.record("no counters: \(sample)")
            return
        }
        #expect(warnings == ["slow"])
        #expect(reading.until == noon + .seconds(-20))
        #expect(reading.instances.map(\.name) == ["b-1", "i"])
        #expect(reading.instances[0].points.map(\.requests) == [30])
        #expect(reading.instances[0].points.map(\.bad) == [[2]])
        #expect(reading.instances[1].points.map(\.requests) == [20])
    }

    @Test func aRealPrometheusGivesItsCounters() async throws {
        let prometheus = try LabPrometheus()
        let client = CurlClient()
        try await prometheus.untilReady(client)
        let store = PrometheusStore(
            authorization: .basic(user: "headgate", password: .text(LabPrometheus.password)))
        let provider = PrometheusProvider(
            PrometheusSettings(address: prometheus.address, stores: [prometheus.address: store]),
            sender: client)
        let counters = CounterQuestion(
            selectors: [
                .init(.requests, "prometheus_http_requests_total"),
                .init(.bad, #"prometheus_http_requests_total{code="200"}"#),
            ], label: "job", canary: "itself", stable: "nobody", settle: .zero)
        var total = 0.0
        for _ in 0..<400 where total < 3 {
            try await Task.sleep(for: .milliseconds(50))
            let now = Moment(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000))
            let sample = await provider.sample(
                Query(provider: "prometheus", text: "requests", counters: counters), at: now)
            guard case .counters(let reading, _) = sample else { continue }
            let points = reading.instances.first?.points ?? []
            total = points.reduce(0) { $0 + $1.requests }
            #expect(points.allSatisfy { $0.bad[0] == $0.requests }, "each of its requests was a 200")
        }
        #expect(total >= 3, "it scrapes itself four times a second")
    }
}
