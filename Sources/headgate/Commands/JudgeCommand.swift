import ArgumentParser
import Foundation
import Simulator

struct JudgeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "judge",
        abstract:
            "Show how often comparisons take good releases back, and what bad ones cost, beside other judges.",
        discussion: """
            Simulated traffic, the same for everybody: a comparison with a look every 15 s, Argo Rollouts and Flagger \
            with a success rate of the last minute, and Kayenta every ten minutes. A line without a fault shows how \
            often the release was taken back; a line with one the median and 95th percentile of the time until then, \
            and the requests of the canary that failed meanwhile. Ends with 1 where a goal is missed.

            Example: headgate judge --runs 2000
            """)

    @Option(help: "How often a traffic without a fault is played; one with a fault a quarter of it.")
    var runs = 2_000
    @Option(help: "What chance begins with.") var seed: UInt64 = 20_240

    func validate() throws {
        guard runs >= 20 else { throw ValidationError("--runs: at least 20") }
    }

    func run() throws {
        var misses: [String] = []
        JudgeCampaign(runs: runs, seed: seed).play { line in
            // At once, also into a pipe: a campaign takes minutes.
            FileHandle.standardOutput.write(Data((line.text + "\n").utf8))
            if let miss = line.miss { misses.append(miss) }
        }
        print(misses.isEmpty ? "\nall goals are reached" : "\ngoals that were missed:")
        for miss in misses { Output.complain(miss) }
        if !misses.isEmpty { throw ExitCode.failure }
    }
}
