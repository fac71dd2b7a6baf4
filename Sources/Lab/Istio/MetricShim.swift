import Foundation
import Hummingbird
import Logging
import ServiceLifecycle
package import Transport

/// Answers Prometheus on loopback with an Envoy's statistics under Istio's names, until the task is cancelled.
package func runMetricShim(
    port: UInt16, of metrics: IstioMetrics, envoy adminURL: String, http: any HTTPSender
) async throws {
    var logger = Logger(label: "metric-shim")
    // What keeps it from serving is thrown.
    logger.logLevel = .critical
    let router = Router()
    router.get("/metrics") { _, _ in try await page(metrics, statisticsURL(adminURL, metrics), http) }
    let application = Application(
        router: router,
        configuration: .init(address: .hostname("127.0.0.1", port: Int(port)), reuseAddress: true),
        logger: logger)
    try await runGracefully(ServiceGroup(services: [application], logger: logger))
}

/// All of an Envoy's statistics are megabytes. Those that were never used come too, as long as they have a name.
private func statisticsURL(_ adminURL: String, _ metrics: IstioMetrics) -> String {
    let names = metrics.workloads.map { NSRegularExpression.escapedPattern(for: $0.name) }
    let filter = "^cluster\\.(\(names.joined(separator: "|")))\\.upstream_rq"
    let encoded = filter.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    return "\(adminURL)/stats/prometheus?filter=\(encoded)"
}

private func page(_ metrics: IstioMetrics, _ url: String, _ http: any HTTPSender) async throws -> Response {
    let answer: Transport.HTTPResponse
    do {
        answer = try await http.send(Transport.HTTPRequest(.get, url, timeout: .seconds(2)))
    } catch {
        // Prometheus then sees that the target is down, as it is.
        return Response(status: .badGateway)
    }
    guard answer.isSuccess else { return Response(status: .badGateway) }
    let text = metrics.translate(String(decoding: answer.body, as: UTF8.self))
    return Response(
        status: .ok, headers: [.contentType: "text/plain; version=0.0.4"],
        body: .init(byteBuffer: ByteBuffer(string: text)))
}
