package import Analysis
package import Transport

/// A query, and all that is needed to send it: where to, and what proves that we may ask.
package struct StoreQuestion: Sendable {
    package let query: Query
    package let account: StoreAccount
    package var credentials: Credentials
    package let now: Moment

    /// Where the store is, without a slash at the end.
    package let address: String

    /// A field that only this kind of store has a word for.
    package func detail(_ name: String) -> Value? { query.details?[name] }

    /// A request with the account's and the query's headers, its connection and its limits.
    package func request(
        _ method: HTTPMethod, _ url: String, headers: HTTPHeaders = [:], body: [UInt8]? = nil
    ) -> HTTPRequest {
        var all = credentials.headers
        for header in query.headers ?? [] { all[header.name] = header.value }
        for field in headers.fields { all[field.name] = field.value }
        var request = HTTPRequest(
            method, url, headers: all, body: body, timeout: query.timeout,
            responseBytesMax: account.responseBytesMax, connection: account.connection)
        request.signature = credentials.signature
        return request
    }

    /// A POST of a form, or a GET with the form in its URL.
    package func form(_ method: HTTPMethod, _ url: String, _ form: Form) -> HTTPRequest {
        guard method == .post else { return request(method, url + (form.isEmpty ? "" : "?" + form.text)) }
        return request(
            .post, url,
            headers: ["Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"],
            body: Array(form.text.utf8))
    }

    /// A POST of a JSON document.
    package func json(_ url: String, _ body: JSON, headers: HTTPHeaders = [:]) -> HTTPRequest {
        var all: HTTPHeaders = ["Content-Type": "application/json", "Accept": "application/json"]
        for field in headers.fields { all[field.name] = field.value }
        return request(.post, url, headers: all, body: body.bytes)
    }
}
