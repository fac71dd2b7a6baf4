import Analysis
import Backtest
import Simulator
import Testing

/// Templates with conditions, played on histories that are made up.
@Suite struct NumberTests {
    @Test func aMetricThatAlwaysPassesTakesNoGoodReleaseBack() throws {
        let report = try Made.report([Made.metric()], Made.numbers { _ in [0.99] })
        #expect(report.good.takenBack.count == 0)
        #expect(report.good.takenBack.of == 99)
        #expect(report.good.asked.count == 0)
        #expect(report.good.causes.isEmpty)
        // Nobody can say 0 after a week of half hours.
        #expect(report.good.takenBack.high > 0.005 && report.good.takenBack.high < 0.05)
    }

    @Test func aMetricThatAlwaysFailsTakesAllBackAtOnceAndHasNothingToShow() throws {
        let report = try Made.report([Made.metric()], Made.numbers { _ in [0.9] })
        #expect(report.good.takenBack.share == 1)
        #expect(report.good.takenBack.high == 1)
        #expect(report.good.causes.map(\.metric) == ["success-rate"])
        #expect(report.good.examples.count == 3)
    }

    @Test func whoIsToBlameAndWhenIsCounted() throws {
        // From three to four at night every look finds trouble; one metric of the two cares.
        let history = Made.numbers { minute in [minute / 60 % 24 == 3 ? 0.9 : 0.99] }
        let lax = Made.metric("lax", good: "result[0] >= 0.5")
        let report = try Made.report([lax, Made.metric()], history, windows: 150, effects: [])
        #expect(report.good.takenBack.count > 5)
        #expect(report.good.causes.map(\.metric) == ["success-rate"])
        #expect(report.good.causes.map(\.count) == [report.good.takenBack.count])
        let guilty = report.good.hours.indices.filter { report.good.hours[$0].takenBack > 0 }
        #expect(Set(guilty).isSubset(of: [2, 3]) && guilty.contains(3))
        #expect(report.advice.first?.contains("to blame") == true)
        #expect(report.advice.first?.contains("03:00") == true, "\(report.advice)")
    }

    @Test func aLimitIsFoundThatWouldHaveBeenEnough() throws {
        // One look in forty fails, never two in a row.
        let history = Made.numbers { minute in [minute % 40 == 0 ? 0.9 : 0.99] }
        let report = try Made.report([Made.metric()], history)
        #expect(report.good.takenBack.share > 0.5)
        #expect(
            report.advice.contains { $0.hasPrefix("success-rate: failureLimit 1 instead of 0 would have") },
            "\(report.advice)")
    }

    @Test func errorsThatAreInjectedAreFound() throws {
        let report = try Made.report([Made.metric()], Made.numbers { _ in [0.985] })
        let shares = Dictionary(uniqueKeysWithValues: report.bad.map { ($0.effect, $0.takenBack.share) })
        // 1.5 % bad ones become 2.25, 3 and 7.5 %; 5 % are allowed.
        #expect(shares == ["×1.5": 0, "×2": 0, "×5": 1, "+1pp": 0, "silence": 0])
        let worst = try #require(report.bad.first { $0.effect == "×5" })
        #expect(worst.medianSeconds.map { $0 >= 0 && $0 <= 60 } == true)
        #expect(report.advice.contains { $0.hasPrefix("success-rate does not see ×2") })
    }

    @Test func moreFailuresToWaitForTakeLonger() throws {
        let history = Made.numbers { _ in [0.985] }
        let times = try [0, 3].map { limit in
            try Made.report([Made.metric(failureLimit: limit)], history, effects: [.times(5)])
                .bad.first?.medianSeconds ?? .infinity
        }
        #expect(times[1] - times[0] == 180)
    }

    @Test func aQuantityIsMadeSlowerAndNoShare() throws {
        let slow = Made.metric(
            "latency", good: nil, bad: "result[0] > 0.5", query: "histogram_quantile(0.99, x)")
        let report = try Made.report(
            [slow], Made.numbers(query: "histogram_quantile(0.99, x)") { _ in [0.3] })
        let shares = report.bad.map { "\($0.effect) \($0.takenBack.share)" }
        #expect(shares == ["×1.2 0.0", "×1.5 0.0", "×2 1.0", "silence 0.0"])
    }

    @Test func silenceIsAQuestionByTheSafeRulesAndARollbackByArgos() throws {
        for (rules, isTakenBack) in [(Judgement.safe, false), (.argo, true)] {
            let report = try Made.report(
                [Made.metric()], Made.numbers { _ in [0.99] }, effects: [.silence], judgement: rules)
            let found = try #require(report.bad.first)
            #expect(found.takenBack.share == (isTakenBack ? 1 : 0))
            #expect(found.asked.share == (isTakenBack ? 0 : 1))
        }
    }

    @Test func oneMetricIsMadeWorseAtATime() throws {
        let twins = [Made.metric("one"), Made.metric("other", good: "result[0] >= 0.5")]
        let report = try Made.report(twins, Made.numbers { _ in [0.985] }, effects: [.times(5)])
        #expect(report.bad.map { "\($0.metric) \($0.takenBack.share)" } == ["one 1.0", "other 0.0"])
    }

    @Test func aConditionThatNothingFailsHasNothingThatCouldBeWorse() throws {
        let report = try Made.report([Made.metric(good: "true")], Made.numbers { _ in [0.99] })
        #expect(report.bad.isEmpty)
        #expect(report.text.contains("no metric tells what would be worse"))
    }

    /// A rate of 99 % of all traffic never fails 95 %; of eighteen requests one error does.
    @Test func fewRequestsMakeAShareJump() throws {
        var history = Made.numbers { _ in [0.99] }
        let traffic = NumberHistory(
            query: "rps", start: Made.start, step: .seconds(60), isScalar: false,
            answers: Array(repeating: [3], count: 7 * 1_440 + 1))
        history.numbers.append(traffic)
        let blind = try Made.report([Made.metric()], history)
        let seen = try Made.report([Made.metric()], history, traffic: "rps")
        #expect(blind.good.takenBack.count == 0)
        #expect(seen.good.takenBack.share > 0.5)
        #expect(seen.traffic.map { abs($0.median - 0.3) < 1e-9 } == true)
        #expect(seen.bad.contains { ($0.medianFailed ?? 0) > 0 })
    }

    @Test func theSameSeedFindsTheSame() throws {
        let history = Made.counters(hours: 4)
        let reports = try (0..<2).map { _ in
            try Made.report([Made.compared()], history, windows: 6, effects: [.times(5)]).text
        }
        #expect(reports[0] == reports[1])
    }

    @Test func aGapIsNoFailureOfTheRelease() throws {
        let history = Made.numbers { minute in minute / 600 % 2 == 0 ? [0.99] : [] }
        let report = try Made.report([Made.metric()], history)
        #expect(report.good.takenBack.count == 0)
        #expect(report.good.asked.count > 20)
    }
}
