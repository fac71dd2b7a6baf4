import Analysis
import ArgumentParser
import Manifests
import Rollouts
import Simulator

struct SimulateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Live through a rollout in a simulated world, once or with thousands of mishaps.",
        discussion: """
            The controller, its router and its metrics provider are the ones that `serve` runs; time, the disk, the \
            mesh, the metrics store and people are played. Nothing is sent anywhere. A seed says all that chance \
            does: the same seed shows the same again, on any machine.

            Example: headgate simulate rollouts/checkout.yaml --with analysis-templates/ --timeline
            Example: headgate simulate rollouts/checkout.yaml --seeds 1000 --faults many
            Example: headgate simulate --random --seeds 1000 --faults many
            """)

    @Argument(help: "The file with the rollout.") var file: String?
    @Flag(help: "Without a file: rollouts that the seeds make up.") var random = false
    @Option(help: "More files or folders, with the templates that the rollout refers to.")
    var with: [String] = []
    @Option(help: "How many seeds to live through.") var seeds: UInt64 = 1
    @Option(help: "The first seed.") var seed: UInt64 = 1
    @Option(help: "How much goes wrong: none, some or many.") var faults: FaultLevel = .none
    @Flag(help: "Show all that happens, moment by moment (of the first seed).") var timeline = false

    enum FaultLevel: String, ExpressibleByArgument, CaseIterable {
        case none, some, many

        var faults: Faults {
            switch self {
            case .none: .none
            case .some: .some
            case .many: .many
            }
        }
    }

    func validate() throws {
        guard (file == nil) == random else {
            throw ValidationError("name a file with a rollout, or say --random")
        }
        guard seeds > 0, seed <= UInt64.max - seeds else { throw ValidationError("--seeds: at least 1") }
    }

    func run() throws {
        let campaign = Campaign(
            seeds: seed..<(seed + seeds), faults: faults.faults, rehearsal: try rehearsal())
        if timeline || seeds == 1 { return try show(campaign.simulation(of: seed).run()) }
        let clock = ContinuousClock()
        let start = clock.now
        let tally = campaign.run()
        print(tally.sentence(after: clock.now - start))
        try report(tally.broken)
    }

    private func rehearsal() throws -> Scenario? {
        guard let file else { return nil }
        return .rehearsal(of: try declaration(in: file))
    }

    private func declaration(in file: String) throws -> Declaration {
        let set = ManifestSet.load(paths: [file] + with)
        for diagnostic in set.errors { Output.complain(diagnostic.description) }
        if set.hasErrors { throw ExitCode.failure }
        guard let declaration = set.declarations.first(where: { $0.source == file }) ?? set.declarations.first
        else { throw CommandError("\(file): no rollout in it") }
        return declaration
    }

    private func show(_ outcome: Outcome) throws {
        print(outcome.timeline.lines().joined(separator: "\n"))
        for state in outcome.states { print("\nin the end    \(state.standing)") }
        guard let violation = outcome.violations.first else { return }
        Output.complain(
            "seed \(seed): law \(violation.law) at \(violation.moment): \(violation.text)")
        throw ExitCode.failure
    }

    private func report(_ broken: [Campaign.Broken]) throws {
        for one in broken.prefix(3) {
            let violation = one.violation
            Output.complain(
                "seed \(one.seed): law \(violation.law) at \(violation.moment): \(violation.text)")
            for line in one.lastLines { Output.complain("    \(line)") }
        }
        if !broken.isEmpty { throw ExitCode.failure }
    }
}
