import Transport

/// One question to a Prometheus about now.
struct PrometheusLook: Sendable {
    let address: String
    let timeout: Duration
    let sender: any HTTPSender

    init(_ address: String, _ timeout: Duration, _ sender: any HTTPSender) {
        (self.address, self.timeout, self.sender) = (address, timeout, sender)
    }

    /// Throws, in words, where there is no answer to build on.
    func series(_ query: String) async throws(CountFailure) -> [JSON] {
        let response: HTTPResponse
        do {
            response = try await sender.send(request(query))
        } catch {
            throw CountFailure(message: "Prometheus at \(address): \(error.message)")
        }
        guard response.isSuccess, let answer = try? JSON(parsing: response.body),
            answer["status"]?.string == "success", let result = answer["data"]["result"]?.array
        else { throw CountFailure(message: "Prometheus answered \(response.status) without a result") }
        return result
    }

    func request(_ query: String) -> HTTPRequest {
        var base = address
        while base.hasSuffix("/") { base.removeLast() }
        return HTTPRequest(
            .get, "\(base)/api/v1/query?query=\(percentEncoded(query))",
            headers: ["Accept": "application/json"],
            timeout: timeout)
    }
}

/// Why there are no counts.
struct CountFailure: Error, Hashable {
    let message: String
}
