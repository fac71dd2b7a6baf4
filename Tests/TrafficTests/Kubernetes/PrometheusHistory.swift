import Foundation
import Lab
import Testing
import Transport

/// A real Prometheus whose last minutes were filled in by promtool.
///
/// - Parameter history: in the OpenMetrics format, without its end.
func withHistory(
    _ history: String, _ body: (_ address: String, _ http: any HTTPSender) async throws -> Void
) async throws {
    try await withLab { rig in
        let port = try FreePort.take()
        let text = "\(rig.folder)/history.txt"
        try (history + "# EOF\n").write(toFile: text, atomically: true, encoding: .utf8)
        let fill = try await ChildProcess.start(
            .init(
                "/usr/bin/env",
                [
                    "promtool", "tsdb", "create-blocks-from", "openmetrics", text,
                    "\(rig.folder)/prometheus-\(port).data",
                ], log: "\(rig.folder)/promtool.log"))
        let ending = await fill.waitForEnd()
        try #require(ending == .exited(code: 0), "promtool: \(fill.log.tail())")
        let prometheus = try await rig.startPrometheus(port: port, scraping: [])
        try await body(prometheus.url, rig.http)
    }
}

/// A counter of the last ten minutes, seen every ten seconds, that grows by so much each time from some seconds ago on. Before
/// that there is no such series.
func counter(_ name: String, _ labels: String, growingBy step: Int, since age: Int = 600) -> String {
    let now = Int(Date().timeIntervalSince1970)
    let lines = stride(from: now - age, through: now, by: 10).enumerated().map { number, time in
        "\(name){\(labels)} \((number + 1) * step) \(time)"
    }
    return lines.joined(separator: "\n") + "\n"
}
