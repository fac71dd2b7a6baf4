import Hummingbird

/// Who may use an endpoint.
enum Access: Hashable, Sendable {
    /// Everybody: it says nothing about releases that a scraper or a load balancer should not see.
    case open
    /// Whoever signs the request; see `WebhookMessage`.
    case signed
    case role(Role)
}

/// One thing that the interface offers.
struct Endpoint: Sendable {
    let method: HTTPRequest.Method
    /// `/v1/rollouts/{name}`; also what metrics call it.
    let path: String
    let access: Access
    let answer: @Sendable (APICall) async throws -> Response
    private let segments: [Substring]

    init(
        _ method: HTTPRequest.Method, _ path: String, _ access: Access,
        answer: @escaping @Sendable (APICall) async throws -> Response
    ) {
        self.method = method
        self.path = path
        self.access = access
        self.answer = answer
        segments = path.split(separator: "/")
    }

    /// What stands in the path for the names in braces; nil when it is another path.
    func parameters(in asked: [String]) -> [String: String]? {
        guard asked.count == segments.count else { return nil }
        var parameters: [String: String] = [:]
        for (segment, text) in zip(segments, asked) {
            if segment.hasPrefix("{") {
                parameters[String(segment.dropFirst().dropLast())] = text
            } else if segment != text {
                return nil
            }
        }
        return parameters
    }
}
