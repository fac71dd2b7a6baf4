import ArgumentParser
import Server

struct Get: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List the rollouts, or one of them.",
        discussion: "Example: headgate get -o json")

    @Argument(help: "The rollout; all without one.") var name: String?
    @Option(name: .shortAndLong, help: "table, json or yaml.") var output: OutputFormat = .table
    @OptionGroup var server: ServerOptions

    func run() async throws {
        let client = try server.client()
        if let name {
            let status = try await client.status(name)
            return try show(status, [status])
        }
        let list = try await client.rollouts()
        try show(list, list.rollouts)
    }

    private func show(_ answer: some Encodable, _ rollouts: [RolloutStatus]) throws {
        switch output {
        case .json: print(try Output.json(answer))
        case .yaml: print(try Output.yaml(answer))
        case .table, .text:
            print(rollouts.isEmpty ? "no rollouts; add a manifest to a watched folder" : table(rollouts))
        }
    }

    private func table(_ rollouts: [RolloutStatus]) -> String {
        var table = Table(header: ["NAME", "PHASE", "STEP", "WEIGHT", "STABLE", "CANARY", "MESSAGE"])
        table.rows = rollouts.map { rollout in
            [
                rollout.name, rollout.phase.rawValue, rollout.step.map { "\($0.number)/\($0.count)" } ?? "-",
                "\(percent(rollout.weight))", rollout.stable?.release ?? "-", rollout.canary?.release ?? "-",
                rollout.message,
            ]
        }
        return table.text
    }
}

func percent(_ number: Double) -> String {
    let text = "\(number)"
    return (text.hasSuffix(".0") ? String(text.dropLast(2)) : text) + "%"
}
