import ArgumentParser
import Server

struct Explain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say which number decided, with the query, the samples and the limit.",
        discussion: "Example: headgate explain checkout")

    @Argument(help: "The rollout.") var name: String
    @Option(name: .shortAndLong, help: "text, json or yaml.") var output: OutputFormat = .text
    @OptionGroup var server: ServerOptions

    func run() async throws {
        let explanation = try await server.client().explain(name)
        switch output {
        case .json: print(try Output.json(explanation))
        case .yaml: print(try Output.yaml(explanation))
        case .text, .table: print(explanation.text)
        }
    }
}

extension Explanation {
    fileprivate var text: String {
        let head = ["\(rollout)  \(phase.rawValue): \(message)"]
        let past = verdict.map(\.lines) ?? ["no verdict was ever reached"]
        let present = running.flatMap { ["running (\($0.kind.rawValue)):"] + $0.metrics.flatMap(\.lines) }
        return (head + past + present).joined(separator: "\n")
    }
}

extension VerdictStatus {
    fileprivate var lines: [String] {
        ["last verdict: \(verdict) for \(release) at \(at) (entry #\(sequence))", "  \(sentence)"]
            + (metric.map(\.lines) ?? run.metrics.flatMap(\.lines))
    }
}

extension MetricStatus {
    fileprivate var lines: [String] {
        let conditions = [successCondition.map { "good if \($0)" }, failureCondition.map { "bad if \($0)" }]
        let limit = limits.failureLimit.map { "more than \($0) bad ones fail it" } ?? "bad ones never fail it"
        let shown = samples.map { sample in
            let value = sample.value ?? "-"
            return
                "      \(sample.finishedAt)  \(sample.phase.padding(to: 12)) \(value)\(sample.message.map { "  \($0)" } ?? "")"
        }
        return [
            "  \(name)\(isDryRun ? " (dry run)" : ""): \(conditions.compactMap(\.self).joined(separator: ", ")); \(limit)",
            "    query: \(query.split(separator: "\n").map { $0.trimmingPrefix { $0 == " " } }.joined(separator: " "))",
            "    \(successful) good, \(failed) bad, \(inconclusive) undecided, \(errors) errors",
        ] + shown
    }
}
