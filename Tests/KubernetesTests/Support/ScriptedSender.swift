import Synchronization

@testable import Kubernetes
@testable import Transport

/// Answers requests by a script, and remembers them.
final class ScriptedSender: HTTPSender {
    enum Reply: Sendable {
        case response(HTTPResponse)
        /// The pieces of a watch, and then its end.
        case pieces([String])
        /// A watch that stays open.
        case feed(Feed)
        case failure(TransportError.Kind)
        /// Nothing, until the asker gives up.
        case silence
    }

    private let script: @Sendable (Int, HTTPRequest) -> Reply
    private let asked = Mutex<[HTTPRequest]>([])

    /// The script gets the number of the request, from zero, and the request.
    init(_ script: @escaping @Sendable (Int, HTTPRequest) -> Reply) {
        self.script = script
    }

    var requests: [HTTPRequest] { asked.withLock { $0 } }

    /// Without the server: `/api/v1/pods`.
    var targets: [String] { requests.map { String($0.url.dropFirst(testServer.count)) } }

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        switch try await reply(to: request) {
        case .response(let response): return response
        case .pieces, .feed:
            throw TransportError(.protocolViolation, at: "script", "a watch was not asked for")
        case .failure(let kind): throw TransportError(kind, at: "script", "it was written so")
        case .silence: throw .cancelled(at: "script")
        }
    }

    func stream(_ request: HTTPRequest) async throws(TransportError) -> HTTPStream {
        switch try await reply(to: request) {
        case .response(let response):
            return HTTPStream(
                status: response.status, headers: response.headers, body: HTTPBody(pieces: [response.body]))
        case .pieces(let texts):
            return HTTPStream(status: 200, body: HTTPBody(pieces: texts.map { Array($0.utf8) }))
        case .feed(let feed): return HTTPStream(status: 200, body: HTTPBody(feed))
        case .failure(let kind): throw TransportError(kind, at: "script", "it was written so")
        case .silence: throw .cancelled(at: "script")
        }
    }

    private func reply(to request: HTTPRequest) async throws(TransportError) -> Reply {
        let number = asked.withLock { asked in
            asked.append(request)
            return asked.count - 1
        }
        let reply = script(number, request)
        if case .silence = reply { try? await Task.sleep(for: .seconds(600)) }
        return reply
    }
}

/// The body of a watch that a test writes as it goes.
final class Feed: BodySource {
    let place = "feed"
    private let pieces: AsyncStream<[UInt8]>
    private let writer: AsyncStream<[UInt8]>.Continuation
    private let gone = Mutex(false)

    init() {
        (pieces, writer) = AsyncStream.makeStream()
    }

    /// Whether its reader has hung up.
    var isAbandoned: Bool { gone.withLock { $0 } }

    func write(_ text: String) { writer.yield(Array(text.utf8)) }

    func end() { writer.finish() }

    func next() async throws(TransportError) -> [UInt8]? {
        var iterator = pieces.makeAsyncIterator()
        let piece = await iterator.next()
        guard piece == nil, Task.isCancelled else { return piece }
        gone.withLock { $0 = true }
        throw .cancelled(at: place)
    }
}
