package import Analysis

/// What a store remembers of everything that a template asks for: enough to judge by without the store.
package struct History: Codable, Sendable {
    /// So that a file says what it is.
    package static let format = "headgate.dev/history/v1"

    package private(set) var format = History.format
    package let from: Moment
    package let until: Moment
    package var numbers: [NumberHistory]
    package var counters: [CounterHistory]

    package init(
        from: Moment, until: Moment, numbers: [NumberHistory] = [], counters: [CounterHistory] = []
    ) {
        self.from = from
        self.until = until
        self.numbers = numbers
        self.counters = counters
    }

    package var span: Duration { until - from }

    func numbers(of query: Query) -> NumberHistory? { numbers.first { $0.query == query.text } }

    func counters(of question: CounterQuestion) -> CounterHistory? {
        counters.first { $0.answers(question) }
    }
}

/// The answers to one query, step by step.
package struct NumberHistory: Codable, Sendable {
    package let query: String
    package let start: Moment
    package let stepMicroseconds: Int64
    /// A number, and no list of them.
    package let isScalar: Bool
    /// The values of all series; none where there was no series.
    package let answers: [[Double]]

    package init(query: String, start: Moment, step: Duration, isScalar: Bool, answers: [[Double]]) {
        self.query = query
        self.start = start
        stepMicroseconds = step.wholeMicroseconds
        self.isScalar = isScalar
        self.answers = answers
    }

    package var step: Duration { .microseconds(stepMicroseconds) }

    /// The step that a moment is in; none outside of what is known.
    func index(at moment: Moment) -> Int? {
        guard moment >= start, stepMicroseconds > 0 else { return nil }
        let index = Int((moment.microseconds - start.microseconds) / stepMicroseconds)
        return answers.indices.contains(index) ? index : nil
    }

    /// As the store would have answered.
    func value(of answer: [Double]) -> Value {
        isScalar ? .float(answer.first ?? .nan) : .array(answer.map(Value.float))
    }

    /// Every number that is one.
    var finite: [Double] { answers.joined().filter(\.isFinite) }
}
