import Kubernetes
import Lab
import TestCluster
import Testing
import Transport

@testable import headgate

/// Two server processes, one journal, one Lease.
@Suite(.serialized, .timeLimit(.minutes(2))) struct LeaderTests {
    private static let quick = "leaseDuration: 3s, renewDeadline: 2s, retryPeriod: 200ms"

    private func withPair(
        _ body: @escaping @Sendable (Pair, Cluster, Rig) async throws -> Void
    ) async throws {
        try await withLab { rig in
            try await onCluster([]) { cluster in
                let pair = try Pair(cluster, rig, program: theProgram(), terms: Self.quick)
                for server in pair.servers { try await rig.start(server) }
                try await body(pair, cluster, rig)
            }
        }
    }

    @Test func whoStandsByTakesOverWhenTheLeaderIsKilled() async throws {
        try await withPair { pair, _, _ in
            let first = try await pair.leader()
            let other = 1 - first
            #expect(
                await pair.until { try await pair.readiness(of: other).text.contains("\(pair.holder) leads") }
            )
            #expect(pair.epoch == 1)
            await pair.servers[first].crash()
            #expect(try await pair.leader() == other)
            #expect(pair.epoch == 2)
        }
    }

    /// It gives the lease back, so that nobody waits for it to run out.
    @Test func aLeaderThatIsStoppedHandsOver() async throws {
        try await withPair { pair, _, _ in
            let first = try await pair.leader()
            let holder = pair.holder
            await pair.servers[first].stop()
            #expect(pair.holder != holder)
            #expect(try await pair.leader() == 1 - first)
        }
    }

    /// It must not write any more when somebody else may.
    @Test func aLeaderWhoseLeaseIsTakenEnds() async throws {
        try await withPair { pair, cluster, _ in
            let first = try await pair.leader()
            cluster.edit(Pair.lease, as: "somebody") { lease in
                lease["spec"]["holderIdentity"] = "somebody else"
                lease["spec"]["leaseTransitions"] = 7
            }
            #expect(await pair.until { await pair.servers[first].pid == nil })
            let log = pair.servers[first].log.tail()
            #expect(log.contains("not leading any more: \"somebody else\" holds the lease now"), "\(log)")
            #expect(try await pair.leader() == 1 - first)
            #expect(pair.epoch == 8)
        }
    }
}

extension Pair {
    fileprivate func until(_ claim: () async throws -> Bool) async -> Bool {
        for _ in 0..<500 {
            if (try? await claim()) == true { return true }
            // Cancelled means that the test is over.
            guard (try? await Task.sleep(for: .milliseconds(20))) != nil else { return false }
        }
        return false
    }
}
