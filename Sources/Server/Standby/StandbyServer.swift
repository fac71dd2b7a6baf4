import Hummingbird
package import Logging

/// What a process answers that waits for its turn to lead: it lives, it is not ready, and who leads.
package struct StandbyServer: Sendable {
    private let opening: Opening

    package init(_ readiness: Readiness, at address: APIServer.Address, log: Logger) {
        opening = Opening(log: log) { onOpen in
            Application(
                responder: StandbyResponder(readiness: readiness),
                configuration: ApplicationConfiguration(
                    address: .hostname(address.host, port: address.port)),
                onServerRunning: { _ in await onOpen() }, logger: log)
        }
    }

    /// Serves until `stop` or cancellation. Throws when the address can't be had.
    package func run() async throws {
        try await opening.run()
    }

    /// Returns soon; `run` returns when it is done.
    package func stop() async {
        await opening.stop()
    }
}

private struct StandbyResponder: HTTPResponder {
    let readiness: Readiness

    func respond(to request: Request, context: BasicRequestContext) async throws -> Response {
        if request.uri.path == "/healthz" { return .text("ok\n".utf8, type: "text/plain; charset=utf-8") }
        return try Response(APIError.notReady(await readiness.obstacle ?? "it is about to lead"))
    }
}
