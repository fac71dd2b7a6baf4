import Analysis
import Testing

/// A measurement by Spinnaker's judge: scores, limits, and what is too little to be judged.
@Suite struct KayentaAnalysisTests {
    private let start = Moment(microseconds: 0)
    private let analysis = KayentaAnalysis(
        items: [item("errors"), item("times")], pass: 90, marginal: 50)

    private static func item(
        _ name: String, isCritical: Bool = false, _ nan: KayentaJudge.NaNStrategy = .remove
    )
        -> KayentaAnalysis.Item
    {
        var judge = KayentaJudge()
        (judge.direction, judge.isCritical, judge.nanStrategy) = (.increase, isCritical, nan)
        return KayentaAnalysis.Item(name: name, judge: judge, groups: ["metrics"])
    }

    private func series(_ count: Int, from first: Double = 10) -> [Double] {
        (0..<count).map { first + Double($0 % 5) }
    }

    private var same: KayentaPair { KayentaPair(canary: series(20), baseline: series(20)) }
    private var worse: KayentaPair { KayentaPair(canary: series(20, from: 40), baseline: series(20)) }

    private func measured(_ sample: Sample, by analysis: KayentaAnalysis) -> Measurement {
        let metric = Metric(name: "m", query: Query(provider: "prometheus", text: ""), kayenta: analysis)
        return metric.measurement(of: sample, by: .safe, from: start, to: start)
    }

    @Test func theScoreDecidesByTheLimits() {
        #expect(analysis.judge([same, same]).phase == .successful)
        #expect(analysis.judge([same, worse]).phase == .inconclusive)
        #expect(analysis.judge([worse, worse]).phase == .failed)
        #expect(analysis.judge([same, worse]).score == 50)
    }

    @Test func theSentenceHasTheNumbers() {
        let measurement = measured(.pairs([same, worse], warnings: ["w"]), by: analysis)
        #expect(measurement.value == "score 50")
        #expect(
            measurement.message
                == "score 50 (pass 90, marginal 50): errors Pass, canary 12 (20 values) vs baseline 12 (20 values); "
                + "times High, canary 42 (20 values) vs baseline 12 (20 values); warnings: w")
    }

    @Test func aCriticalOneAloneMakesTheScoreZero() {
        var analysis = analysis
        analysis.items[0] = Self.item("errors", isCritical: true)
        #expect(analysis.judge([worse, same]).phase == .failed)
        #expect(analysis.judge([worse, same]).score == 0)
    }

    /// Kayenta calls a group good in which nothing could be judged.
    @Test func whatCantBeJudgedIsNoDataAndNotGood() {
        let short = KayentaPair(canary: series(11), baseline: series(20))
        let outcome = analysis.judge([same, short])
        #expect(outcome.phase == .error && outcome.trouble == .noData)
        #expect(outcome.sentence == "times: only 11 values of the canary, and it takes 12")
        #expect(analysis.judge([KayentaPair(canary: [], baseline: []), same]).trouble == .noData)
        #expect(analysis.judge([]).trouble == .noData)
    }

    @Test func aValueThatIsNoNumberIsNoValueUnlessItIsToBeZero() {
        let gaps = KayentaPair(canary: Array(repeating: .nan, count: 20), baseline: series(20))
        #expect(analysis.judge([gaps, same]).trouble == .noData)
        var replacing = analysis
        replacing.items[0] = Self.item("errors", .replace)
        #expect(replacing.judge([gaps, same]).phase == .successful, "nothing but zeros is no increase")
        #expect(
            replacing.judge([KayentaPair(canary: series(20), baseline: []), same]).phase == .inconclusive)
        #expect(replacing.judge([KayentaPair(canary: [], baseline: []), same]).trouble == .noData)
    }

    @Test func anOutageIsNoScore() {
        let down = measured(.failure(SampleFailure(.outage, "connection refused")), by: analysis)
        #expect(down.trouble == .outage && down.value == nil)
        let odd = measured(.value(.float(1), warnings: []), by: analysis)
        #expect(odd.phase == .error && odd.trouble == .invalid)
    }

    @Test func nothingIsComparedFromBeforeTheReleaseHadTraffic() {
        var question = KayentaQuestion(pairs: [], step: .seconds(60), lookback: .minutes(30))
        #expect(question.span(at: start + .hours(1)) == .minutes(30))
        question.since = start + .minutes(50)
        #expect(question.span(at: start + .hours(1)) == .minutes(10))
        question.since = start + .hours(2)
        #expect(question.span(at: start + .hours(1)) == .zero)
    }
}
