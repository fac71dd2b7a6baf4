package import Analysis

/// What a simulated store may answer to a metric: a number that its conditions call good, and one that they
/// call bad.
package struct MetricAnswers: Hashable, Sendable {
    package let text: String
    package let good: String?
    package let bad: String?

    /// Tries numbers until one is good and one is bad. Where none is, the store has nothing to say.
    package init(_ metric: Metric) {
        text = metric.query.text
        let phases = Self.candidates(metric).map { ($0, metric.phase(of: $0)) }
        good = phases.first { $0.1 == .successful }.map { "\($0.0)" }
        bad = phases.first { $0.1 == .failed }.map { "\($0.0)" }
    }

    private init() {
        (text, good, bad) = ("", "1", "0")
    }

    /// A budget that is whole, and one that burns as fast as can be.
    private init(_ part: SLOQuestion.Part) {
        text = part.text
        (good, bad) =
            switch part.key.role {
            case .total: ("1000", "1000")
            case .bad: ("0", "1000")
            case .badShare: ("0", "1")
            case .budget: ("0.001", "0.001")
            case .remaining: ("1", "0.5")
            }
    }

    /// One for each question that a store is asked.
    static func all(of metric: Metric) -> [MetricAnswers] {
        metric.query.slo.map { $0.parts.map(MetricAnswers.init) } ?? [MetricAnswers(metric)]
    }

    /// Of the metrics that are made up for simulations.
    static let plain = MetricAnswers()

    private static func candidates(_ metric: Metric) -> [Double] {
        let conditions = [metric.successCondition, metric.failureCondition].compactMap(\.self).joined(
            separator: " ")
        let written = conditions.split { !"0123456789.".contains($0) }.compactMap { Double($0) }
        return [1, 0, 0.5, 0.999, 0.001] + written.flatMap { [$0, $0 + 1, $0 - 1, $0 * 0.99, $0 * 1.01] } + [
            100, 1e6, -1,
        ]
    }

    func answers(_ question: String) -> Bool { Self.fits(question, text) }

    /// Whether the question is the template with its tokens filled.
    static func fits(_ question: String, _ template: String) -> Bool {
        var rest = question[...]
        for (index, piece) in pieces(of: template).enumerated() {
            guard let range = piece.isEmpty ? rest.startIndex..<rest.startIndex : rest.firstRange(of: piece),
                index > 0 || range.lowerBound == rest.startIndex
            else { return false }
            rest = rest[range.upperBound...]
        }
        return rest.isEmpty || template.hasSuffix("}}")
    }

    private static func pieces(of template: String) -> [String] {
        Placeholder.allCases.reduce([template]) { pieces, placeholder in
            pieces.flatMap { $0.components(around: placeholder.token) }
        }
    }
}

extension String {
    fileprivate func components(around token: String) -> [String] {
        split(separator: token, omittingEmptySubsequences: false).map(String.init)
    }
}

extension Metric {
    fileprivate func phase(of number: Double) -> Measurement.Phase {
        let moment = Moment(microseconds: 0)
        let sample = Sample.value(.array([.float(number)]), warnings: [])
        return measurement(of: sample, by: .safe, from: moment, to: moment).phase
    }
}
