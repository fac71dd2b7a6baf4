import Analysis
import Testing

/// Error budgets and how fast they burn, by the rows of the SRE workbook.
@Suite struct SLOTests {
    private let month = SLO(
        objective: 0.999, window: .days(30), limits: SLO.BurnLimit.standard(window: .days(30)))
    private let start = Moment(microseconds: 0)

    private func after(_ minutes: Int64) -> Moment { start + .minutes(minutes) }

    /// Shares of bad requests in thousandths: with an objective of 99.9 % those are burns.
    private func reading(_ left: Double = 0.5, _ burns: [Duration: Double] = [:]) -> SLOReading {
        var numbers: [SLOQuestion.Key: Double] = [.init(.remaining): left]
        for window in month.limits.flatMap({ [$0.long, $0.short] }) {
            numbers[.init(.badShare, over: window)] = (burns[window] ?? 0) / 1_000
        }
        return SLOReading(numbers)
    }

    private func look(
        _ slo: SLO, _ reading: SLOReading, since run: SLORun? = nil, exposedSince: Moment? = nil,
        at moment: Moment? = nil
    ) -> Measurement {
        let metric = Metric(name: "a", query: Query(provider: "prometheus", text: ""), slo: slo)
        return metric.look(
            at: .slo(reading, warnings: []), slo, since: run ?? SLORun(startedAt: start),
            exposedSince: exposedSince, from: moment ?? start, to: moment ?? start)
    }

    // MARK: - Limits

    @Test(arguments: [
        (30, [14.4, 6, 3, 1]), (28, [13.44, 5.6, 2.8, 0.933333]), (7, [3.36, 1.4, 0.7, 0.233333]),
    ])
    func theFactorIsTheShareOfTheBudgetInTheShareOfTheWindow(days: Int, factors: [Double]) {
        let limits = SLO.BurnLimit.standard(window: .days(Int64(days)))
        #expect(zip(limits, factors).allSatisfy { abs($0.factor - $1) < 1e-5 }, "\(limits)")
        #expect(limits.map(\.long.windowText) == ["1h", "6h", "1d", "3d"])
        #expect(limits.map(\.short.windowText) == ["5m", "30m", "2h", "6h"])
        #expect(limits.map(\.severity) == [.page, .page, .ticket, .ticket])
    }

    @Test(arguments: [
        (28, ["1h", "6h", "1d", "4d"], ["5m", "30m", "2h", "6h"]),
        (30, ["1h4m", "6h26m", "1d1h43m", "4d6h51m"], ["5m", "32m", "2h9m", "6h26m"]),
    ])
    func pyrrasWindowsGrowWithTheObjectives(days: Int, long: [String], short: [String]) {
        let limits = SLO.BurnLimit.pyrra(window: .days(Int64(days)))
        #expect(limits.map(\.factor) == [14, 7, 2, 1])
        #expect(limits.map(\.long.windowText) == long)
        #expect(limits.map(\.short.windowText) == short)
    }

    // MARK: - What is known

    @Test func whatIsLeftIsReckonedFromCounts() {
        var slo = month
        slo.limits = []
        let numbers: [SLOQuestion.Key: Double] = [
            .init(.bad, over: .days(30)): 620, .init(.total, over: .days(30)): 1_000_000,
        ]
        #expect(look(slo, SLOReading(numbers)).message == "38 % of the error budget left")
    }

