import Analysis
import Testing

/// A comparison from its first look to its end, with made-up counters.
@Suite struct ComparisonRunTests {
    static let start = Moment(microseconds: 3_600_000_000)
    private let interval = Duration.seconds(15)
    private var pace: ComparisonRun.Pace { .init(interval: interval) }

    /// Instances that do the same in every scrape.
    struct Load {
        var canary = (requests: 60.0, bad: 0.0)
        var stable = (requests: 600.0, bad: 1.0)
        var stables = 2
    }

    /// What is read up to the n-th scrape after the start; the stable instances were there for a while.
    static func reading(_ scrapes: Int, _ load: Load, canaryFrom: Int = 0, canaryUntil: Int = .max)
        -> CounterReading
    {
        let until = start + .seconds(scrapes * 15)
        func points(_ numbers: some Sequence<Int>, _ did: (requests: Double, bad: Double))
            -> [CounterReading.Point]
        {
            numbers.map { .init(moment: start + .seconds($0 * 15), requests: did.requests, bad: [did.bad]) }
        }
        let last = min(scrapes, canaryUntil)
        let canary = CounterReading.Instance(
            name: "canary", isCanary: true, firstSeen: start + .seconds(canaryFrom * 15),
            points: last > canaryFrom ? points((canaryFrom + 1)...last, load.canary) : [])
        let stables = (0..<load.stables).map { number in
            CounterReading.Instance(
                name: "stable-\(number)", isCanary: false, firstSeen: start + .seconds(-300),
                points: points((-20)...scrapes, load.stable))
        }
        return CounterReading(until: until, instances: [canary] + stables)
    }

    private func run(_ comparison: Comparison, _ load: Load, looks: Int) -> ComparisonRun {
        var run = ComparisonRun(of: comparison, startedAt: Self.start)
        for look in 1...looks { run.take(Self.reading(look, load), of: comparison, at: pace) }
        return run
    }

    private func comparison(_ warmup: Duration = .zero) -> Comparison {
        Comparison(kind: .errors, warmup: warmup, dispersion: 1, history: .seconds(300))
    }

