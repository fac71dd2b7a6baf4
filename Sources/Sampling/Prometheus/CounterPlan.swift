import Analysis

/// A question for counters as Prometheus can answer it: raw samples of plain selectors, in pieces of time that are small
/// enough for one answer.
struct CounterPlan {
    struct Piece: Hashable, Sendable {
        let role: CounterQuestion.Role
        /// `http_requests_total{job="web",pod_hash=~"a|b"}[600s]`
        let text: String
        let until: Moment
    }

    struct Answer {
        let piece: Piece
        let series: [PrometheusSeries]
        let notes: [String]
    }

    let pieces: [Piece]
    private let question: CounterQuestion
    private let until: Moment

    private static let pieceMax = Duration.seconds(600)
    /// A controller that was away for longer has missed what no store needs to repeat.
    private static let spanMax = Duration.seconds(3 * 3_600)

    init(_ question: CounterQuestion, at now: Moment) {
        self.question = question
        let until = now + (.zero - question.settle)
        self.until = until
        let since = question.since ?? until
        let span = min(max(until - since, .zero) + ComparisonRun.lookback, Self.spanMax)
        let ends = Self.ends(of: span, until: until)
        pieces = ends.flatMap { end, length in
            question.selectors.map { selector in
                let text = "\(selector.text(within: question))[\(length.wholeMicroseconds / 1_000)ms]"
                return Piece(role: selector.role, text: text, until: end)
            }
        }
    }

    /// The oldest first.
    private static func ends(of span: Duration, until: Moment) -> [(Moment, Duration)] {
        var ends: [(Moment, Duration)] = []
        var left = span
        while left > .zero {
            let length = min(left, pieceMax)
            ends.append((until + (left - span), length))
            left -= length
        }
        return ends.reversed()
    }

    func sample(_ answers: [Answer]) -> Sample {
        var joined: [Key: [CounterSeries.Reading]] = [:]
        for answer in answers {
            for series in answer.series {
                let key = Key(role: answer.piece.role, labels: series.labels)
                joined[key, default: []] += series.points.map { .init($0.moment, $0.number) }
            }
        }
        let series = joined.compactMap { key, readings in counter(key, readings) }
        let notes = Set(answers.flatMap(\.notes)).sorted()
        return .counters(CounterReading(series, until: until), warnings: notes)
    }

    private struct Key: Hashable {
        let role: CounterQuestion.Role
        let labels: [String: String]
    }

    /// None for a series of neither arm.
    private func counter(_ key: Key, _ readings: [CounterSeries.Reading]) -> CounterSeries? {
        guard let arm = key.labels[question.label], arm == question.canary || arm == question.stable,
            let role = key.role.counted(by: key.labels)
        else { return nil }
        return CounterSeries(
            instance: question.instance(of: key.labels), isCanary: arm == question.canary, role: role,
            readings: readings.sorted { $0.moment < $1.moment })
    }
}

extension CounterQuestion {
    /// The instance that a series is of.
    func instance(of labels: [String: String]) -> String {
        labels[instance ?? (labels["pod"] == nil ? "instance" : "pod")] ?? ""
    }
}

extension CounterQuestion.Role {
    /// What a series with these labels counts. `1` and `1.0` are one boundary: they are compared as numbers.
    func counted(by labels: [String: String]) -> CounterSeries.Role? {
        switch self {
        case .requests: .requests
        case .bad: .bad
        case .buckets: labels["le"].flatMap(boundary).map(CounterSeries.Role.bucket)
        }
    }

    private func boundary(_ text: String) -> Double? {
        text == "+Inf" ? .infinity : Double(text)
    }
}

extension CounterQuestion.Selector {
    /// The selector with the arms as one more matcher.
    fileprivate func text(within question: CounterQuestion) -> String {
        let arms = [question.canary, question.stable].map(\.regexQuoted).joined(separator: "|")
        return text(matching: "\(question.label)=~\"\(arms.escaped)\"")
    }

    /// The selector with one more matcher.
    func text(matching matcher: String) -> String {
        let plain = role == .buckets ? bucketText : text
        guard plain.hasSuffix("}") else { return "\(plain){\(matcher)}" }
        let body = plain.dropLast().trimmed
        let comma = body.hasSuffix("{") || body.hasSuffix(",") ? "" : ","
        return "\(body)\(comma)\(matcher)}"
    }

    /// A histogram is named without its `_bucket`, or with it.
    private var bucketText: String {
        let name = text.prefix { $0 != "{" }.trimmed
        guard !name.hasSuffix("_bucket") else { return text }
        return name + "_bucket" + text.drop { $0 != "{" }
    }
}

extension Substring {
    fileprivate var trimmed: String {
        var rest = self
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return String(rest.drop(while: \.isWhitespace))
    }
}

extension String {
    /// A value that a regular expression takes for itself.
    fileprivate var regexQuoted: String {
        reduce(into: "") { quoted, character in
            if "\\.+*?()|[]{}^$".contains(character) { quoted.append("\\") }
            quoted.append(character)
        }
    }

    /// Inside of double quotes.
    fileprivate var escaped: String {
        replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }
}
