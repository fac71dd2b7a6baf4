import Analysis
import Backtest
import Sampling

/// Fetches from a Prometheus what a template asks for, page by page: one question at a time, so that a backtest is no
/// burden to a store, and never more than fits.
struct HistoryReader {
    let store: PrometheusHistory
    let from: Moment
    let until: Moment
    /// Told what is fetched, and how far it has come.
    let progress: (String, Double) -> Void
    /// Before a store that stumbled is asked again.
    var pauses: [Duration] = [.seconds(1), .seconds(3)]

    private static let numberPage = 10_000
    private static let counterPage = Duration.seconds(3_600)
    private static let counterPageMin = Duration.seconds(225)
    /// Of all instances, or steps, together: about a gigabyte.
    private static let pointsMax = 5_000_000

    func read(_ metrics: [Metric], traffic: Query?) async throws -> History {
        var history = History(from: from, until: until)
        var questions = metrics
        if let traffic {
            let step = metrics.filter { $0.comparison == nil }.map(\.step).min() ?? .seconds(60)
            questions.append(Metric(name: "--traffic", query: traffic, interval: step))
        }
        for metric in questions where metric.query.provider == "prometheus" && metric.query.range == nil {
            do throws(SampleFailure) {
                if let question = metric.query.counters {
                    let isKnown = history.counters.contains { $0.question == question }
                    if !isKnown { history.counters.append(try await counters(question, metric)) }
                } else if !history.numbers.contains(where: { $0.query == metric.query.text }) {
                    history.numbers.append(try await numbers(metric))
                }
            } catch {
                throw CommandError("metric \(metric.name): \(error.message)\(advice(error))")
            }
        }
        return history
    }

    private func advice(_ failure: SampleFailure) -> String {
        failure.kind == .outage
            ? "; tried \(pauses.count + 1) times: see to the store, or ask for less with --range" : ""
    }

    // MARK: - Numbers

    private func numbers(_ metric: Metric) async throws(SampleFailure) -> NumberHistory {
        let step = metric.step
        let count = Int((until - from) / step) + 1
        guard count <= Self.pointsMax else { throw tooMuch }
        let isScalar = try await patiently { () throws(SampleFailure) in
            try await store.isScalar(metric.query, at: until)
        }
        var answers: [[Double]] = []
        var numbers = 0
        var page = Self.numberPage
        while answers.count < count {
            progress(metric.name, Double(answers.count) / Double(count))
            let length = min(page, count - answers.count)
            let first = from + step * answers.count
            do throws(SampleFailure) {
                let found = try await patiently { () throws(SampleFailure) in
                    try await store.numbers(
                        metric.query, from: first, until: first + step * (length - 1), step: step)
                }
                answers += (0..<length).map { found[first + step * $0] ?? [] }
                numbers += found.values.reduce(0) { $0 + $1.count }
                guard numbers <= Self.pointsMax else { throw tooMuch }
            } catch {
                // The answer may have been too large.
                guard error.kind == .refused, length > 600, numbers <= Self.pointsMax else { throw error }
                page = length / 2
            }
        }
        return NumberHistory(
            query: metric.query.text, start: from, step: step, isScalar: isScalar, answers: answers)
    }

    // MARK: - Counters

    private func counters(
        _ question: CounterQuestion, _ metric: Metric
    ) async throws(SampleFailure) -> CounterHistory {
        var history = CounterHistory(question)
        var page = Self.counterPage
        var done = from
        while done < until {
            progress(metric.name, (done - from) / (until - from))
            let end = min(until, done + page)
            do throws(SampleFailure) {
                let found = try await patiently { () throws(SampleFailure) in
                    try await store.counters(question, as: metric.query, after: done, until: end)
                }
                history.add(found)
                done = end
            } catch {
                guard error.kind == .refused, page > Self.counterPageMin else { throw error }
                page = page / 2
            }
            guard history.pointCount <= Self.pointsMax else { throw tooMuch }
        }
        return history
    }

    private var tooMuch: SampleFailure {
        SampleFailure(
            .refused,
            "more than \(Self.pointsMax) samples in \((until - from).text); ask for less with --range")
    }

    /// A store that stumbles is asked again, a moment later.
    private func patiently<Found>(
        _ ask: () async throws(SampleFailure) -> Found
    ) async throws(SampleFailure) -> Found {
        for pause in pauses {
            do throws(SampleFailure) {
                return try await ask()
            } catch {
                guard error.kind == .outage else { throw error }
                try? await Task.sleep(for: pause)
            }
        }
        return try await ask()
    }
}
