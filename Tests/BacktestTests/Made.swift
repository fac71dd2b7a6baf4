import Analysis
import Backtest
import Simulator

/// Histories that are made up, and templates that are tried on them.
enum Made {
    static let start = Moment(microseconds: 1_763_856_000_000_000)

    /// A metric of numbers in our own rules, judged each minute.
    static func metric(
        _ name: String = "success-rate", good: String? = "result[0] >= 0.95", bad: String? = nil,
        failureLimit: Int = 0, query: String = "share"
    ) -> Metric {
        Metric(
            name: name, query: Query(provider: "prometheus", text: query), interval: .seconds(60),
            successCondition: good, failureCondition: bad, failureLimit: failureLimit)
    }

    /// An answer a minute, by the number of the minute.
    static func numbers(
        days: Double = 7, query: String = "share", _ answer: (Int) -> [Double]
    ) -> History {
        let minutes = Int(days * 1_440)
        let history = NumberHistory(
            query: query, start: start, step: .seconds(60), isScalar: false,
            answers: (0...minutes).map(answer))
        return History(from: start, until: start + .seconds(minutes * 60), numbers: [history])
    }

    static func subject(
        _ metrics: [Metric], windows: Int = 100, weight: Double = 0.1, effects: [Effect]? = nil,
        judgement: Judgement = .safe, excluded: [Window] = [], traffic: String? = nil, seed: UInt64 = 1
    ) -> Subject {
        Subject(
            name: "template", metrics: metrics, judgement: judgement, weight: weight, effects: effects,
            excluded: excluded, windowsMax: windows, seed: seed, traffic: traffic)
    }

    static func report(
        _ metrics: [Metric], _ history: History, windows: Int = 100, weight: Double = 0.1,
        effects: [Effect]? = nil, judgement: Judgement = .safe, excluded: [Window] = [],
        traffic: String? = nil, demands: [Demand] = []
    ) throws -> BacktestReport {
        let subject = subject(
            metrics, windows: windows, weight: weight, effects: effects, judgement: judgement,
            excluded: excluded, traffic: traffic)
        return try Playback(subject, history).report(demands)
    }

    // MARK: - Counters

    static let question = CounterQuestion(
        selectors: [.init(.bad, "errors_total"), .init(.requests, "requests_total")], label: "release",
        canary: "v2", stable: "v1")

    static func compared(
        _ comparison: Comparison = Comparison(kind: .errors, dispersion: 1)
    ) -> Metric {
        var query = Query(provider: "prometheus", text: "errors")
        query.counters = question
        return Metric(name: "errors", query: query, interval: .seconds(30), comparison: comparison)
    }

    /// So many instances, scraped twice a minute.
    static func counters(
        hours: Int = 12, instances: Int = 4, perScrape: Double = 300, errors: Double = 0.01, seed: UInt64 = 7,
        arm: (Int) -> String = { _ in "v1" }
    ) -> History {
        var dice = Dice(seed: seed)
        var counters = CounterHistory(question)
        for hour in 0..<hours {
            var page: [String: [CounterReading.Instance]] = [:]
            let begin = start + .seconds(hour * 3_600)
            for number in 0..<instances {
                let points = (1...120).map { scrape in
                    let requests = dice.poisson(perScrape)
                    return CounterReading.Point(
                        moment: begin + .seconds(scrape * 30), requests: requests,
                        bad: [dice.binomial(requests, errors)])
                }
                page[arm(hour), default: []].append(
                    .init(name: "\(arm(hour))-\(number)", isCanary: false, firstSeen: begin, points: points))
            }
            let end = begin + .seconds(3_600)
            counters.add(page.mapValues { CounterReading(until: end, instances: $0) })
        }
        return History(from: start, until: start + .seconds(hours * 3_600), counters: [counters])
    }
}
