import Engine
import Kubernetes
import Rollouts
import Synchronization
import Testing
import Transport

@testable import Traffic

/// A release climbs, another one takes its place and is promoted, and the next one climbs; the process dies
/// at any write or wait, and another one goes on.
@Suite(.cluster, .timeLimit(.minutes(1))) struct RoleCrashTests {
    @Test(arguments: 0..<22) func noRequestEverGoesToASubsetThatHasJustBeenRePointed(crash: Int) async throws
    {
        let cluster = testCluster()
        let service = virtualService(["stable", "canary"])
        let rule = destinationRule(["stable": "v1", "canary": "v0"])
        cluster.put(webService, service)
        cluster.put(webRule, rule)
        let fate = Fate(crash)
        for write in try story() { try await carry(write, on: cluster, fate) }
        try check(fate.deeds, from: service, rule)
        #expect(cluster[webService]?.weights() == [9_000, 1_000])
        #expect(cluster[webRule].map(releases) == ["v3", "v4"])
    }

    private func story() throws -> [RouteWrite] {
        let target = try istioTarget(["stable", "canary"], roles: true)
        let (first, second): ([Place: String], [Place: String]) = (
            [.a: "v1", .b: "v2"], [.a: "v1", .b: "v3"]
        )
        var next = Route(giving: [(.a, try #require(Weight(percent: 10)))], rest: .b)
        next.home = .b
        return [
            istioWrite(try split(0, home: .a), target, since: 1, occupants: [.a: "v1"], isRollback: true),
            istioWrite(try split(50, home: .a), target, since: 2, occupants: first),
            istioWrite(try split(20, home: .a), target, since: 3, occupants: second),
            istioWrite(try split(100, home: .a), target, since: 4, occupants: second),
            istioWrite(try split(100, home: .b), target, since: 5, occupants: [.b: "v3"], isRollback: true),
            istioWrite(next, target, since: 6, occupants: [.a: "v4", .b: "v3"]),
        ]
    }

    /// Again and again, as the engine does, by a new process after each crash.
    private func carry(_ write: RouteWrite, on cluster: WitnessedCluster, _ fate: Fate) async throws {
        for _ in 1...3 {
            let router = IstioRouter(
                IstioSettings(), api: Doomed(cluster, fate), sender: NobodyToAsk(),
                sleep: { _ in
                    if fate.strikes() { throw CancellationError() }
                    fate.note(.waited)
                })
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

    private func check(_ deeds: [Fate.Deed], from service: JSON, _ rule: JSON) throws {
        var (service, rule, unsettled) = (service, rule, Set<Int>())
        for deed in deeds {
            switch deed {
            case .waited: unsettled = []
            case .wrote(let write) where write.object == webRule:
                let before = releases(rule)
                rule = try rule.patched(write.leaves)
                let pointed = before.indices.filter { releases(rule)[$0] != before[$0] }
                let weights = service.weights()
                #expect(
                    pointed.allSatisfy { weights[$0] == 0 },
                    "\(before) became \(releases(rule)) at \(weights)")
                unsettled.formUnion(pointed)
            case .wrote(let write):
                service = try service.patched(write.leaves)
                let weights = service.weights()
                #expect(unsettled.allSatisfy { weights[$0] == 0 }, "\(weights) before \(unsettled) settled")
            }
        }
    }

    private func releases(_ rule: JSON) -> [String?] {
        (rule["spec"]["subsets"]?.array ?? []).map { $0["labels"]["rollouts-pod-template-hash"]?.string }
    }
}

/// When the process dies, at that many writes and waits; and what was done.
private final class Fate: Sendable {
    enum Deed: Sendable {
        case waited
        case wrote(ObjectWrite)
    }

    private let count = Mutex(0)
    private let done = Mutex<[Deed]>([])
    private let crash: Int

    init(_ crash: Int) { self.crash = crash }

    var deeds: [Deed] { done.withLock(\.self) }

    func note(_ deed: Deed) { done.withLock { $0.append(deed) } }

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
        fate.note(.wrote(write))
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
