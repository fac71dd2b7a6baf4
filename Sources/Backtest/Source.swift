import Analysis
import Simulator

/// What is known of one metric, and what can be done to it.
enum Source: Sendable {
    case numbers(NumberHistory, NumberScale?, usual: Double)
    /// A share of so many requests as a canary would have had.
    case shares(NumberHistory, NumberScale, usual: Double, traffic: NumberHistory, weight: Double)
    case counters(Casting, settle: Duration)

    /// - Throws: why nothing can be played.
    init(_ metric: Metric, _ subject: Subject, _ history: History) throws(Complaint) {
        if let comparison = metric.comparison, let question = metric.query.counters {
            self = .counters(
                try Self.casting(metric, comparison, question, subject, history), settle: question.settle)
            return
        }
        guard metric.query.provider == "prometheus" else {
            throw Complaint(
                "is asked of \(metric.query.provider), which remembers nothing that can be played")
        }
        guard metric.query.range == nil else {
            throw Complaint("asks for a range at every look; only the values of a moment can be played")
        }
        guard let numbers = history.numbers(of: metric.query) else { throw .unknown }
        guard numbers.answers.contains(where: { !$0.isEmpty }) else { throw .empty }
        guard let scale = NumberScale(metric, numbers, subject.judgement) else {
            self = .numbers(numbers, nil, usual: 0)
            return
        }
        let shares = numbers.answers.joined().compactMap { $0.isFinite ? scale.badShare($0) : nil }
        let usual = shares.isEmpty ? 0 : shares.reduce(0, +) / Double(shares.count)
        if !shares.isEmpty, let text = subject.traffic,
            let traffic = history.numbers.first(where: { $0.query == text })
        {
            self = .shares(numbers, scale, usual: usual, traffic: traffic, weight: subject.weight)
        } else {
            self = .numbers(numbers, scale, usual: usual)
        }
    }

    private static func casting(
        _ metric: Metric, _ comparison: Comparison, _ question: CounterQuestion, _ subject: Subject,
        _ history: History
    ) throws(Complaint) -> Casting {
        guard let counters = history.counters(of: question) else { throw .unknown }
        guard counters.pointCount > 0 else { throw .empty }
        return Casting(
            history: counters, comparison: comparison, weight: subject.weight, lead: subject.lead)
    }

    /// What may be tried.
    var effects: [Effect] {
        switch self {
        case .numbers(_, let scale, _): scale?.effects ?? []
        case .shares(_, let scale, _, _, _): scale.effects
        case .counters(let casting, _): casting.comparison.effects
        }
    }

    func takes(_ effect: Effect) -> Bool {
        guard !effects.isEmpty else { return false }
        if case .points = effect { return effects.contains(.points(0.01)) }
        return true
    }

    func tape(of metric: Metric, _ window: Window, turn: Turn?, _ dice: inout Dice) -> any Tape {
        switch self {
        case .numbers(let history, let scale, let usual):
            NumberTape(history: history, scale: scale, usual: usual, turn: turn)
        case .shares(let history, let scale, let usual, let traffic, let weight):
            ShareTape(
                history, traffic: traffic, weight: weight, reach: metric.reach(history.step),
                scale: scale, usual: usual, turn: turn, dice: dice.split())
        case .counters(let casting, let settle):
            casting.tape(of: window, settle: settle, turn: turn, &dice)
        }
    }
}

/// Why something can't be tried. The text says what, and what to do.
package struct Complaint: Error, Hashable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }

    static let unknown = Complaint(
        "is not in the history, which was fetched for another query; fetch it again with --prometheus")
    static let empty = Complaint(
        "had no data at all in this time; compare the names and labels in its query with what the store has")
}

extension Metric {
    /// How many steps the widest range in the query spans: `[5m]` at a step of a minute is 5.
    fileprivate func reach(_ step: Duration) -> Int {
        let spans = query.text.split(separator: "[").dropFirst().compactMap { part -> Duration? in
            let text = part.prefix { $0 != "]" && $0 != ":" }
            let units: [Character: Int] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400]
            guard let unit = text.last.flatMap({ units[$0] }), let number = Int(text.dropLast()) else {
                return nil
            }
            return .seconds(number * unit)
        }
        return max(1, Int(((spans.max() ?? step) / step).rounded()))
    }
}
