import ArgumentParser

@main
struct Headgate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "headgate",
        abstract:
            "Moves traffic to a release step by step while its SLO holds, and takes it back when it does not.",
        discussion: """
            A rollout is YAML in git, a release is announced by CI, and people may step in at any time:

              headgate serve --config headgate.yaml       run the controller
              headgate validate rollouts/                 check manifests before they are merged
              headgate start checkout --release v2        announce a release by hand
              headgate status checkout --watch            see what it waits for
              headgate promote checkout                   on to the next step
              headgate abort checkout --reason "errors"   all traffic back, at once

            Commands that talk to a server take --server (or HEADGATE_SERVER) and a token from
            --token-file (or HEADGATE_TOKEN).
            """,
        version: headgateVersion,
        groupedSubcommands: [
            CommandGroup(
                name: "Controller", subcommands: [Serve.self, JournalCommand.self, TokenCommand.self]),
            CommandGroup(
                name: "Manifests",
                subcommands: [
                    Validate.self, PlanCommand.self, SimulateCommand.self, JudgeCommand.self, Evaluate.self,
                    BacktestCommand.self, CRDsCommand.self,
                ]),
            CommandGroup(
                name: "Rollouts",
                subcommands: [
                    Get.self, Status.self, Start.self, Promote.self, Pause.self, Resume.self, Abort.self,
                    Retry.self, Keep.self, Undo.self, Unqueue.self, Override.self, HistoryCommand.self,
                    Explain.self, PreflightCommand.self,
                ]),
            CommandGroup(
                name: "More",
                subcommands: [
                    Demo.self, DemoServiceCommand.self, Bench.self, BenchFold.self, Version.self,
                    Completions.self,
                ]),
        ])
}

let headgateVersion = "0.1.0"

struct Version: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print the version.", discussion: "Example: headgate version")

    func run() {
        print("headgate \(headgateVersion)")
    }
}

struct Completions: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print a completion script for a shell.",
        discussion: "Example: headgate completions bash > /etc/bash_completion.d/headgate")

    @Argument(help: "bash, zsh or fish.") var shell: String

    func run() throws {
        guard let shell = CompletionShell(rawValue: shell) else {
            throw ValidationError("unknown shell \"\(shell)\"; known: bash, fish, zsh")
        }
        print(Headgate.completionScript(for: shell))
    }
}
