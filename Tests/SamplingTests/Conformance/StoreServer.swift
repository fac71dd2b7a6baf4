import HTTPTypes
import Hummingbird
import Synchronization

/// A metrics store on a free loopback port that answers by rule, and remembers what it was asked.
final class StoreServer: Sendable {
    struct Question: Sendable {
        let method: String
        /// Path and query, as they came.
        let target: String
        let headers: [String: String]
        let body: String

        /// All of it, for a look at what it holds.
        var text: String {
            let lines = headers.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
            return "\(method) \(target)\n\(lines.joined(separator: "\n"))\n\n\(body)"
        }
    }

    struct Reply: Sendable {
        var status = 200
        var headers: [String: String] = [:]
        var body = ""
        var course = Course.whole
    }

    /// How an answer comes.
    enum Course: Hashable, Sendable {
        case whole
        /// The question is taken, and nothing ever comes.
        case never
        /// A byte now and then, for ever.
        case dripping
        /// The connection ends in the middle of the body.
        case cutShort
    }

    typealias Rule = @Sendable (Question) -> Reply

    let port: Int
    private let asked: Mutex<[Question]>

    var address: String { "http://127.0.0.1:\(port)" }

    var questions: [Question] { asked.withLock { $0 } }

    fileprivate init(port: Int) {
        self.port = port
        asked = Mutex([])
    }

    fileprivate func note(_ question: Question) {
        asked.withLock { $0.append(question) }
    }
}

/// Runs a store for as long as the body takes.
func withStore(
    _ rule: @escaping StoreServer.Rule, _ body: @escaping @Sendable (StoreServer) async throws -> Void
) async throws {
    let (ports, port) = AsyncStream<Int>.makeStream()
    let (servers, server) = AsyncStream<StoreServer>.makeStream()
    let box = Box(servers)
    let responder = CallbackResponder<BasicRequestContext> { request, _ in
        let question = try await StoreServer.Question(request)
        await box.store.note(question)
        let reply = rule(question)
        if reply.course == .never { try await Task.sleep(for: .seconds(60)) }
        return Response(reply)
    }
    let app = Application(
        responder: responder, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
        onServerRunning: { channel in port.yield(channel.localAddress?.port ?? 0) })
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await app.run() }
        var iterator = ports.makeAsyncIterator()
        let store = StoreServer(port: await iterator.next() ?? 0)
        server.yield(store)
        defer { group.cancelAll() }
        try await body(store)
    }
}

/// The server runs before its port is known.
private actor Box {
    private let servers: AsyncStream<StoreServer>
    private var known: StoreServer?

    init(_ servers: AsyncStream<StoreServer>) {
        self.servers = servers
    }

    var store: StoreServer {
        get async {
            if let known { return known }
            var iterator = servers.makeAsyncIterator()
            let store = await iterator.next() ?? StoreServer(port: 0)
            known = known ?? store
            return known ?? store
        }
    }
}

extension StoreServer.Question {
    fileprivate init(_ request: Request) async throws {
        let body = try await request.body.collect(upTo: 1 << 20)
        var headers = Dictionary(request.headers.map { ($0.name.canonicalName, $0.value) }) { first, _ in
            first
        }
        headers["host"] = request.head.authority
        self.init(
            method: request.method.rawValue, target: request.uri.string, headers: headers,
            body: String(buffer: body))
    }
}

extension Response {
    fileprivate init(_ reply: StoreServer.Reply) {
        var headers = HTTPFields()
        for (name, value) in reply.headers {
            if let name = HTTPField.Name(name) { headers[name] = value }
        }
        self.init(status: .init(code: reply.status), headers: headers, body: .init(reply))
    }
}

extension ResponseBody {
    fileprivate init(_ reply: StoreServer.Reply) {
        let whole = ByteBuffer(string: reply.body)
        switch reply.course {
        case .whole, .never: self.init(byteBuffer: whole)
        case .dripping:
            self.init { writer in
                for _ in 0..<600 {
                    try await writer.write(ByteBuffer(string: " "))
                    try await Task.sleep(for: .milliseconds(50))
                }
            }
        case .cutShort:
            self.init(contentLength: whole.readableBytes) { writer in
                try await writer.write(whole.getSlice(at: 0, length: whole.readableBytes / 2) ?? whole)
                throw CancellationError()
            }
        }
    }
}
