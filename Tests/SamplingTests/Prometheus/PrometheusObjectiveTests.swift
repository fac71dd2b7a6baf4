import Analysis
import Foundation
import Testing
import Transport

@testable import Sampling

/// What a real Prometheus says about an objective, and to Spinnaker's judge.
@Suite(.timeLimit(.minutes(1))) struct PrometheusObjectiveTests {
    private let client = CurlClient()
    private var now: Moment { Moment(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000)) }

    private func asked(_ query: Query, _ prometheus: LabPrometheus) async -> Sample {
        let store = StoreAccount(
            authorization: .basic(user: "headgate", password: .text(LabPrometheus.password)))
        let provider = PrometheusProvider(
            PrometheusSettings(address: prometheus.address, stores: [prometheus.address: store]),
            sender: client)
        return await provider.sample(query, at: now)
    }

    private func objective(_ parts: [(SLOQuestion.Key, String)]) -> Query {
        Query(
            provider: "prometheus", text: "an objective",
            slo: SLOQuestion(parts.map { SLOQuestion.Part($0.0, $0.1) }))
    }

    /// What has no series is not zero: whether it is missing, the objective says.
    @Test func eachPartIsOneNumberOrNone() async throws {
        let prometheus = try LabPrometheus()
        try await prometheus.untilReady(client)
        let hour = SLOQuestion.Key(.badShare, over: .hours(1))
        let sample = await asked(
            objective([
                (hour, "vector(0.25)"), (.init(.budget), "scalar(vector(0.1))"),
                (.init(.bad), "no_such_series"),
            ]),
            prometheus)
        #expect(sample == .slo(SLOReading([hour: 0.25, .init(.budget): 0.1]), warnings: []))

        let two = await asked(
            objective([(hour, #"vector(1) or label_replace(vector(1), "a", "b", "", "")"#)]), prometheus)
        guard case .failure(let failure) = two else {
            Issue.record("\(two)")
            return
        }
        #expect(
            failure.kind == .refused && failure.message.contains("gives 2 series; let it give one number"))
    }

    @Test func aPairIsTwoSeriesOverTheSameTime() async throws {
        let prometheus = try LabPrometheus()
        try await prometheus.untilReady(client)
        var query = Query(
            provider: "prometheus", text: "kayenta: m",
            kayenta: KayentaQuestion(
                pairs: [.init(canary: "vector(2)", baseline: "no_such_series")], step: .seconds(1),
                lookback: .seconds(10)))
        let pair = KayentaPair(canary: Array(repeating: 2, count: 11), baseline: [])
        #expect(await asked(query, prometheus) == .pairs([pair], warnings: []))
        query.kayenta?.pairs[0].baseline = #"vector(1) or label_replace(vector(1), "a", "b", "", "")"#
        guard case .failure(let failure) = await asked(query, prometheus) else {
            Issue.record("two series")
            return
        }
        #expect(failure.kind == .refused && failure.message.contains("gives 2 series"))
    }
}
