import Analysis
import Testing

/// What counters grew by, from scrape to scrape.
@Suite struct CounterReadingTests {
    private func moment(_ second: Int) -> Moment { Moment(microseconds: 0) + .seconds(second) }

    private func series(
        _ role: CounterSeries.Role, _ readings: KeyValuePairs<Int, Double>, instance: String = "web-1",
        isCanary: Bool = true
    ) -> CounterSeries {
        CounterSeries(
            instance: instance, isCanary: isCanary, role: role,
            readings: readings.map { .init(moment($0.key), $0.value) })
    }

    private func points(_ series: CounterSeries..., until: Int = 1_000) -> [CounterReading.Point] {
        CounterReading(series, until: moment(until)).instances.first?.points ?? []
    }

    @Test func theFirstScrapeIsWhereCountingBegins() {
        let points = points(series(.requests, [0: 1_000, 15: 1_010, 30: 1_030]))
        #expect(points.map(\.requests) == [10, 20])
        #expect(points.map(\.moment) == [moment(15), moment(30)])
    }

    @Test func aCounterThatFallsBeganAnew() {
        #expect(points(series(.requests, [0: 1_000, 15: 1_010, 30: 7])).map(\.requests) == [10, 7])
    }

    /// The first error of an instance's life makes a new series: it counts, though nothing of it was there before.
    @Test func aSeriesThatIsBornLaterCountsFromZero() {
        let points = points(
            series(.requests, [0: 100, 15: 110, 30: 120]), series(.bad, [30: 2]))
        #expect(points.map(\.bad) == [[0], [2]])
    }

    @Test func seriesOfOneInstanceAreAddedUp() {
        let points = points(
            series(.requests, [0: 5, 15: 8]), series(.requests, [0: 100, 15: 101]),
            series(.bad, [0: 1, 15: 1]))
        #expect(points == [.init(moment: moment(15), requests: 4, bad: [0])])
    }

    @Test func whatAVanishedInstanceDidIsKept() {
        let reading = CounterReading(
            [
                series(.requests, [0: 0, 15: 9], instance: "old", isCanary: false),
                series(.requests, [0: 0, 15: 1, 30: 2], instance: "new", isCanary: false),
            ], until: moment(30))
        #expect(reading.instances.map(\.name) == ["new", "old"])
        #expect(reading.instances[1].points.map(\.requests) == [9])
    }

    @Test func whatIsTooYoungIsNotRead() {
        #expect(points(series(.requests, [0: 0, 15: 1, 30: 2]), until: 20).map(\.requests) == [1])
    }

    /// A bucket counts what was fast: slower than 0.25 s are all less those.
    @Test func bucketsBecomeWhatIsSlower() {
        let reading = CounterReading(
            [
                series(.bucket(0.1), [0: 10, 15: 14]), series(.bucket(0.25), [0: 20, 15: 28]),
                series(.bucket(.infinity), [0: 30, 15: 40]),
            ], until: moment(15))
        #expect(reading.boundaries == [0.1, 0.25])
        #expect(reading.instances[0].points == [.init(moment: moment(15), requests: 10, bad: [6, 2])])
    }

    @Test func eventsAloneAreCountedBySecond() {
        let points = points(series(.bad, [0: 3, 15: 3, 45: 5]))
        #expect(
            points == [
                .init(moment: moment(15), requests: 15, bad: [0]),
                .init(moment: moment(45), requests: 30, bad: [2]),
            ])
    }
}
