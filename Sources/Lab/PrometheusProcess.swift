import Foundation
package import Transport

/// A real Prometheus that asks the given targets. Stopped or crashed, it starts again on the same port with
/// the same data.
package struct PrometheusProcess: Sendable {
    package struct Target: Sendable, Hashable {
        package var job: String
        package var port: UInt16
        package var path: String
        package var parameters: [String: [String]]

        package init(
            job: String, port: UInt16, path: String = "/metrics", parameters: [String: [String]] = [:]
        ) {
            self.job = job
            self.port = port
            self.path = path
            self.parameters = parameters
        }

        /// What Envoy counts of the requests to some clusters. All of an Envoy's statistics are megabytes.
        ///
        /// Counters that are still 0 come too, so that a rate sees the first failure.
        package static func envoy(adminPort: UInt16, clusters: [String]) -> Target {
            let names = clusters.map(NSRegularExpression.escapedPattern).joined(separator: "|")
            return Target(
                job: "envoy", port: adminPort, path: "/stats/prometheus",
                parameters: ["filter": ["^cluster\\.(\(names))\\.upstream_rq"]])
        }
    }

    package let port: UInt16
    package let daemon: Daemon

    package init(
        port: UInt16, scraping targets: [Target], every interval: Duration = .seconds(1), program: String,
        folder: String, http: any HTTPSender
    ) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let files = "\(folder)/prometheus-\(port)"
        try configuration(targets, interval).write(to: URL(filePath: "\(files).yml"))
        self.port = port
        daemon = Daemon(
            "prometheus", .init(program, arguments(files, port), log: "\(files).log"),
            readyURL: "http://127.0.0.1:\(port)/-/ready", http: http)
    }

    package var url: String { "http://127.0.0.1:\(port)" }
}

private func arguments(_ files: String, _ port: UInt16) -> [String] {
    [
        "--config.file=\(files).yml", "--storage.tsdb.path=\(files).data",
        "--web.listen-address=127.0.0.1:\(port)", "--log.level=warn",
    ]
}

/// JSON is YAML as long as no slash is escaped.
private func configuration(_ targets: [PrometheusProcess.Target], _ interval: Duration) throws -> Data {
    let pace = "\(interval / .milliseconds(1))".prefix { $0 != "." } + "ms"
    let jobs: [[String: Any]] = targets.map { target in
        [
            "job_name": target.job,
            "metrics_path": target.path,
            "params": target.parameters,
            "static_configs": [["targets": ["127.0.0.1:\(target.port)"]]],
        ]
    }
    let global = ["scrape_interval": pace, "scrape_timeout": pace, "evaluation_interval": pace]
    return try JSONSerialization.data(
        withJSONObject: ["global": global, "scrape_configs": jobs],
        options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
}
