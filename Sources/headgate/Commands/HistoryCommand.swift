import ArgumentParser
import Server

struct HistoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "Show what happened to a rollout, who wanted it and when.",
        discussion: "Example: headgate history checkout --limit 50")

    @Argument(help: "The rollout.") var name: String
    @Option(help: "How many entries at the most, the newest ones.") var limit = 200
    @Option(name: .shortAndLong, help: "table, json or yaml.") var output: OutputFormat = .table
    @OptionGroup var server: ServerOptions

    func run() async throws {
        let client = try server.client()
        let newest = try await client.status(name).sequence
        let after = newest > UInt64(max(0, limit)) ? newest - UInt64(max(0, limit)) : 0
        let history = try await client.history(name, after: after, limit: min(max(limit, 1), 1_000))
        switch output {
        case .json: print(try Output.json(history))
        case .yaml: print(try Output.yaml(history))
        case .table, .text:
            var table = Table(header: ["#", "WHEN", "WHO", "WHAT"])
            table.rows = history.entries.map { ["\($0.sequence)", $0.at, $0.who, $0.sentence] }
            print(table.text)
        }
    }
}
