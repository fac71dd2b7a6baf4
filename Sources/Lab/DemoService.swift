import HTTPTypes
import Hummingbird
import Logging

/// Serves the demo service until the process is told to end (SIGTERM, SIGINT): then it takes no more
/// connections, answers what it was asked, and returns. A cancelled task breaks off instead.
///
/// `GET` of any path answers 200 and `{"version": "v1"}`, or the fault's status; every answer of its own bears
/// `x-release`, so that a failure of the release can be told from one on the way to it. `POST /_fault` turns
/// the switch, and `GET /_ready` answers 200 whatever the fault.
package func runDemoService(
    port: UInt16, version: String, fault: DemoFaultSwitch = DemoFaultSwitch()
) async throws {
    var logger = Logger(label: "demo-service")
    // What keeps it from serving is thrown; at its end it would log every connection that it breaks off.
    logger.logLevel = .critical
    let application = Application(
        router: demoRouter(version, fault),
        configuration: .init(address: .hostname("127.0.0.1", port: Int(port)), reuseAddress: true),
        logger: logger)
    try await application.runService()
}

private func demoRouter(_ version: String, _ fault: DemoFaultSwitch) -> Router<BasicRequestContext> {
    let router = Router()
    for path in ["/", "/**"] as [RouterPath] {
        router.get(path) { _, _ in try await answer(version, fault.current) }
    }
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
