import Analysis

extension SLOQuestion {
    /// One for each part.
    func questions(of query: Query, at now: Moment) throws(SampleFailure) -> [PrometheusQuestion] {
        var questions: [PrometheusQuestion] = []
        for part in parts {
            var asked = query
            asked.text = part.text
            questions.append(try PrometheusQuestion(asked, at: now))
        }
        return questions
    }

    /// - Parameter counters: what was answered about counters, where they were asked for.
    func sample(
        of answers: ArraySlice<PrometheusAnswer>, counters: Sample?
    ) throws(SampleFailure) -> Sample {
        var numbers: [Key: Double] = [:]
        var notes: Set<String> = []
        for (part, answer) in zip(parts, answers) {
            numbers[part.key] = try answer.sample().number(of: part)
            notes.formUnion(answer.notes)
        }
        guard case .counters(let reading, let warnings) = counters else {
            return .slo(SLOReading(numbers), warnings: notes.sorted())
        }
        return .slo(SLOReading(numbers, counters: reading), warnings: notes.union(warnings).sorted())
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
