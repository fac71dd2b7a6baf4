import ArgumentParser
import Foundation

struct Bench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Measure this machine: rollback latency, turns per second, memory, start, validate, conditions.",
        discussion: """
            The figures are printed as JSON. They are never asserted: compare two runs on one quiet machine.

            Example: headgate bench --rollbacks 100
            """)

    @Option(help: "Rollbacks on a real Envoy.") var rollbacks = 60
    @Option(help: "Rollouts in memory and in the journal.") var rollouts = 10_000
    @Option(help: "Manifests to validate.") var files = 1_000
    @Option(help: "Rollouts in progress on an API server.") var inProgress = 1_000
    @Option(help: "Seconds in which the API server should hear nothing.") var quiet = 60
    @Option(help: "Rollout objects of an API server that a server watches, at the most; none: 0.")
    var watched = 5_000
    @Option(help: "Leaders that are killed; each costs some twenty seconds.") var takeovers = 3

    func run() async throws {
        var report = BenchReport()
        complain("rollbacks on a real Envoy: \(rollbacks) …")
        report.verdictToApplied = try await RollbackBench(rollbacks: rollbacks).run()
        complain("\(inProgress) rollouts in progress on an API server, and \(quiet) quiet seconds …")
        report.istio = try await IstioBench(
            rollouts: inProgress, rollbacks: rollbacks, quiet: .seconds(quiet)
        ).run()
        if takeovers > 0 {
            complain("\(takeovers) leaders killed, with another server standing by …")
            report.takeover = try await TakeoverBench(takeovers: takeovers).run()
        }
        if watched > 0 {
            complain("memory of a server that watches 1,000 and \(watched) Rollouts …")
            report.watching = try await WatchBench(sizes: [1_000, watched]).run()
        }
        complain("turns through a durable journal …")
        report.turns = try await TurnBench().run()
        complain("one turn beside 10, 1,000 and 100,000 rollouts …")
        report.growth = try await GrowthBench().run()
        complain("\(rollouts) rollouts in memory, and again from the journal …")
        let idle = try await IdleBench(rollouts: rollouts).run()
        (report.idle, report.ready) = (idle.memory, idle.ready)
        complain("validate \(files) files …")
        report.validate = try ValidateBench(files: files).run()
        complain("conditions, read once and asked often …")
        report.conditions = try ConditionBench().run()
        print(try Output.json(report))
    }

    private func complain(_ line: String) { Output.complain("bench: " + line) }
}

/// Times are milliseconds unless the name says otherwise.
struct BenchReport: Encodable {
    var verdictToApplied: Spread?
    var istio: Istio?
    var takeover: Takeover?
    var watching: [Watching] = []
    var turns: [Turns] = []
    var growth: [Growth] = []
    var idle: Idle?
    var ready: Ready?
    var validate: Validation?
    var conditions: [Judging] = []

    /// From the bad number to the data plane showing the stable release alone.
    struct Spread: Encodable {
        let rollbacks: Int
        let minMs: Double
        let medianMs: Double
        let p99Ms: Double
        let maxMs: Double

        init(_ durations: [Duration]) {
            let sorted = durations.map { $0 / .milliseconds(1) }.sorted()
            func quantile(_ share: Double) -> Double {
                sorted.isEmpty ? 0 : rounded(sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))])
            }
            rollbacks = sorted.count
            (minMs, medianMs, p99Ms, maxMs) = (quantile(0), quantile(0.5), quantile(0.99), quantile(1))
        }
    }

    struct Istio: Encodable {
        /// In progress, each with a VirtualService of its own, while the rest was measured.
        let rollouts: Int
        /// Requests to the API server for each weight, by verb.
        let callsPerStep: [String: Double]
        let quietSeconds: Double
        /// All requests to the API server while nothing happened but measurements.
        let callsInQuiet: Int
        /// From the bad number to the API server having stored the stable release alone.
        let breachToStored: Spread
    }

    /// From the end of the leader to the other server being ready.
    struct Takeover: Encodable {
        let takeovers: Int
        let medianSeconds: Double
        let maxSeconds: Double
    }

    /// Objects of an API server, and what each adds to the memory of the server that follows them.
    struct Watching: Encodable {
        let rollouts: Int
        let bytesPerRollout: Int
    }

    struct Turns: Encodable {
        let submitters: Int
        let turns: Int
        let turnsPerSecond: Int
        /// Transactions: waiting turns share one.
        let commits: UInt64
    }

    struct Growth: Encodable {
        let rollouts: Int
        let medianTurnMicroseconds: Double
        let p99TurnMicroseconds: Double
    }

    struct Idle: Encodable {
        let rollouts: Int
        let bytesPerRollout: Int
    }

    struct Ready: Encodable {
        let rollouts: Int
        let entries: Int
        let openAndFoldMs: Double
    }

    struct Judging: Encodable {
        let condition: String
        let readMicroseconds: Double
        /// Check and evaluation of a measurement, by a condition that was read before.
        let askMicroseconds: Double
        /// How many measurements one core judges in a second.
        let asksPerSecond: Int
    }

    struct Validation: Encodable {
        let files: Int
        let medianMs: Double
    }
}

func rounded(_ number: Double) -> Double { (number * 100).rounded() / 100 }
