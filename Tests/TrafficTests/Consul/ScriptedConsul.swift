import Synchronization
import Transport

@testable import Traffic

/// Answers as a Consul did, or would: what was recorded of versions that do not run here. Everything that is not
/// scripted is an entry that is not there.
final class ScriptedConsul: HTTPSender {
    typealias Script = @Sendable (HTTPRequest) -> HTTPResponse?

    private let script: Script
    private let seen = Mutex<[HTTPRequest]>([])

    init(_ script: @escaping Script) { self.script = script }

    var requests: [HTTPRequest] { seen.withLock(\.self) }

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        seen.withLock { $0.append(request) }
        guard let response = script(request) else { return .consul(404, "Config entry not found") }
        guard response.status > 0 else {
            throw TransportError(.timeout, at: request.url, "no answer in time")
        }
        return response
    }

    func stream(_ request: HTTPRequest) async throws(TransportError) -> HTTPStream {
        throw TransportError(.connect, at: request.url, "nothing streams here")
    }
}

extension HTTPResponse {
    static func consul(_ status: Int, _ text: String, _ headers: HTTPHeaders = [:]) -> HTTPResponse {
        HTTPResponse(status: status, headers: headers, body: Array(text.utf8))
    }

    /// It takes longer than anybody waits.
    static let late = HTTPResponse(status: 0)
}

extension HTTPRequest {
    var json: JSON? { body.flatMap { try? JSON(parsing: $0) } }
}
