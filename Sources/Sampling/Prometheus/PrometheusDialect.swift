import Analysis
import Transport

/// Prometheus's HTTP API, which Thanos, Mimir, VictoriaMetrics and others speak too.
struct PrometheusDialect: StoreDialect {
    let kind = "prometheus"

    func request(_ question: StoreQuestion) throws(SampleFailure) -> HTTPRequest {
        guard let plan = question.counterPlan else {
            return try PrometheusQuestion(question.query, at: question.now).request(question)
        }
        return PrometheusQuestion(plan.pieces[0], timeout: question.query.timeout).request(question)
    }

    /// One question for each selector and each piece of the time.
    func request(
        _ question: StoreQuestion, after answers: [HTTPResponse]
    ) throws(SampleFailure) -> HTTPRequest? {
        guard let plan = question.counterPlan, answers.count < plan.pieces.count else { return nil }
        return PrometheusQuestion(plan.pieces[answers.count], timeout: question.query.timeout)
            .request(question)
    }

    func sample(
        _ question: StoreQuestion, from answers: [HTTPResponse]
    ) throws(SampleFailure) -> Sample {
        guard let plan = question.counterPlan else { return try answer(in: answers[0]).sample() }
        var pieces: [CounterPlan.Answer] = []
        for (piece, response) in zip(plan.pieces, answers) {
            let answer = try answer(in: response)
            pieces.append(
                CounterPlan.Answer(piece: piece, series: try answer.series(), notes: answer.notes))
        }
        return plan.sample(pieces)
    }

    func failure(of response: HTTPResponse) -> SampleFailure {
        do throws(SampleFailure) {
            _ = try answer(in: response).sample()
            return SampleFailure(status: response.status)
        } catch {
            return error
        }
    }
}

extension StoreQuestion {
    /// None where no counters are asked for.
    fileprivate var counterPlan: CounterPlan? {
        query.counters.map { CounterPlan($0, at: now) }
    }
}
