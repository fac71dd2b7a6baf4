package import Analysis
package import Transport

/// How one kind of store is asked over HTTP, and how its answers are read. Pure: whoever sends is `HTTPProvider`.
///
/// Credentials stand in the question and go into headers, a URL or a body as the store wants them; what comes back is
/// freed of them by the provider, whatever became of the question.
package protocol StoreDialect: Sendable {
    /// What `Query.provider` says for this kind: `graphite`.
    var kind: String { get }

    /// Which account of this kind the query goes by.
    func account(for query: Query) -> AccountChoice

    /// Where the store is when neither the query nor the account says so; empty where there is no such place.
    func usualAddress(of account: StoreAccount) -> String

    func request(_ question: StoreQuestion) throws(SampleFailure) -> HTTPRequest

    /// What is asked after these answers: the next page, the next part. None where they are all.
    func request(
        _ question: StoreQuestion, after answers: [HTTPResponse]
    ) throws(SampleFailure) -> HTTPRequest?

    /// What answers of a good status come to, in the shape that conditions see.
    func sample(_ question: StoreQuestion, from answers: [HTTPResponse]) throws(SampleFailure) -> Sample

    /// What an answer of any other status means.
    func failure(of response: HTTPResponse) -> SampleFailure

    /// The store's own words in an answer of a bad status; none where it has none.
    func complaint(in response: HTTPResponse) -> String?
}

extension StoreDialect {
    package func account(for query: Query) -> AccountChoice { .at(query.address) }

    package func usualAddress(of account: StoreAccount) -> String { "" }

    package func request(
        _ question: StoreQuestion, after answers: [HTTPResponse]
    ) throws(SampleFailure) -> HTTPRequest? { nil }

    package func failure(of response: HTTPResponse) -> SampleFailure {
        SampleFailure(status: response.status, saying: complaint(in: response))
    }

    package func complaint(in response: HTTPResponse) -> String? { Sampling.complaint(in: response.body) }
}

/// The first of the members under which stores complain; of no JSON, the text, unless it is a page for people.
func complaint(in body: [UInt8]) -> String? {
    guard let json = try? JSON(parsing: body) else {
        let text = String(decoding: body, as: UTF8.self)
        return text.hasPrefix("<") || text.isEmpty ? nil : text
    }
    let found = ["error", "message", "errors", "error_description", "detail"].lazy.compactMap { json[$0] }
    return found.first.map { $0.string ?? $0.text }
}
