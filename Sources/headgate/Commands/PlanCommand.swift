import Analysis
import ArgumentParser
import Foundation
import Manifests
import Rollouts

struct PlanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Show what a rollout is going to do: its steps, its writes, and what can stop it.",
        discussion: """
            Nothing is sent anywhere. Freezes are shown where their files are read too.

            Example: headgate plan rollouts/checkout.yaml --with analysis-templates/ --with freezes/
            """)

    @Argument(help: "The file or folder with the rollout.") var file: String
    @Option(help: "More files or folders, with the templates that the rollout refers to.")
    var with: [String] = []
    @Flag(help: "Read it as a server does that runs pods: `kubernetes.runsPods`.") var runPods = false
    @Option(help: "Requests a second, to say what comparisons can find at them.") var traffic: Double?
    @Option(help: "The share of bad requests while nothing is wrong: 0.1%.") var errorRate = "0.1%"
    @Option(name: .shortAndLong, help: "text, json or yaml.") var output: OutputFormat = .text

    func run() throws {
        let set = ManifestSet.load(paths: [file] + with, runsPods: runPods)
        // A warning about a freeze beside is about what was not given: other rollouts that it names.
        let freezes = Set(set.freezes.rules.map(\.source))
        for diagnostic in set.diagnostics
        where diagnostic.severity == .error || isAsked(diagnostic.file) || !freezes.contains(diagnostic.file)
        {
            Output.complain(diagnostic.description)
        }
        if set.hasErrors { throw ExitCode.failure }
        let now = Moment(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000))
        let plans = set.declarations.filter { isAsked($0.source) }
            .map { describe($0, freezes: set.freezes, at: now, traffic: expected) }
        if plans.isEmpty { throw CommandError("\(file): no rollout in it") }
        switch output {
        case .json: print(try Output.json(plans))
        case .yaml: print(try Output.yaml(plans))
        case .text, .table: print(plans.map(\.text).joined(separator: "\n\n\n"))
        }
    }

    private var expected: ExpectedTraffic? {
        traffic.map { ExpectedTraffic(perSecond: $0, rate: rate ?? 0) }
    }

    private var rate: Double? {
        let number = errorRate.hasSuffix("%") ? Double(errorRate.dropLast()) : nil
        return number.flatMap { 0..<100 ~= $0 ? $0 / 100 : nil }
    }

    func validate() throws {
        if let traffic, traffic <= 0 { throw ValidationError("--traffic: more than 0") }
        if rate == nil { throw ValidationError("--error-rate: a percentage such as 0.1%") }
    }

    private func isAsked(_ source: String) -> Bool {
        source == file || source.hasPrefix(file.hasSuffix("/") ? file : file + "/")
    }
}
