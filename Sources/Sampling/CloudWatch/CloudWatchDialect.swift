import Analysis
import Transport

/// CloudWatch's GetMetricData, in Amazon's JSON protocol. libcurl signs.
struct CloudWatchDialect: StoreDialect {
    let kind = "cloudWatch"

    func account(for query: Query) -> AccountChoice { .named(query.details?["account"]?.text) }

    func usualAddress(of account: StoreAccount) -> String {
        guard case .signature(let signature) = account.authorization else { return "" }
        let domain = signature.region.hasPrefix("cn-") ? "amazonaws.com.cn" : "amazonaws.com"
        return "https://monitoring.\(signature.region).\(domain)"
    }

    func request(_ question: StoreQuestion) throws(SampleFailure) -> HTTPRequest {
        try request(question, page: nil)
    }

    func request(
        _ question: StoreQuestion, after answers: [HTTPResponse]
    ) throws(SampleFailure) -> HTTPRequest? {
        guard let page = try answers.last?.json()["NextToken"]?.string, !page.isEmpty else { return nil }
        return try request(question, page: page)
    }

    func sample(
        _ question: StoreQuestion, from answers: [HTTPResponse]
    ) throws(SampleFailure) -> Sample {
        var pages: [JSON] = []
        for answer in answers { pages.append(try answer.json()) }
        return try CloudWatchAnswer(pages).sample()
    }

    /// Amazon says in a 400 that it is asked too often.
    func failure(of response: HTTPResponse) -> SampleFailure {
        let type = (try? response.json())?["__type"]?.string ?? ""
        let words = complaint(in: response)
        guard type.contains("Throttl") || type.contains("LimitExceeded") else {
            return SampleFailure(status: response.status, saying: words)
        }
        return SampleFailure(.outage, "answered \(response.status): \(shown(words ?? type))")
    }

    func complaint(in response: HTTPResponse) -> String? {
        let answer = try? response.json()
        let said = answer?["message"]?.string ?? answer?["Message"]?.string
        let type = answer?["__type"]?.string.map { $0.split(separator: "#").last.map(String.init) ?? $0 }
        let words = [type, said].compactMap(\.self).joined(separator: ": ")
        return words.isEmpty ? Sampling.complaint(in: response.body) : words
    }

    private func request(_ question: StoreQuestion, page: String?) throws(SampleFailure) -> HTTPRequest {
        guard question.credentials.signature != nil else {
            throw SampleFailure(
                .refused, "the account has no `sigv4`; add it, with the region, in the server's configuration"
            )
        }
        var body: JSON = [
            "StartTime": .integer(question.span.from), "EndTime": .integer(question.span.to),
            "MetricDataQueries": .array((question.detail("queries")?.elements ?? []).map(asked)),
        ]
        if let page { body["NextToken"] = .string(page) }
        var request = question.json(question.address + "/", body)
        request.headers["Content-Type"] = "application/x-amz-json-1.0"
        request.headers["X-Amz-Target"] = "GraniteServiceVersion20100801.GetMetricData"
        request.signature?.service = "monitoring"
        return request
    }

    /// A period may have come from an argument, and is a number here.
    private func asked(_ query: Value) -> JSON {
        var query = query.json
        if let period = query["Period"]?.string.flatMap({ Int64($0) }) { query["Period"] = .integer(period) }
        if let period = query["MetricStat"]?["Period"]?.string.flatMap({ Int64($0) }),
            var stat = query["MetricStat"]
        {
            stat["Period"] = .integer(period)
            query["MetricStat"] = stat
        }
        return query
    }
}
