import Analysis
import Transport

/// Prometheus's HTTP API, which Thanos, Mimir, VictoriaMetrics and others speak too.
struct PrometheusDialect: StoreDialect {
    let kind = "prometheus"

    func request(_ question: StoreQuestion) throws(SampleFailure) -> HTTPRequest {
        try question.parts[0].request(question)
    }

    /// One request for each part.
    func request(
        _ question: StoreQuestion, after answers: [HTTPResponse]
    ) throws(SampleFailure) -> HTTPRequest? {
        let parts = try question.parts
        return answers.count < parts.count ? parts[answers.count].request(question) : nil
    }

    func sample(
        _ question: StoreQuestion, from answers: [HTTPResponse]
    ) throws(SampleFailure) -> Sample {
        var read: [PrometheusAnswer] = []
        for response in answers { read.append(try answer(in: response)) }
        if let slo = question.query.slo { return try sample(slo, question.counterPlan, from: read) }
        if let kayenta = question.query.kayenta { return try kayenta.sample(of: read) }
        if let plan = question.counterPlan { return try plan.sample(of: read[...]) }
        return try read[0].sample()
    }

    /// The objective's parts were asked first, and then the counters of both releases, where it bounds what one may
    /// spend.
    private func sample(
        _ slo: SLOQuestion, _ counters: CounterPlan?, from answers: [PrometheusAnswer]
    ) throws(SampleFailure) -> Sample {
        let counted = try counters?.sample(of: answers.dropFirst(slo.parts.count))
        return try slo.sample(of: answers.prefix(slo.parts.count), counters: counted)
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

    /// What is asked one after the other; never nothing.
    fileprivate var parts: [PrometheusQuestion] {
        get throws(SampleFailure) {
            let counters =
                counterPlan?.pieces.map { PrometheusQuestion($0, timeout: query.timeout) } ?? []
            if let slo = query.slo { return try slo.questions(of: query, at: now) + counters }
            if let kayenta = query.kayenta { return try kayenta.questions(of: query, at: now) }
            return query.counters == nil ? [try PrometheusQuestion(query, at: now)] : counters
        }
    }
}

extension CounterPlan {
    /// One question was asked for each selector and each piece of the time.
    fileprivate func sample(of answers: ArraySlice<PrometheusAnswer>) throws(SampleFailure) -> Sample {
        var read: [Answer] = []
        for (piece, answer) in zip(pieces, answers) {
            read.append(Answer(piece: piece, series: try answer.series(), notes: answer.notes))
        }
        return sample(read)
    }
}
