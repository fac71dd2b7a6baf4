import Analysis
import Transport

/// Asks a URL, and takes what a path leads to in the JSON document that it answers with.
struct WebDialect: StoreDialect {
    let kind = "web"

    /// Of the address that the URL is below.
    func account(for query: Query) -> AccountChoice { .below(query.text) }

    func request(_ question: StoreQuestion) throws(SampleFailure) -> HTTPRequest {
        let method = question.detail("method")?.text.flatMap(HTTPMethod.init) ?? .get
        if let json = question.detail("jsonBody") {
            return question.request(
                method, question.query.text, headers: ["Content-Type": "application/json"],
                body: json.json.bytes)
        }
        let body = question.detail("body")?.text.map { Array($0.utf8) }
        return question.request(method, question.query.text, body: body)
    }

    /// The first match, as with Argo. What is no JSON is a text.
    func sample(
        _ question: StoreQuestion, from answers: [HTTPResponse]
    ) throws(SampleFailure) -> Sample {
        let body = answers[0].body
        let document =
            (try? JSON(parsing: body)).map(Value.init(measured:))
            ?? .string(String(decoding: body, as: UTF8.self))
        let path = question.detail("jsonPath")?.text ?? "{$}"
        guard let first = try JSONPath.matches(of: path, in: document).first else {
            throw SampleFailure(.noData, "\(path) leads to nothing in the answer")
        }
        return .value(first, warnings: [])
    }
}
