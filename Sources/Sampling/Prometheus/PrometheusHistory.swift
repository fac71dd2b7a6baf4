package import Analysis
package import Transport

/// What a Prometheus remembers, asked for page by page: as the live questions would have found it.
package struct PrometheusHistory: Sendable {
    private let provider: HTTPProvider

    /// The most that one query may answer with, says Prometheus.
    package static let pointsMax = 11_000
    /// More series than anybody means to add up.
    private static let seriesMax = 20_000

    package init(_ settings: PrometheusSettings, sender: any HTTPSender) {
        provider = HTTPProvider(PrometheusDialect(), settings.accounts, sender: sender)
    }

    /// Whether the query's answer is a number, and no list of them: that decides what a condition may do.
    package func isScalar(_ query: Query, at now: Moment) async throws(SampleFailure) -> Bool {
        try await provider.read(query, at: now) { _, answers throws(SampleFailure) in
            if case .value(.float, _) = try answer(in: answers[0]).sample() { true } else { false }
        }
    }

    /// What the query would have answered at each step: its values, in the store's order. A moment without an answer
    /// is not in it.
    package func numbers(
        _ query: Query, from start: Moment, until end: Moment, step: Duration
    ) async throws(SampleFailure) -> [Moment: [Double]] {
        var query = query
        let span = (end - start).wholeMicroseconds
        query.range = QueryRange(start: "now() - duration(\"\(span)us\")", end: "now()", step: step)
        return try await provider.read(query, at: end) { _, answers throws(SampleFailure) in
            let series = try bounded(answer(in: answers[0]).series())
            return series.reduce(into: [:]) { found, one in
                for point in one.points { found[point.moment, default: []].append(point.number) }
            }
        }
    }

    /// What every instance did after one moment and up to another, by the value of the label that tells releases apart.
    package func counters(
        _ question: CounterQuestion, as query: Query, after start: Moment, until end: Moment
    ) async throws(SampleFailure) -> [String: CounterReading] {
        // A counter's growth needs the reading before it.
        let length = (end - start) + ComparisonRun.lookback
        var joined: [String: [CounterSeries]] = [:]
        for selector in question.selectors {
            let text = selector.text(matching: "\(question.label)=~\".+\"")
            let moment = decimal(microseconds: end.microseconds)
            var asked = query
            asked.counters = nil
            asked.text = "\(text)[\(length.wholeMicroseconds / 1_000)ms] @ \(moment)"
            for series in try await self.series(asked, at: end) {
                guard let arm = series.labels[question.label],
                    let role = selector.role.counted(by: series.labels)
                else { continue }
                joined[arm, default: []].append(
                    CounterSeries(
                        instance: question.instance(of: series.labels), isCanary: false, role: role,
                        readings: series.points.map { .init($0.moment, $0.number) }))
            }
        }
        return joined.mapValues { CounterReading($0, until: end) }
    }

    private func series(_ query: Query, at now: Moment) async throws(SampleFailure) -> [PrometheusSeries] {
        try await provider.read(query, at: now) { _, answers throws(SampleFailure) in
            try bounded(answer(in: answers[0]).series())
        }
    }

    private func bounded(_ series: [PrometheusSeries]) throws(SampleFailure) -> [PrometheusSeries] {
        guard series.count <= Self.seriesMax else {
            throw SampleFailure(
                .refused,
                "the answer has \(series.count) series, the limit is \(Self.seriesMax); add labels to the query"
            )
        }
        return series
    }
}