    @Test func aBadCanaryIsProvedToBeOne() {
        let load = Load(canary: (60, 6))
        let run = run(comparison(), load, looks: 4)
        #expect(run.evidence(comparison(), at: pace) >= 100)
        #expect(run.isGrave(comparison()))
        #expect(run.looks == 4)
        let sentence = run.sentence(comparison(), at: pace, level: 100)
        #expect(
            sentence.hasPrefix("canary errors 24/240 vs stable 8/4800, ratio 60 (95 % sure: "), "\(sentence)")
        #expect(sentence.contains(" ≥ 100 after 4 looks (1m)"), "\(sentence)")
        #expect(sentence.hasSuffix("23.5 too many; φ 1"), "\(sentence)")
    }

    @Test func aCanaryThatIsAsGoodPassesAndIsNotProvedBad() {
        var comparison = comparison()
        comparison.pass = Comparison.Pass()
        let run = run(comparison, Load(canary: (600, 1)), looks: 30)
        #expect(run.evidence(comparison, at: pace) < 2)
        #expect(run.isPassed(comparison))
    }

    /// The same counters read twice, after a crash or by a step and the background, count once.
    @Test func whatWasSeenIsNotSeenAgain() {
        let load = Load(canary: (60, 2))
        var once = ComparisonRun(of: comparison(), startedAt: Self.start)
        var twice = once
        for look in 1...5 {
            once.take(Self.reading(look, load), of: comparison(), at: pace)
            for _ in 0..<2 { twice.take(Self.reading(look, load), of: comparison(), at: pace) }
        }
        #expect(once == twice)
        once.take(Self.reading(3, load), of: comparison(), at: pace)
        #expect(once == twice, "an answer that is overtaken changes nothing")
    }

    /// A look that failed is made up for by the next one.
    @Test func aLookThatWasMissedLosesNothing() {
        let load = Load(canary: (60, 2))
        var run = ComparisonRun(of: comparison(), startedAt: Self.start)
        run.take(Self.reading(1, load), of: comparison(), at: pace)
        run.take(Self.reading(5, load), of: comparison(), at: pace)
        #expect(run.loudest?.canary == ArmCount(requests: 300, bad: 10))
    }

    @Test func aNewInstanceIsLeftOutUntilItIsWarm() {
        var comparison = comparison(.seconds(60))
        comparison.minExcess = 0.01
        let run = run(comparison, Load(canary: (60, 30)), looks: 4)
        #expect(run.loudest?.canary == ArmCount())
        #expect(abs(run.evidence(comparison, at: pace) - 1) < 1e-9)
        var warm = run
        warm.take(Self.reading(5, Load(canary: (60, 30))), of: comparison, at: pace)
        #expect(warm.loudest?.canary == ArmCount(requests: 60, bad: 30))
    }

    @Test func aHandfulOfEventsIsNotGrave() {
        let run = run(comparison(), Load(canary: (2, 2), stable: (6_000, 0)), looks: 2)
        #expect(run.evidence(comparison(), at: pace) > 100)
        #expect(!run.isGrave(comparison()), "four events are fewer than the five that it takes")
    }

    @Test func aMetricOfWhichLessIsWorseIsTurnedRound() {
        var comparison = comparison()
        comparison.direction = .decrease
        let load = Load(canary: (600, 60), stable: (600, 300))
        #expect(run(comparison, load, looks: 5).evidence(comparison, at: pace) > 100)
        let other = Load(canary: (600, 300), stable: (600, 60))
        #expect(run(comparison, other, looks: 5).evidence(comparison, at: pace) < 1)
    }

    @Test func anArmThatIsNotScrapedIsSilentAndNotGood() {
        var run = ComparisonRun(of: comparison(), startedAt: Self.start)
        run.take(Self.reading(3, Load(), canaryUntil: 3), of: comparison(), at: pace)
        #expect(run.silence(of: pace, comparison()) == nil)
        run.take(Self.reading(7, Load(), canaryUntil: 3), of: comparison(), at: pace)
        #expect(run.silence(of: pace, comparison())?.arm == "canary")
        run.take(Self.reading(8, Load()), of: comparison(), at: pace)
        #expect(run.silence(of: pace, comparison()) == nil, "it is back")
    }

    /// Without two stable instances nobody can measure how clustered errors are.
    @Test func aSingleStableInstanceTellsNoDispersion() {
        var comparison = comparison()
        comparison.dispersion = nil
        let alone = run(comparison, Load(stables: 1), looks: 2)
        #expect(alone.loudest.map { alone.dispersion(of: $0, comparison) } == 2)
        let two = run(comparison, Load(stables: 2), looks: 2)
        #expect(
            (two.loudest.map { two.dispersion(of: $0, comparison) } ?? 0) < 1.5, "they are as even as can be")
    }

    @Test func latencyIsComparedAtBoundariesThatTheStableArmChose() {
        let comparison = Comparison(kind: .latency, warmup: .zero, dispersion: 1, history: .seconds(300))
        func instance(_ isCanary: Bool, _ scrapes: Int, _ bad: [Double]) -> CounterReading.Instance {
            .init(
                name: "\(isCanary)", isCanary: isCanary, firstSeen: Self.start + .seconds(-300),
                points: ((isCanary ? 1 : -20)...scrapes).map {
                    .init(moment: Self.start + .seconds($0 * 15), requests: 100, bad: bad)
                })
        }
        var run = ComparisonRun(of: comparison, startedAt: Self.start)
        for look in 1...6 {
            run.take(
                CounterReading(
                    until: Self.start + .seconds(look * 15), boundaries: [0.05, 0.25, 1],
                    instances: [instance(true, look, [95, 40, 3]), instance(false, look, [90, 10, 2])]),
                of: comparison, at: pace)
        }
        #expect(run.channels.map(\.boundary) == [0.25, 1], "nearly everything is slower than 50 ms")
        #expect(run.looks == 5, "the look that chose the boundaries is no evidence")
        #expect(run.loudest?.boundary == 0.25)
        #expect(run.evidence(comparison, at: pace) > 100)
        let sentence = run.sentence(comparison, at: pace, level: 100)
        #expect(
            sentence.hasPrefix("canary requests over 250 ms 200/500 vs stable 50/500, ratio 4"), "\(sentence)"
        )
    }

    @Test func aMeanAsksAndNeverTakesBack() {
        var comparison = comparison()
        comparison.kind = .mean
        let metric = Metric(
            name: "cpu", query: Query(provider: "prometheus", text: "q"), interval: interval,
            comparison: comparison)
        var run = ComparisonRun(of: comparison, startedAt: Self.start)
        var last: Measurement?
        for look in 1...(20 * 30) {
            // Twice as much CPU for each request, a little up and down.
            let load = Load(
                canary: (60, 60 * (2 + Double(look * 7 % 5) / 10)),
                stable: (600, 600 * (1 + Double(look % 3) / 10)))
            last = metric.look(
                at: .counters(Self.latest(look, load), warnings: []), comparison, since: run, level: 100,
                others: [],
                from: Self.start, to: Self.start)
            run = last?.comparison ?? run
        }
        #expect(last?.phase == .inconclusive, "\(last?.message ?? "")")
    }

    /// The last scrape alone, so that long stories stay quick.
    private static func latest(_ look: Int, _ load: Load) -> CounterReading {
        let whole = reading(look, load)
        return CounterReading(
            until: whole.until,
            instances: whole.instances.map {
                .init(
                    name: $0.name, isCanary: $0.isCanary, firstSeen: $0.firstSeen,
                    points: Array($0.points.suffix(1)))
            })
    }

    /// Many small signs are a large one: none of three is proof by itself.
    @Test func comparisonsProveTogetherWhatNoneProvesAlone() {
        let load = Load(canary: (60, 6))
        let metric = Metric(
            name: "errors", query: Query(provider: "prometheus", text: "q"), interval: interval,
            comparison: comparison())
        let own = run(comparison(), load, looks: 2).evidence(comparison(), at: pace)
        let before = run(comparison(), load, looks: 1)
        func look(_ others: [Double]) -> Measurement {
            metric.look(
                at: .counters(Self.reading(2, load), warnings: []), comparison(), since: before,
                level: own * 2,
                others: others, from: Self.start, to: Self.start)
        }
        #expect(look([]).phase == .comparing)
        #expect(look([0.3, 0.1]).phase == .comparing)
        #expect(look([0.6]).phase == .comparing, "the one that is loudest says it")
        #expect(look([0.3, 0.3]).phase == .failed)
        #expect(
            look([0.3, 0.3]).message?.hasSuffix("together with the other comparisons it is proof enough")
                == true)
    }

    @Test func theStateIsSmallEnoughForEveryEntry() {
        let run = run(comparison(), Load(canary: (60, 1)), looks: 40)
        #expect("\(run)".utf8.count < 8_000)
    }
}
