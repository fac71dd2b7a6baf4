import Analysis
import Transport

/// Datadog's API: v1 asks for a series and takes its last point, v2 for one number, or one of each group.
struct DatadogDialect: StoreDialect {
    let kind = "datadog"

    func account(for query: Query) -> AccountChoice { .named(query.details?["account"]?.text) }

    func usualAddress(of account: StoreAccount) -> String {
        "https://api.\(account.settings["site"] ?? "datadoghq.com")"
    }

    func request(_ question: StoreQuestion) throws(SampleFailure) -> HTTPRequest {
        var request = question.isV2 ? question.scalarRequest : question.seriesRequest
        request.headers["DD-API-KEY"] = try question.credentials.key("apiKey")
        request.headers["DD-APPLICATION-KEY"] = try question.credentials.key("appKey")
        return request
    }

    func sample(
        _ question: StoreQuestion, from answers: [HTTPResponse]
    ) throws(SampleFailure) -> Sample {
        let answer = try answers[0].json()
        if answer["status"]?.string == "error" || isComplaint(answer["error"])
            || isComplaint(answer["errors"])
        {
            throw SampleFailure(.refused, shown(complaint(in: answers[0]) ?? "an error without words"))
        }
        let value = try question.isV2 ? DatadogAnswer.scalar(answer) : DatadogAnswer.lastPoint(answer)
        return .value(value, warnings: [])
    }

    private func isComplaint(_ json: JSON?) -> Bool {
        json?.string?.isEmpty == false || json?.array?.isEmpty == false
    }
}

extension StoreQuestion {
    fileprivate var isV2: Bool { detail("apiVersion")?.text == "v2" }

    fileprivate var seriesRequest: HTTPRequest {
        form(
            .get, address + "/api/v1/query",
            ["query": query.text, "from": String(span.from), "to": String(span.to)])
    }

    fileprivate var scalarRequest: HTTPRequest {
        var attributes: JSON = [
            "from": .integer(span.from * 1000), "to": .integer(span.to * 1000),
            "queries": .array(scalarQueries),
        ]
        if let formula = detail("formula")?.text { attributes["formulas"] = [["formula": .string(formula)]] }
        return json(
            address + "/api/v2/query/scalar", ["data": ["type": "scalar_request", "attributes": attributes]])
    }

    /// By name, so that equal questions are equal.
    private var scalarQueries: [JSON] {
        let queries = detail("queries")?.members ?? ["query": .string(query.text)]
        let aggregator = detail("aggregator")?.text ?? "last"
        return queries.sorted { $0.key < $1.key }.map { name, query in
            [
                "aggregator": .string(aggregator), "data_source": "metrics", "name": .string(name),
                "query": .string(query.text ?? ""),
            ]
        }
    }
}
