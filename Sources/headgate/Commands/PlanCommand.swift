import ArgumentParser
import Manifests
import Rollouts

struct PlanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Show what a rollout is going to do: its steps, its writes, and what can stop it.",
        discussion: """
            Nothing is sent anywhere.

            Example: headgate plan rollouts/checkout.yaml --with analysis-templates/
            """)

    @Argument(help: "The file with the rollout.") var file: String
    @Option(help: "More files or folders, with the templates that the rollout refers to.")
    var with: [String] = []
    @Option(name: .shortAndLong, help: "text, json or yaml.") var output: OutputFormat = .text

    func run() throws {
        let set = ManifestSet.load(paths: [file] + with)
        for diagnostic in set.diagnostics { Output.complain(diagnostic.description) }
        if set.hasErrors { throw ExitCode.failure }
        let plans = set.declarations.filter { $0.source == file }.map(describe)
        if plans.isEmpty { throw CommandError("\(file): no rollout in it") }
        switch output {
        case .json: print(try Output.json(plans))
        case .yaml: print(try Output.yaml(plans))
        case .text, .table: print(plans.map(\.text).joined(separator: "\n\n"))
        }
    }
}
