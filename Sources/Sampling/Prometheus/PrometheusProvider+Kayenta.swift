import Analysis

extension PrometheusProvider {
    /// Two questions for each pair, each for one series.
    func pairs(
        _ question: KayentaQuestion, of query: Query, at now: Moment, _ ask: Asking
    ) async throws(SampleFailure) -> Sample {
        var pairs: [KayentaPair] = []
        var notes: Set<String> = []
        for pair in question.pairs {
            var values: [[Double]] = []
            for text in [pair.canary, pair.baseline] {
                let answer = try await ask(try PrometheusQuestion(query.ranged(text, question, now), at: now))
                values.append(try answer.series().values(of: text))
                notes.formUnion(answer.notes)
            }
            pairs.append(KayentaPair(canary: values[0], baseline: values[1]))
        }
        return .pairs(pairs, warnings: notes.sorted())
    }
}

extension Query {
    fileprivate func ranged(_ text: String, _ question: KayentaQuestion, _ now: Moment) -> Query {
        let span = question.span(at: now).wholeMicroseconds
        var query = self
        query.text = text
        query.range = QueryRange(
            start: "now() - duration(\"\(span)us\")", end: "now()", step: question.step)
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
