package import Analysis
import Engine
package import Transport

/// Asks Prometheus and what speaks its HTTP API.
package struct PrometheusProvider: MetricProvider {
    package let kind = "prometheus"
    private let settings: PrometheusSettings
    private let sender: any HTTPSender

    package init(_ settings: PrometheusSettings, sender: any HTTPSender) {
        self.settings = settings
        self.sender = sender
    }

    package func backend(of query: Query) -> String {
        "prometheus \(place(of: settings.address(for: query.address) ?? "without address"))"
    }

    package func sample(_ query: Query, at now: Moment) async -> Sample {
        do throws(SampleFailure) {
            return try await asked(query, at: now)
        } catch {
            return .failure(error)
        }
    }

    private func asked(_ query: Query, at now: Moment) async throws(SampleFailure) -> Sample {
        guard let address = settings.address(for: query.address) else {
            throw SampleFailure(
                .refused, "the query names no address and none is configured; set the metric's `address`")
        }
        let store = settings.stores[address] ?? PrometheusStore()
        let credentials = try Credentials(of: store)
        let place = "prometheus at \(place(of: address))"
        do throws(SampleFailure) {
            let ask = { (question: PrometheusQuestion) async throws(SampleFailure) -> PrometheusAnswer in
                try answer(
                    in: try await send(
                        question.request(to: address, store, credentials, timeout: query.timeout)))
            }
            if let slo = query.slo { return try await objective(slo, of: query, at: now, ask) }
            if let kayenta = query.kayenta { return try await pairs(kayenta, of: query, at: now, ask) }
            if let counters = query.counters {
                return try await self.counters(counters, of: query, at: now, ask)
            }
            return try await ask(try PrometheusQuestion(query, at: now)).sample()
        } catch {
            throw SampleFailure(error.kind, "\(place): \(credentials.concealed(in: error.message))")
        }
    }

    typealias Asking = (PrometheusQuestion) async throws(SampleFailure) -> PrometheusAnswer

    /// One question for each selector and each piece of the time.
    func counters(
        _ counters: CounterQuestion, of query: Query, at now: Moment, _ ask: Asking
    ) async throws(SampleFailure) -> Sample {
        let plan = CounterPlan(counters, at: now)
        var answers: [CounterPlan.Answer] = []
        for piece in plan.pieces {
            let answer = try await ask(
                PrometheusQuestion(piece, headers: query.headers ?? [], timeout: query.timeout))
            answers.append(CounterPlan.Answer(piece: piece, series: try answer.series(), notes: answer.notes))
        }
        return plan.sample(answers)
    }

    private func send(_ request: HTTPRequest) async throws(SampleFailure) -> HTTPResponse {
        do {
            return try await sender.send(request)
        } catch {
            throw SampleFailure(error.kind == .invalidRequest ? .refused : .outage, error.message)
        }
    }
}

/// An address without the user and password that it may carry, and without a query.
private func place(of address: String) -> String {
    guard let scheme = address.firstRange(of: "://") else { return "an address without http:// or https://" }
    let rest = address[scheme.upperBound...].prefix { $0 != "?" && $0 != "#" }
    let authority = rest.prefix { $0 != "/" }
    let host = authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] } ?? authority
    return String(address[..<scheme.upperBound] + host + rest[authority.endIndex...])
}
