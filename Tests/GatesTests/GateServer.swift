import Foundation
import HTTPTypes
import Hummingbird
import Signing

/// A gate on a free loopback port: it answers what the query of its address says, and keeps what it was asked.
actor GateServer {
    struct Question: Sendable {
        let body: [UInt8]
        let timestamp: String?
        let delivery: String?
        let signature: String?
    }

    nonisolated let port: Int
    private(set) var last: Question?

    init(port: Int) {
        self.port = port
    }

    func keep(_ question: Question) { last = question }

    nonisolated func url(_ status: Int, _ body: String, seconds: Int = 0) -> String {
        let text = Data(body.utf8).base64EncodedString().filter { $0 != "=" }
            .replacing("+", with: "-").replacing("/", with: "_")
        return "http://127.0.0.1:\(port)/gate/\(status)/\(seconds)/x\(text)"
    }
}

/// Runs a gate for as long as the body takes.
func withGateServer(_ body: @escaping @Sendable (GateServer) async throws -> Void) async throws {
    let (ports, port) = AsyncStream<Int>.makeStream()
    let router = Router()
    let box = ServerBox()
    router.post("/gate/{status}/{seconds}/{body}") { request, context in
        try await answer(request, context, box)
    }
    let app = Application(
        router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
        onServerRunning: { channel in
            port.yield(channel.localAddress?.port ?? 0)
        })
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await app.run() }
        var iterator = ports.makeAsyncIterator()
        let gate = GateServer(port: await iterator.next() ?? 0)
        await box.put(gate)
        defer { group.cancelAll() }
        try await body(gate)
    }
}

/// The server is there before its port is known.
private actor ServerBox {
    private(set) var server: GateServer?

    func put(_ server: GateServer) { self.server = server }
}

private func answer(
    _ request: Request, _ context: some RequestContext, _ box: ServerBox
) async throws -> Response {
    let body = try await request.body.collect(upTo: 1 << 16)
    await box.server?.keep(
        GateServer.Question(
            body: Array(body.readableBytesView), timestamp: request.header(WebhookMessage.timestampHeader),
            delivery: request.header(WebhookMessage.deliveryHeader),
            signature: request.header(WebhookMessage.signatureHeader)))
    let seconds = try context.parameters.require("seconds", as: Int.self)
    if seconds > 0 { try await Task.sleep(for: .seconds(seconds)) }
    let text = try context.parameters.require("body").dropFirst()
        .replacing("-", with: "+").replacing("_", with: "/")
    let padded = text + String(repeating: "=", count: (4 - text.count % 4) % 4)
    let bytes = Data(base64Encoded: String(padded)) ?? Data()
    return Response(
        status: .init(code: try context.parameters.require("status", as: Int.self)),
        body: bytes.isEmpty ? .init() : .init(byteBuffer: ByteBuffer(bytes: bytes)))
}

extension Request {
    fileprivate func header(_ name: String) -> String? {
        HTTPField.Name(name).flatMap { headers[$0] }
    }
}
