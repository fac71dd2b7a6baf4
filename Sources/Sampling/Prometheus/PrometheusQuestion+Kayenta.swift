import Analysis

extension KayentaQuestion {
    /// Two for each pair, each for one series.
    func questions(of query: Query, at now: Moment) throws(SampleFailure) -> [PrometheusQuestion] {
        var questions: [PrometheusQuestion] = []
        for text in texts { questions.append(try PrometheusQuestion(ranged(query, text, now), at: now)) }
        return questions
    }

    func sample(of answers: [PrometheusAnswer]) throws(SampleFailure) -> Sample {
        var values: [[Double]] = []
        for (text, answer) in zip(texts, answers) { values.append(try answer.series().values(of: text)) }
        let pairs = stride(from: 0, to: values.count - 1, by: 2).map {
            KayentaPair(canary: values[$0], baseline: values[$0 + 1])
        }
        return .pairs(pairs, warnings: Set(answers.flatMap(\.notes)).sorted())
    }

    private func ranged(_ query: Query, _ text: String, _ now: Moment) -> Query {
        let span = span(at: now).wholeMicroseconds
        var query = query
        query.text = text
        query.range = QueryRange(start: "now() - duration(\"\(span)us\")", end: "now()", step: step)
        return query
    }
}

extension [PrometheusSeries] {
    fileprivate func values(of text: String) throws(SampleFailure) -> [Double] {
        guard count < 2 else {
            throw SampleFailure(
                .refused, "\(text) gives \(count) series; let it give one, by sum() or another aggregation")
        }
        return first?.points.map(\.number) ?? []
    }
}