    /// A service that never failed has no series of failures; one that nobody counts has none at all.
    @Test func noFailureYetIsNoFailureAndNoRequestAtAllIsNoData() {
        var slo = month
        slo.limits = [SLO.BurnLimit(.page, long: .hours(1), short: .minutes(5), factor: 14.4)]
        var numbers: [SLOQuestion.Key: Double] = [
            .init(.total, over: .days(30)): 1_000, .init(.total, over: .hours(1)): 10,
            .init(.total, over: .minutes(5)): 0,
        ]
        #expect(look(slo, SLOReading(numbers)).phase == .successful)
        numbers[.init(.total, over: .minutes(5))] = nil
        let silent = look(slo, SLOReading(numbers))
        #expect(silent.trouble == .noData)
        #expect(
            silent.message
                == "nothing was counted within 5m; look at the labels and at the targets of the store")
    }

    @Test func withoutAnObjectiveNothingIsReckoned() {
        var slo = month
        slo.objective = nil
        #expect(look(slo, reading()).trouble == .noData)
        #expect(look(slo, SLOReading([:])).message?.contains("knows no objective") == true)
    }

    @Test func aShareOfNoRequestsSpendsNothing() {
        #expect(look(month, reading(0.5, [.minutes(5): .nan])).phase == .successful)
    }

    // MARK: - The gate

    @Test(arguments: [(0.1, Measurement.Phase.successful), (0.0999, .held), (-3, .held)])
    func lessThanTheRestHolds(left: Double, phase: Measurement.Phase) {
        #expect(look(month, reading(left)).phase == phase)
    }

    @Test func aBurnNeedsBothWindows() {
        let both = reading(0.5, [.hours(1): 14.5, .minutes(5): 14.5])
        #expect(look(month, both).phase == .held)
        #expect(look(month, reading(0.5, [.hours(1): 14.5, .minutes(5): 14.3])).phase == .successful)
        #expect(look(month, reading(0.5, [.hours(1): 14.3, .minutes(5): 900])).phase == .successful)
        #expect(look(month, reading(0.5, [.hours(6): 6.1, .minutes(30): 6.1])).phase == .held)
    }

    @Test func aTicketHoldsOnlyWhereItIsSaid() {
        var slo = month
        let ticket = reading(0.5, [.days(1): 3.1, .hours(2): 3.1])
        #expect(look(slo, ticket).phase == .successful)
        slo.blockOn = [.page, .ticket]
        #expect(look(slo, ticket).phase == .held)
    }

    // MARK: - The abort

    @Test func aBurnThatBeganUnderTheReleaseTakesItBack() throws {
        let before = try #require(look(month, reading()).slo)
        let fast = reading(0.4, [.hours(1): 20, .minutes(5): 50])
        let found = look(month, fast, since: before, exposedSince: after(1), at: after(2))
        #expect(found.phase == .failed)
        #expect(
            found.message?.hasPrefix(
                "the error budget burns 20× over 1h and 50× over 5m (page at 14.4×) since "
                    + "1970-01-01T00:02:00.000Z, after the release got traffic; 40 % of the error budget left"
            )
                == true, "\(found.message ?? "")")
    }

    /// The hour is slow to tell: what counts is since when the five minutes have been bad.
    @Test func aBurnThatBeganBeforeHolds() throws {
        let before = try #require(look(month, reading(0.5, [.hours(1): 5, .minutes(5): 50])).slo)
        let fast = reading(0.4, [.hours(1): 20, .minutes(5): 50])
        let found = look(month, fast, since: before, exposedSince: after(1), at: after(2))
        #expect(found.phase == .held)
        #expect(
            found.message?.contains("since 1970-01-01T00:00:00.000Z, before the release got traffic") == true)
    }

    @Test func aReleaseWithoutTrafficIsNotToBlame() throws {
        let fast = reading(0.4, [.hours(1): 20, .minutes(5): 50])
        #expect(look(month, fast, at: after(2)).phase == .held)
    }

    // MARK: - The blast radius

    private func counts(_ canary: (Double, Double), _ stable: (Double, Double), at moment: Moment)
        -> SLOReading
    {
        let instances = [(true, canary), (false, stable)].map { isCanary, count in
            CounterReading.Instance(
                name: "\(isCanary)", isCanary: isCanary, firstSeen: start,
                points: [.init(moment: moment, requests: count.1, bad: [count.0])])
        }
        var numbers: [SLOQuestion.Key: Double] = [
            .init(.remaining): 0.5, .init(.total, over: .days(30)): 1_000_000,
        ]
        for window in month.limits.flatMap({ [$0.long, $0.short] }) {
            numbers[.init(.badShare, over: window)] = 0
        }
        return SLOReading(numbers, counters: CounterReading(until: moment, instances: instances))
    }

    /// A million requests at 99.9 % may have a thousand bad ones; one in a hundred of those is ten.
    @Test func aReleaseMaySpendSoMuchOfTheWindowsBudget() throws {
        var slo = month
        slo.blastRadius = 0.01
        let first = look(slo, counts((5, 50), (95, 950), at: after(1)), at: after(1))
        #expect(first.slo?.spent == 0, "the stable one was as bad")
        let second = look(slo, counts((10, 50), (0, 950), at: after(2)), since: first.slo, at: after(2))
        #expect(second.phase == .successful)
        #expect(abs((second.slo?.spent ?? 0) - 0.01) < 1e-9, "just as much as it may")
        let third = look(slo, counts((1, 50), (0, 950), at: after(3)), since: second.slo, at: after(3))
        #expect(third.phase == .failed)
        #expect(
            third.message?.hasPrefix(
                "the release has spent 1.1 % of the whole window's error budget, more than blastRadius 1 %: "
                    + "16 of 150 requests were bad, 11 more than with the stable release (95 of 2850)")
                == true,
            "\(third.message ?? "")")
    }

    @Test func noLookCountsTwice() throws {
        var slo = month
        slo.blastRadius = 0.01
        let once = look(slo, counts((5, 50), (0, 950), at: after(1)), at: after(1))
        let twice = look(slo, counts((5, 50), (0, 950), at: after(1)), since: once.slo, at: after(2))
        #expect(twice.slo?.canary == ArmCount(requests: 50, bad: 5))
    }

    // MARK: - Troubles

    @Test func anOutageIsNoBreachAndForgetsNothing() throws {
        let metric = Metric(
            name: "a", query: Query(provider: "prometheus", text: ""), interval: .seconds(60), slo: month)
        var run = AnalysisRun(metrics: [metric], judgement: .safe, startedAt: start)
        run.count(look(month, reading(0.5, [.minutes(5): 50])), ofMetric: 0)
        let down = metric.look(
            at: .failure(SampleFailure(.outage, "connection refused")), month,
            since: try #require(run.tallies[0].slo), exposedSince: nil, from: after(1), to: after(1))
        run.count(down, ofMetric: 0)
        #expect(run.blindness == "a: connection refused" && run.verdict == nil)
        #expect(run.tallies[0].slo?.burns.first?.since == start)
    }
}
