import Engine
import Kubernetes
import Rollouts
import Synchronization
import Testing
import Transport

@testable import Traffic

/// A release climbs, is promoted, and the next one climbs; the process dies at any write or wait, and goes on.
@Suite(.cluster, .timeLimit(.minutes(1))) struct RoleCrashTests {
    @Test(arguments: 0..<14) func noSubsetIsEverRePointedWhileItCarries(crash: Int) async throws {
        let cluster = testCluster()
        let (service, rule) = (
            virtualService(["stable", "canary"]), destinationRule(["stable": "v1", "canary": "v0"])
        )
        cluster.put(webService, service)
        cluster.put(webRule, rule)
        let fate = Fate(crash)
        for write in try story() { try await carry(write, on: cluster, fate) }
        try check(cluster.writes, from: service, rule)
        #expect(cluster[webService]?.weights() == [9_000, 1_000])
        #expect(cluster[webRule].map(releases) == ["v2", "v3"])
    }

    private func story() throws -> [RouteWrite] {
        let target = try istioTarget(["stable", "canary"], roles: true)
        let both: [Place: String] = [.a: "v1", .b: "v2"]
        var next = Route(giving: [(.a, try #require(Weight(percent: 10)))], rest: .b)
        next.home = .b
        return [
            istioWrite(try split(0, home: .a), target, since: 1, occupants: [.a: "v1"], isRollback: true),
            istioWrite(try split(50, home: .a), target, since: 2, occupants: both),
            istioWrite(try split(100, home: .a), target, since: 3, occupants: both),
            istioWrite(try split(100, home: .b), target, since: 4, occupants: [.b: "v2"], isRollback: true),
            istioWrite(next, target, since: 5, occupants: [.a: "v3", .b: "v2"]),
        ]
    }

    /// Again and again, as the engine does, by a new process after each crash.
    private func carry(_ write: RouteWrite, on cluster: WitnessedCluster, _ fate: Fate) async throws {
        for _ in 1...3 {
            let router = IstioRouter(
                IstioSettings(), api: Doomed(cluster, fate), sender: NobodyToAsk(),
                sleep: { _ in if fate.strikes() { throw CancellationError() } })
            do throws(RouteFailure) {
                _ = try await router.confirm(router.write(write))
                await router.close()
                return
            } catch {
                await router.close()
                try #require(error.kind == .unavailable, "\(error)")
            }
        }
        Issue.record("\(write.since) was never carried out")
    }

    private func check(_ writes: [ObjectWrite], from service: JSON, _ rule: JSON) throws {
        var (service, rule) = (service, rule)
        for write in writes {
            if write.object == webRule {
                let before = releases(rule)
                rule = try rule.patched(write.leaves)
                for (index, weight) in service.weights().enumerated()
                where releases(rule)[index] != before[index] {
                    #expect(weight == 0, "\(before) became \(releases(rule)) under \(service.weights())")
                }
            } else {
                service = try service.patched(write.leaves)
            }
        }
    }

    private func releases(_ rule: JSON) -> [String?] {
        (rule["spec"]["subsets"]?.array ?? []).map { $0["labels"]["rollouts-pod-template-hash"]?.string }
    }
}

/// When the process dies: at that many writes and waits.
private final class Fate: Sendable {
    private let count = Mutex(0)
    private let crash: Int

    init(_ crash: Int) { self.crash = crash }

    func strikes() -> Bool {
        count.withLock { count in
            count += 1
            return count == crash
        }
    }
}

/// Where writes may be lost with the process: before they are carried out, or after.
private struct Doomed: KubernetesAPI {
    let cluster: WitnessedCluster
    let fate: Fate

    init(_ cluster: WitnessedCluster, _ fate: Fate) { (self.cluster, self.fate) = (cluster, fate) }

    func write(_ write: ObjectWrite, _ urgency: Urgency) async throws(KubernetesError) -> JSON {
        if fate.strikes() { throw KubernetesError(.unavailable(retryAfter: nil), "died before") }
        let object = try await cluster.write(write, urgency)
        if fate.strikes() { throw KubernetesError(.unavailable(retryAfter: nil), "died after") }
        return object
    }

    func read(_ object: ObjectReference, _ urgency: Urgency) async throws(KubernetesError) -> JSON {
        try await cluster.read(object, urgency)
    }

    func list(_ query: ObjectQuery, _ urgency: Urgency) async throws(KubernetesError) -> ObjectList {
        try await cluster.list(query, urgency)
    }

    func watch(_ query: ObjectQuery) -> AsyncStream<ObjectEvent> { cluster.watch(query) }
}
