import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Transport

/// Between HTTP and the cluster.
struct ClusterResponder: HTTPResponder {
    let core: ClusterCore
    let gate: HangGate

    func respond(to request: Request, context: ClusterContext) async throws -> Response {
        let asked = try await ClusterRequest(request)
        let mishap = core.change { state in
            state.note(asked)
            return state.takeMishap(of: asked)
        }
        guard let (mishap, target) = mishap else { return respond(carryOut(asked)) }
        if let answer = mishap.answer(target) { return respond(answer) }
        return try await suffer(mishap, asked, context)
    }

    private func suffer(
        _ mishap: ClusterFault.Mishap, _ asked: ClusterRequest, _ context: ClusterContext
    ) async throws -> Response {
        switch mishap {
        case .late(let delay):
            let answer = carryOut(asked)
            try await Task.sleep(for: delay)
            return respond(answer)
        case .hang:
            await gate.wait()
        case .answerLost:
            _ = carryOut(asked)
        default: break
        }
        // Whoever closes can't answer; what is returned goes nowhere.
        try? await context.channel.close()
        return Response(status: .internalServerError)
    }

    private func carryOut(_ asked: ClusterRequest) -> ClusterAnswer {
        core.change { $0.answer(asked, at: Date()) }
    }

    private func respond(_ answer: ClusterAnswer) -> Response {
        switch answer.body {
        case .json(let json): response(answer, "application/json", json.text + "\n")
        case .text(let text): response(answer, "text/plain; charset=utf-8", text)
        case .watch(let terms):
            Response(
                status: .ok, headers: headers(answer, "application/json"),
                body: stream(core.watch(terms), terms))
        }
    }

    private func response(_ answer: ClusterAnswer, _ type: String, _ text: String) -> Response {
        Response(
            status: .init(code: answer.status), headers: headers(answer, type),
            body: .init(byteBuffer: ByteBuffer(string: text)))
    }

    private func headers(_ answer: ClusterAnswer, _ type: String) -> HTTPFields {
        var fields = HTTPFields([HTTPField(name: .contentType, value: type)])
        for warning in answer.warnings {
            let quoted = warning.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
            fields.add("Warning", "299 - \"\(quoted)\"")
        }
        if let seconds = answer.retryAfter { fields.add("Retry-After", String(seconds)) }
        return fields
    }

    /// The head goes out at once, so that whoever watches knows that the watch has begun.
    private func stream(_ events: AsyncStream<JSON>, _ terms: WatchTerms) -> ResponseBody {
        ResponseBody { writer in
            let timed = events.ending(after: terms.timeoutSeconds)
            try await writer.write(ByteBuffer())
            for await event in timed { try await writer.write(ByteBuffer(string: event.text + "\n")) }
            try await writer.finish(nil)
        }
    }
}

/// What a request comes with, and the connection it came over.
struct ClusterContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
    }
}

extension HTTPFields {
    /// Adds a field whose name is no token as RFC 9110 has them to nothing.
    fileprivate mutating func add(_ name: String, _ value: String) {
        if let name = HTTPField.Name(name) { append(HTTPField(name: name, value: value)) }
    }
}

extension ClusterRequest {
    fileprivate init(_ request: Request) async throws {
        let body = try await request.body.collect(upTo: 8 << 20)
        let authorization = request.headers[.authorization] ?? ""
        self.init(
            method: request.method.rawValue, uri: request.uri.description,
            body: Array(body.readableBytesView),
            contentType: request.headers[.contentType] ?? "",
            token: authorization.hasPrefix("Bearer ") ? String(authorization.dropFirst(7)) : nil,
            userAgent: request.headers[.userAgent] ?? "")
    }
}
