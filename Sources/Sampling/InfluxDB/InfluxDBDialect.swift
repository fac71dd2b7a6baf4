import Analysis
import Transport

/// InfluxDB: in Flux (2.x), or in InfluxQL (1.x) where the metric names a database.
struct InfluxDBDialect: StoreDialect {
    let kind = "influxdb"

    func account(for query: Query) -> AccountChoice { .named(query.details?["account"]?.text) }

    func request(_ question: StoreQuestion) throws(SampleFailure) -> HTTPRequest {
        var request = question.database.map(question.influxQL) ?? question.flux
        if question.credentials.hasKey("token") {
            request.headers["Authorization"] = "Token \(try question.credentials.key("token"))"
        }
        return request
    }

    /// All values in their order.
    func sample(
        _ question: StoreQuestion, from answers: [HTTPResponse]
    ) throws(SampleFailure) -> Sample {
        let isFlux = question.database == nil
        let values =
            try isFlux ? FluxAnswer.values(in: answers[0].body) : InfluxQLAnswer.values(answers[0].json())
        return .value(.array(values), warnings: [])
    }
}

extension StoreQuestion {
    fileprivate var database: String? { detail("database")?.text }

    fileprivate func influxQL(_ database: String) -> HTTPRequest {
        form(.get, address + "/query", ["db": database, "q": query.text])
    }

    fileprivate var flux: HTTPRequest {
        var form = Form()
        if let organization = account.settings["org"] { form.add("org", organization) }
        let body: JSON = [
            "query": .string(query.text), "type": "flux",
            "dialect": ["annotations": ["datatype"], "header": true, "delimiter": ","],
        ]
        var request = json(address + "/api/v2/query" + (form.isEmpty ? "" : "?\(form.text)"), body)
        request.headers["Accept"] = "application/csv"
        return request
    }
}
