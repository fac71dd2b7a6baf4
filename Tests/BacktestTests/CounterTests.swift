import Analysis
import Backtest
import Simulator
import Testing

/// Comparisons, played on counters that are made up.
@Suite struct CounterTests {
    private static let history = Made.counters()

    @Test func aComparisonTakesNoGoodReleaseBackAndFindsFiveTimesTheErrors() throws {
        let report = try Made.report(
            [Made.compared()], Self.history, windows: 20, weight: 0.25, effects: [.times(5)])
        #expect(report.good.takenBack.count == 0)
        let found = try #require(report.bad.first)
        #expect(found.takenBack.share == 1)
        // Twelve errors at half a one a second, after the warm-up and what is not settled yet.
        #expect(found.medianSeconds.map { $0 > 20 && $0 < 400 } == true, "\(found)")
        #expect(found.medianFailed.map { $0 > 10 && $0 < 300 } == true, "\(found)")
        #expect(report.traffic.map { abs($0.median - 10) < 0.5 } == true)
        #expect(report.advice.contains { $0.contains("requests/s in all") && $0.contains("×2 in") })
    }

    @Test func theSharesAreThoseOfTheWeight() throws {
        // Of four instances one plays the canary; a tenth of the traffic is less than it has.
        let report = try Made.report(
            [Made.compared()], Self.history, windows: 4, weight: 0.02, effects: [.times(5)])
        #expect(report.traffic.map { abs($0.median - 0.8) < 0.1 } == true)
        let slow = try #require(report.bad.first?.medianFailed)
        let all = try Made.report(
            [Made.compared()], Self.history, windows: 4, weight: 0.25, effects: [.times(5)])
        #expect(slow < 200 && all.bad[0].takenBack.share == 1)
    }

    @Test func aSingleInstancePlaysBothParts() throws {
        let history = Made.counters(instances: 1, perScrape: 1_200)
        let report = try Made.report(
            [Made.compared()], history, windows: 10, weight: 0.25, effects: [.times(5)])
        #expect(report.good.takenBack.count == 0)
        #expect(report.bad.first?.takenBack.share == 1)
    }

    /// The teeth: a comparison without margin and patience on errors that come in clusters takes good releases back.
    @Test func clusteredErrorsAreSeenAsFalseRollbacks() throws {
        var dice = Dice(seed: 3)
        var counters = CounterHistory(Made.question)
        let begin = Made.start
        let instances = (0..<4).map { number in
            CounterReading.Instance(
                name: "v1-\(number)", isCanary: false, firstSeen: begin,
                points: (1...1_440).map { scrape in
                    // Thirty at once, now and then.
                    let burst = dice.binomial(1, 0.05) * 30
                    return .init(moment: begin + .seconds(scrape * 30), requests: 300, bad: [burst])
                })
        }
        let end = begin + .seconds(43_200)
        counters.add(["v1": CounterReading(until: end, instances: instances)])
        let history = History(from: begin, until: end, counters: [counters])
        let naive = Comparison(
            kind: .errors, margin: Margin(ratio: 1), falseRollback: 0.2, minExcess: 1, dispersion: 1)
        let report = try Made.report([Made.compared(naive)], history, windows: 20, effects: [])
        #expect(report.good.takenBack.count > 2)
        let measured = try Made.report(
            [Made.compared(Comparison(kind: .errors))], history, windows: 20, effects: [])
        #expect(measured.good.takenBack.count < report.good.takenBack.count)
    }

    @Test func aReleaseOfItsOwnIsNoExample() throws {
        let history = Made.counters { $0 < 6 ? "v1" : "v2" }
        let report = try Made.report([Made.compared()], history, windows: 40, effects: [])
        #expect(report.deployed > 0)
        let undisturbed = try Made.report([Made.compared()], Self.history, windows: 40, effects: [])
        #expect(report.windows + report.deployed == undisturbed.windows)
        #expect(report.good.asked.count == 0)
    }

    @Test func whatIsNotScrapedIsAQuestion() throws {
        let report = try Made.report(
            [Made.compared()], Self.history, windows: 6, effects: [.silence])
        let found = try #require(report.bad.first)
        #expect(found.takenBack.count == 0)
        #expect(found.asked.count > 0)
    }

    @Test func slowerRequestsMoveUpTheBuckets() throws {
        var dice = Dice(seed: 5)
        let question = CounterQuestion(
            selectors: [.init(.buckets, "seconds")], label: "release", canary: "v2", stable: "v1")
        var counters = CounterHistory(question)
        let begin = Made.start
        let instances = (0..<4).map { number in
            CounterReading.Instance(
                name: "v1-\(number)", isCanary: false, firstSeen: begin,
                points: (1...480).map { scrape in
                    let requests = dice.poisson(300)
                    let slow = dice.binomial(requests, 0.2)
                    let slower = dice.binomial(slow, 0.1)
                    return .init(
                        moment: begin + .seconds(scrape * 30), requests: requests, bad: [slow, slower])
                })
        }
        let end = begin + .seconds(14_400)
        counters.add([
            "v1": CounterReading(until: end, boundaries: [0.1, 0.5], instances: instances)
        ])
        var query = Query(provider: "prometheus", text: "latency")
        query.counters = question
        let metric = Metric(
            name: "latency", query: query, interval: .seconds(30),
            comparison: Comparison(kind: .latency, dispersion: 1))
        let report = try Made.report(
            [metric], History(from: begin, until: end, counters: [counters]), windows: 8, weight: 0.25,
            effects: [.times(2)])
        #expect(report.good.takenBack.count == 0)
        #expect(report.bad.first?.takenBack.share == 1)
        #expect(report.bad.first?.medianFailed == nil)
    }
}
