import Foundation
import Lab
import Subprocess
import SystemPackage

@testable import headgate

/// A real Prometheus whose last hours were filled in by promtool: four instances of one release, ten requests a second
/// and one error in a hundred each, scraped twice a minute.
struct BacktestWorld {
    let folder: String
    let address: String
    /// The end of what was filled in.
    let until: String

    static let hours = 9
    private static let interval = 30

    static func run(_ body: (BacktestWorld) async throws -> Void) async throws {
        try await withLab { rig in
            let port = try FreePort.take()
            let end = Int(Date().timeIntervalSince1970) / 3_600 * 3_600
            let text = "\(rig.folder)/history.txt"
            try history(upTo: end).write(toFile: text, atomically: true, encoding: .utf8)
            let fill = try await Subprocess.run(
                .name("promtool"),
                arguments: [
                    "tsdb", "create-blocks-from", "openmetrics", text,
                    "\(rig.folder)/prometheus-\(port).data",
                ],
                output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
            guard fill.terminationStatus.isSuccess else {
                throw ChartError(description: "promtool: \(fill.standardError)")
            }
            let prometheus = try await rig.startPrometheus(port: port, scraping: [])
            let until = Date(timeIntervalSince1970: Double(end)).formatted(.iso8601)
            let world = BacktestWorld(folder: rig.folder, address: prometheus.url, until: until)
            try Self.compared.write(toFile: world.file("compared.yaml"), atomically: true, encoding: .utf8)
            try Self.threshold.write(toFile: world.file("threshold.yaml"), atomically: true, encoding: .utf8)
            try await body(world)
        }
    }

    func file(_ name: String) -> String { "\(folder)/\(name)" }

    struct Answer {
        let code: Int
        let output: String
        let complaints: String
    }

    /// Runs `headgate backtest`, as people do.
    func backtest(_ arguments: String...) async throws -> Answer {
        try await Self.backtest(arguments)
    }

    static func backtest(_ arguments: [String]) async throws -> Answer {
        let run = try await Subprocess.run(
            .path(FilePath(try theProgram())), arguments: Arguments(["backtest"] + arguments),
            output: .string(limit: 1 << 22), error: .string(limit: 1 << 20))
        let code: Int =
            if case .exited(let code) = run.terminationStatus { Int(code) } else { -1 }
        return Answer(code: code, output: run.standardOutput, complaints: run.standardError)
    }

    /// What is asked of the store itself; not of the minutes in which a rate has nothing to go by yet.
    var asked: [String] { ["--prometheus", address, "--until", until, "--range", "\(Self.hours - 1)h"] }

    private static func history(upTo end: Int) -> String {
        let (start, count) = (end - hours * 3_600, hours * 3_600 / interval)
        var requests: [String] = []
        for pod in ["a", "b", "c", "d"] {
            let shift = Int(pod.utf8.first ?? 0)
            for code in [200, 500] {
                for number in 0...count {
                    // Three errors a scrape, spread a little.
                    let bad = number * 3 + (number * 7 + shift) % 5
                    let value = code == 500 ? bad : number * 297
                    requests.append(
                        "http_requests_total{job=\"web\",pod=\"web-\(pod)\",release=\"web-1\",code=\"\(code)\"} "
                            + "\(value) \(start + number * interval)")
                }
            }
        }
        return "# TYPE http_requests_total unknown\n" + requests.joined(separator: "\n") + "\n# EOF\n"
    }

    private static let compared = """
        apiVersion: headgate.dev/v1alpha1
        kind: AnalysisTemplate
        metadata: {name: errors-compared}
        spec:
          args: [{name: canary}, {name: stable}]
          metrics:
          - name: errors
            interval: 30s
            provider: {prometheus: {}}
            compare:
              kind: errors
              bad: http_requests_total{job="web",code=~"5.."}
              total: http_requests_total{job="web"}
              arms: {label: release, canary: "{{args.canary}}", stable: "{{args.stable}}"}
              history: 30m
        """

    private static let threshold = """
        apiVersion: argoproj.io/v1alpha1
        kind: AnalysisTemplate
        metadata: {name: success-rate}
        spec:
          args: [{name: job}]
          metrics:
          - name: success-rate
            interval: 1m
            successCondition: result[0] >= 0.97
            failureLimit: 1
            provider:
              prometheus:
                address: http://prometheus.nowhere.example:9090
                query: |
                  sum(rate(http_requests_total{job="{{args.job}}",code!~"5.."}[2m]))
                  / sum(rate(http_requests_total{job="{{args.job}}"}[2m]))
        """
}
