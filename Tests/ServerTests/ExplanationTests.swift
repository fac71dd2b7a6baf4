import Analysis
import Rollouts
import Server
import Testing

/// Why it was decided, from the log.
@Suite struct ExplanationTests {
    private func explanation(_ guest: Guest) async throws -> Explanation {
        let token = try await guest.token(.viewer)
        return try await guest.ask("GET", "/v1/rollouts/checkout/explain", token: token)
            .decoded(as: Explanation.self)
    }

    @Test func anAbortIsExplainedByTheNumbersAlsoAfterARestart() async throws {
        let house = House()
        try await house.serve { guest in
            await guest.store.answer(0.5)
            try await guest.launch(
                .checkout([.setWeight(weight(20)), .pause(nil)], background: [.success()]))
            try await guest.until { $0.isAborted && $0.routing?.isApplied == true }
        }
        try await house.serve { guest in
            let explanation = try await explanation(guest)
            #expect(explanation.phase == .degraded && explanation.running.isEmpty)
            let verdict = try #require(explanation.verdict)
            #expect(verdict.verdict == "failed" && verdict.release == "v2" && verdict.run.kind == .background)
            #expect(
                verdict.sentence.hasPrefix(
                    "success-rate: 2 of 2 measurements failed, more than failureLimit 1"))
            let metric = try #require(verdict.metric)
            #expect(metric.query == #"rate{cluster="web-b"}"#)
            #expect(metric.samples.map(\.value) == ["[0.5]", "[0.5]"])
            #expect(metric.limits.failureLimit == 1 && metric.failed == 2)
        }
    }

    @Test func whatIsBeingMeasuredIsShownWhileItIs() async throws {
        try await House().serve { guest in
            try await guest.launch(
                .checkout([.setWeight(weight(20)), .pause(nil)], background: [.success()]))
            try await guest.until { ($0.flight?.background?.run.tallies[0].successful ?? 0) > 1 }
            let explanation = try await explanation(guest)
            #expect(explanation.verdict == nil)
            #expect(explanation.running.first?.metrics.first?.lastValue == "[1.0]")
        }
    }

    @Test func aGoodVerdictIsExplainedToo() async throws {
        try await House().serve { guest in
            try await guest.launch(.checkout([.setWeight(weight(20)), .analysis([.success(count: 2)])]))
            try await guest.until { $0.stable?.name == "v2" }
            let verdict = try #require(try await explanation(guest).verdict)
            #expect(verdict.verdict == "successful" && verdict.run.kind == .step && verdict.run.number == 2)
            #expect(verdict.sentence == "all metrics are good: success-rate")
        }
    }
}
