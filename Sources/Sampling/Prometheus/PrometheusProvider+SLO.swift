import Analysis

extension PrometheusProvider {
    /// One question for each part, and the counters of both releases where the objective bounds what one may spend.
    func objective(
        _ slo: SLOQuestion, of query: Query, at now: Moment, _ ask: Asking
    ) async throws(SampleFailure) -> Sample {
        var numbers: [SLOQuestion.Key: Double] = [:]
        var notes: [String] = []
        for part in slo.parts {
            var asked = query
            asked.text = part.text
            let answer = try await ask(try PrometheusQuestion(asked, at: now))
            numbers[part.key] = try answer.sample().number(of: part)
            notes += answer.notes
        }
        var counters: CounterReading?
        if let question = query.counters,
            case .counters(let reading, let warnings) = try await self.counters(
                question, of: query, at: now, ask)
        {
            counters = reading
            notes += warnings
        }
        return .slo(SLOReading(numbers, counters: counters), warnings: Set(notes).sorted())
    }
}

extension Sample {
    /// None where there is no series.
    fileprivate func number(of part: SLOQuestion.Part) throws(SampleFailure) -> Double? {
        guard case .value(let value, _) = self else { return nil }
        switch value {
        case .float(let number): return number
        case .array(let elements) where elements.isEmpty: return nil
        case .array(let elements):
            if elements.count == 1, case .float(let number) = elements[0] { return number }
            throw SampleFailure(
                .refused,
                "\(part.text) gives \(elements.count) series; let it give one number, by sum() or max()")
        default: throw SampleFailure(.refused, "\(part.text) gives no number")
        }
    }
}
