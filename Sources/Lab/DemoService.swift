import Foundation
import HTTPTypes
import Hummingbird
import Logging
import ServiceLifecycle
import UnixSignals

/// Serves the demo service until the process is told to end (SIGTERM, SIGINT) or the task is cancelled: then it
/// takes no more connections, answers what it was asked, and returns.
///
/// `GET` of any path answers 200 and `{"version": "v1"}`, or the fault's status; every answer of its own bears
/// `x-release`, so that a failure of the release can be told from one on the way to it. `POST /_fault` turns
/// the switch, `GET /_counts` says what was asked so far, and `GET /_ready` answers 200 whatever the fault.
package func runDemoService(
    port: UInt16, version: String, fault: DemoFaultSwitch = DemoFaultSwitch()
) async throws {
    var logger = Logger(label: "demo-service")
    // What keeps it from serving is thrown.
    logger.logLevel = .critical
    let application = Application(
        router: demoRouter(version, fault),
        configuration: .init(
            // The kernel drops a connection that finds the backlog full, and it is tried again a second later.
            address: .hostname("127.0.0.1", port: Int(port)), backlog: 1024, reuseAddress: true),
        logger: logger)
    try await runGracefully(
        ServiceGroup(
            services: [application], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
}

/// Keeps the cancellation from the group: a connection that is broken off while it writes stops the whole
/// process (NIO: "Deinited NIOAsyncWriter without calling finish()").
func runGracefully(_ group: ServiceGroup) async throws {
    let serving = Task { try await group.run() }
    try await withTaskCancellationHandler {
        try await serving.value
    } onCancel: {
        Task { await group.triggerGracefulShutdown() }
    }
}

private func demoRouter(_ version: String, _ fault: DemoFaultSwitch) -> Router<BasicRequestContext> {
    let router = Router()
    let counter = DemoCounter()
    for path in ["/", "/**"] as [RouterPath] {
        router.get(path) { request, _ in
            counter.count(host: request.head.authority ?? "")
            return try await answer(version, fault.current)
        }
    }
    router.get("/_counts") { _, _ in try counted(counter.current) }
    router.get("/_ready") { _, _ in json(.ok, version) }
    router.post("/_fault") { request, context in
        fault.set(try await request.decode(as: DemoFault.self, context: context))
        return json(.ok, version)
    }
    return router
}

private func answer(_ version: String, _ fault: DemoFault) async throws -> Response {
    if fault.latency > 0 { try await Task.sleep(for: .seconds(fault.latency)) }
    let fails = Double.random(in: 0..<1) < fault.rate
    return json(fails ? .init(code: fault.status) : .ok, version)
}

private func json(_ status: HTTPResponse.Status, _ version: String) -> Response {
    let name = version.filter { $0 != "\"" && $0 != "\\" && !$0.isNewline }
    var headers = HTTPFields([HTTPField(name: .contentType, value: "application/json")])
    if let release = HTTPField.Name("x-release") { headers[release] = name }
    let body = ByteBuffer(string: "{\"version\": \"\(name)\"}\n")
    return Response(status: status, headers: headers, body: .init(byteBuffer: body))
}

private func counted(_ counts: DemoCounts) throws -> Response {
    let body = ByteBuffer(bytes: try JSONEncoder().encode(counts))
    return Response(
        status: .ok, headers: [.contentType: "application/json"], body: .init(byteBuffer: body))
}
