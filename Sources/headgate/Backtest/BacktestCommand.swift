import Analysis
import ArgumentParser
import Backtest
import Foundation
import Manifests
import Sampling
import Transport

struct BacktestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backtest",
        abstract: "Show what a template would have done: to good releases, and to bad ones.",
        discussion: """
            What a Prometheus remembers is played to the template: as releases with nothing wrong about them, which \
            shows how often it takes a good one back; and as releases that turn worse, which shows what it sees, how \
            soon, and what that costs. It is judged by what judges live. docs/backtest.md says how to read it.

            Ends with 1 where a demand (--max-false-rollback, --min-power) is not met, or the history is too short to be \
            sure of it.

            Example: headgate backtest analysis-templates/app.yaml --template app-success-rate \\
                       --arg selector='job="web"' --prometheus http://prometheus:9090 --range 14d
            Example: headgate backtest errors.yaml --offline history.json --max-false-rollback 2% --min-power x5=95%
            """)

    @Argument(help: "The file with the template; or with a rollout, for all that it is judged by.")
    var template: String
    @Option(help: "More files or folders, with the templates that it refers to.") var with: [String] = []
    @Option(name: .customLong("template"), help: "Which template of the file; all where none is named.")
    var only: [String] = []
    @Option(name: .customLong("arg"), help: "An argument of the template: NAME=VALUE.")
    var arguments: [String] = []
    @Flag(help: "Judge as in an analysis step, and not in the background.") var asStep = false
    @Option(help: "What stands for the release in the place that only a mesh knows.") var stable: String?
    @OptionGroup(title: "The history") var source: HistoryOptions
    @Option(help: "How long a rollout is judged.") var duration = "30m"
    @Option(help: "The share of the canary.") var weight = "10%"
    @Option(
        help:
            "What is worse: x2, +1pp, silence; with commas between them. What suits a metric where it is not said."
    )
    var inject: String?
    @Option(help: "A time that is no example of anything: FROM/UNTIL, as 2026-11-20T10:00:00Z.")
    var exclude: [String] = []
    @Option(help: "How many rollouts are played, spread over the range.") var windows = 400
    @Option(help: "What chance begins with.") var seed: UInt64 = 1
    @Option(help: "The most good releases that may be taken back: 2%.") var maxFalseRollback: String?
    @Option(help: "The least bad ones that must be: x5=95%.") var minPower: [String] = []
    @Option(name: .shortAndLong, help: "text or json.") var output: OutputFormat = .text
    @Flag(help: "The same as --output json.") var json = false
    @Option(help: "Write the demands there as JUnit has tests.") var junit: String?

    func validate() throws {
        _ = try plan()
    }

    func run() async throws {
        let plan = try plan()
        let trial = try trial(plan)
        var bar = ProgressBar()
        let history = try await source.history(of: trial.metrics) { bar.show("fetching \($0)", $1) }
        bar.clear()
        let report = try report(trial, plan, history) { bar.show("replaying", $0) }
        bar.clear()
        try show(report)
        if !report.isMet { throw ExitCode.failure }
    }

    private func report(
        _ trial: TemplateTrial, _ plan: BacktestPlan, _ history: History, _ progress: (Double) -> Void
    ) throws -> BacktestReport {
        let subject = Subject(
            name: trial.names.joined(separator: ", "), metrics: trial.metrics, judgement: trial.judgement,
            duration: plan.duration, weight: plan.weight, effects: plan.effects, excluded: plan.excluded,
            windowsMax: windows, seed: seed, traffic: source.traffic)
        do throws(Complaint) {
            return try Playback(subject, history).report(plan.demands, progress)
        } catch {
            throw CommandError("\(template): \(error)")
        }
    }

    private func show(_ report: BacktestReport) throws {
        switch json ? .json : output {
        case .json: print(try Output.json(report))
        case .yaml: print(try Output.yaml(report))
        case .text, .table: print(report.text)
        }
        guard let junit else { return }
        do {
            try report.junit.write(toFile: junit, atomically: true, encoding: .utf8)
        } catch {
            throw CommandError("--junit: can't write \(junit): \(error.localizedDescription)")
        }
    }

    /// What was written, understood.
    func plan() throws -> BacktestPlan {
        guard windows >= 1, windows <= 100_000 else { throw ValidationError("--windows: from 1 to 100000") }
        return try BacktestPlan(
            duration: duration, weight: weight, inject: inject, exclude: exclude, arguments: arguments,
            maxFalseRollback: maxFalseRollback, minPower: minPower)
    }

    private func trial(_ plan: BacktestPlan) throws -> TemplateTrial {
        var trial = TemplateTrial.read(
            template, with: with, only: only, arguments: plan.arguments, in: asStep ? .step : .background)
        for diagnostic in trial.diagnostics where diagnostic.severity == .error {
            let isAboutArguments = diagnostic.file == TemplateTrial.source
            Output.complain(isAboutArguments ? "--arg: \(diagnostic.message)" : diagnostic.description)
        }
        if trial.hasErrors { throw ExitCode.failure }
        guard !trial.metrics.isEmpty else {
            let named = only.isEmpty ? "no template" : "no template \(only.joined(separator: ", "))"
            throw CommandError("\(template): \(named) in it, and no rollout with an analysis")
        }
        if let stable { trial = trial.filled(stable) }
        if let open = trial.metrics.first(where: \.isAboutRelease) {
            throw CommandError(
                "\(template): metric \(open.name) asks about a release by what the mesh calls it; say which one was "
                    + "there all the time: --stable NAME")
        }
        if let closed = trial.metrics.first(where: { $0.query.secrets?.isEmpty == false }) {
            throw CommandError(
                "\(template): metric \(closed.name) asks with a secret that only a server can read; say who we are with "
                    + "--config, and take it out of the template")
        }
        return trial.at(source.prometheus)
    }
}
