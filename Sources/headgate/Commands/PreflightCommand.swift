import ArgumentParser
import Rollouts
import Server

struct PreflightCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "preflight",
        abstract: "Look at what the next release needs of the mesh and the metrics, before it is started.",
        discussion: """
            Objects, endpoints, rivals, mutual TLS, who may call whom, retries and timeouts, and whether each metric
            has something to say. Nothing is changed. The exit code is 1 when there is an error, which would refuse
            the start.

            Example: headgate preflight checkout
            """)

    @Argument(help: "The rollout.") var name: String
    @Option(name: .shortAndLong, help: "text, json or yaml.") var output: OutputFormat = .text
    @OptionGroup var server: ServerOptions

    func run() async throws {
        let answer = try await server.client().preflight(name)
        switch output {
        case .json: print(try Output.json(answer))
        case .yaml: print(try Output.yaml(answer))
        case .text, .table: print(answer.text)
        }
        if answer.errors > 0 { throw ExitCode.failure }
    }
}

extension PreflightAnswer {
    var text: String {
        (["\(rollout): \(findings.countText)"] + findings.map(\.text)).joined(separator: "\n\n")
    }
}

extension Finding {
    fileprivate var text: String {
        """
        \(severity.rawValue) [\(check)] \(subject)
          \(what)
          why:  \(why)
          mend: \(mend)
        """
    }
}
