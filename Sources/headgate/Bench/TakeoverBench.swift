import Lab
import TestCluster

/// How long it takes until the other server leads, after the leader was killed, with the usual terms: others wait for
/// fifteen seconds after its last sign of life.
struct TakeoverBench {
    let takeovers: Int

    func run() async throws -> BenchReport.Takeover {
        let program = try Tools.thisProgram()
        let takeovers = takeovers
        let times = try await withLab { rig in
            try await onCluster([]) { cluster in
                let pair = try Pair(cluster, rig, program: program)
                for server in pair.servers { try await rig.start(server) }
                var times: [Duration] = []
                for _ in 0..<takeovers { times.append(try await takeover(in: pair)) }
                return times
            }
        }
        let sorted = times.map { $0 / .seconds(1) }.sorted()
        return BenchReport.Takeover(
            takeovers: sorted.count, medianSeconds: rounded(sorted[sorted.count / 2]),
            maxSeconds: rounded(sorted[sorted.count - 1]))
    }

    private func takeover(in pair: Pair) async throws -> Duration {
        let leader = try await pair.leader()
        await pair.servers[leader].crash()
        let start = ContinuousClock.now
        _ = try await pair.leader()
        let time = ContinuousClock.now - start
        try await pair.servers[leader].start()
        return time
    }
}
