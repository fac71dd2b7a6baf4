import Engine
import Kubernetes
import Rollouts
import Synchronization
import Testing
import Transport

@testable import Traffic

@Suite(.cluster, .timeLimit(.minutes(1))) struct IstioRouterTests {
    private let cluster = testCluster()
    private let naps = Naps()

    @Test func aRouteIsWrittenProvedAndReadBack() async throws {
        cluster.put(webService, virtualService())
        let router = router()
        let write = istioWrite(try split(20), try istioTarget(), since: 12)
        let receipt = try await router.write(write)
        #expect(receipt.text == "wrote VirtualService shop/web")
        #expect(
            try await router.confirm(receipt).text
                == "stored at resourceVersion \(cluster.version(of: webService)); accepted")
        let observed = try await router.observe(RolloutName("web"), write.target)
        #expect(observed?.route == write.route && observed?.since == 12 && observed?.journal == "north")
        #expect(try await router.write(write).text == "found in place: VirtualService shop/web")
        #expect(cluster.writes.count == 1)
        await router.close()
    }

    @Test func nothingWasEverWrittenMeansNoRoute() async throws {
        cluster.put(webService, virtualService())
        #expect(try await router().observe(RolloutName("web"), istioTarget()) == nil)
        cluster.remove(webService)
        #expect(try await router().observe(RolloutName("web"), istioTarget())?.route == nil)
    }

    @Test func aLostRaceIsPlannedAnew() async throws {
        cluster.put(webService, virtualService())
        cluster.beforeTheNextWrite { cluster in
            cluster.edit(webService) { $0["spec"]["hosts"] = ["web", "www"] }
        }
        _ = try await router().write(istioWrite(try split(20), try istioTarget()))
        #expect(cluster[webService]?.weights() == [8_000, 2_000])
        #expect(cluster[webService]?["spec"]["hosts"] == ["web", "www"])
    }

    @Test func whoeverKeepsChangingItIsSaidAtTheEnd() async throws {
        cluster.put(webService, virtualService())
        let stale = KubernetesError(.stale, "the object has been modified")
        cluster.fail(stale, stale, stale, stale, stale, stale)
        let write = istioWrite(try split(20), try istioTarget())
        let failure = await #expect(throws: RouteFailure.self) { try await router().write(write) }
        #expect(failure?.kind == .unavailable)
    }

    @Test func ofTwoObjectsOneIsWrittenAndTheNextAttemptWritesTheOther() async throws {
        let other = ObjectReference(.virtualService, "api", in: "shop")
        cluster.put(webService, virtualService())
        cluster.put(other, virtualService())
        let target = try istioTarget { $0.virtualServices.append(IstioService("api", in: "shop")) }
        let write = istioWrite(try split(20), target)
        cluster.fail(KubernetesError(.unavailable(retryAfter: nil), "etcd is gone"))
        let failure = await #expect(throws: RouteFailure.self) { try await router().write(write) }
        #expect(failure?.kind == .unavailable)
        #expect(failure?.message.contains("wrote 1 of 2 objects") == true)
        #expect(failure?.message.contains("etcd is gone") == true)
        let receipt = try await router().write(write)
        #expect(cluster.writes.count == 2)
        #expect(
            cluster[other]?.weights() == [8_000, 2_000] && cluster[webService]?.weights() == [8_000, 2_000])
        #expect(receipt.token.hasPrefix("at resourceVersions web "))
    }

    @Test func atAPromotionTheNamesBecomeTrueWithoutAGap() async throws {
        cluster.put(webService, virtualService(["stable", "canary"]))
        cluster.put(webRule, destinationRule(["stable": "v1", "canary": "v1"]))
        let (router, target) = (router(), try istioTarget(["stable", "canary"], roles: true))
        let releases: [Place: String] = [.a: "v1", .b: "v2"]
        try await carry(istioWrite(split(20, home: .a), target, since: 1, occupants: releases), by: router)
        #expect(releasesOfSubsets == ["v1", "v2"] && cluster[webService]?.weights() == [8_000, 2_000])
        try await carry(istioWrite(split(100, home: .a), target, since: 2, occupants: releases), by: router)
        let before = cluster.writes.count
        naps.forget()
        // To the engine this is a way back to the stable release: nothing is to hold it up that is not
        // needed.
        let promotion = try istioWrite(
            split(100, home: .b), target, since: 3, occupants: [.b: "v2"], isRollback: true)
        try await carry(promotion, by: router)
        #expect(naps.all == [.seconds(2)], "the stable subset settles before it gets everything")
        #expect(cluster.writes.dropFirst(before).map(\.object) == [webRule, webService])
        #expect(releasesOfSubsets == ["v2", "v2"] && cluster[webService]?.weights() == [10_000, 0])
        // The next release comes into the place that is free.
        let next = Route(giving: [(.a, try #require(Weight(percent: 5)))], rest: .b)
        var route = next
        route.home = .b
        try await carry(istioWrite(route, target, since: 4, occupants: [.a: "v3", .b: "v2"]), by: router)
        #expect(releasesOfSubsets == ["v2", "v3"] && cluster[webService]?.weights() == [9_500, 500])
        #expect(try await router.observe(RolloutName("web"), target)?.route == route)
    }

    @Test func subsetsSettleBeforeTheyGetRequests() async throws {
        cluster.put(webService, virtualService(["stable", "canary"]))
        cluster.put(webRule, destinationRule(["stable": "v1", "canary": "v1"]))
        let target = try istioTarget(["stable", "canary"], roles: true)
        let write = istioWrite(try split(20, home: .a), target, occupants: [.a: "v1", .b: "v2"])
        _ = try await router().write(write)
        // Once until what is stored is shown, once after the subset was re-pointed.
        #expect(naps.all == [.seconds(2), .seconds(2)])
    }

    @Test func whoDiesWhileSubsetsSettleWaitsAgain() async throws {
        cluster.put(webService, virtualService(["stable", "canary"]))
        cluster.put(webRule, destinationRule(["stable": "v1", "canary": "v1"]))
        let target = try istioTarget(["stable", "canary"], roles: true)
        let write = istioWrite(try split(20, home: .a), target, occupants: [.a: "v1", .b: "v2"])
        naps.wake(after: 1)
        await #expect(throws: RouteFailure.self) { try await router().write(write) }
        #expect(releasesOfSubsets == ["v1", "v2"] && cluster[webService]?.weights() == [100, 0])
        let later = Naps()
        _ = try await router(later).write(write)
        #expect(later.all == [.seconds(2)])
    }

    @Test func aRollbackIsOneWriteAndWaitsForNothing() async throws {
        cluster.put(webService, virtualService(["stable", "canary"], weights: [50, 50]))
        cluster.put(webRule, destinationRule(["stable": "v1", "canary": "v2"]))
        let target = try istioTarget(["stable", "canary"], roles: true)
        let write = istioWrite(
            try split(0, home: .a), target, occupants: [.a: "v1", .b: "v2"], isRollback: true)
        _ = try await router().write(write)
        #expect(cluster.writes.map(\.object) == [webService] && naps.all.isEmpty)
        #expect(cluster.urgencies == [.rollback])
        #expect(cluster[webService]?.weights() == [10_000, 0])
    }

    @Test func aRollbackInTheMiddleOfAFlipGoesToWhereTheStableReleaseIs() async throws {
        // Both names stood for the new release already, but the canary's pods are those of the old one.
        cluster.put(webService, virtualService(["stable", "canary"], weights: [100, 0]))
        cluster.put(webRule, destinationRule(["stable": "v2", "canary": "v1"]))
        let target = try istioTarget(["stable", "canary"], roles: true)
        let write = istioWrite(
            try split(0, home: .a), target, occupants: [.a: "v1", .b: "v2"], isRollback: true)
        _ = try await router().write(write)
        let first = try #require(cluster.writes.first)
        #expect(first.object == webService)
        let weights = try virtualService(["stable", "canary"], weights: [100, 0]).patched(first.leaves)
            .weights()
        #expect(weights == [0, 10_000])
        // Then the names are put right.
        #expect(releasesOfSubsets == ["v1", "v2"] && cluster[webService]?.weights() == [10_000, 0])
    }

    @Test func anEditIsNoticedAndSaidWithItsAuthor() async throws {
        cluster.put(webService, virtualService())
        let (router, target) = (router(), try istioTarget())
        try await carry(istioWrite(split(20), target), by: router)
        cluster.edit(webService) { object in
            object["spec"]["http"] = virtualService(weights: [8_000, 4_000])["spec"]["http"]
        }
        var disturbances = router.disturbances().makeAsyncIterator()
        #expect(await disturbances.next() == RolloutName("web"))
        let observed = try await router.observe(RolloutName("web"), target)
        #expect(observed?.route == nil && observed?.since == 1)
        let route = "VirtualService shop/web was edited: spec.http[1].route"
        #expect(
            observed?.text.hasPrefix("\(route)[1].weight should be 2000 (last written by kubectl-edit")
                == true)
        cluster.remove(webService)
        #expect(await disturbances.next() == RolloutName("web"))
        await router.close()
        #expect(await disturbances.next() == nil)
    }

    @Test func ourOwnWritesAreNoDisturbance() async throws {
        cluster.put(webService, virtualService())
        let (router, target) = (router(), try istioTarget())
        for since in 1...Rollouts.Sequence(5) {
            try await carry(istioWrite(split(Int(since)), target, since: since), by: router)
        }
        cluster.remove(webService)
        var disturbances = router.disturbances().makeAsyncIterator()
        // Whatever was told before the object went would come first, and twice.
        #expect(await disturbances.next() == RolloutName("web"))
        await router.close()
        #expect(await disturbances.next() == nil)
    }

    @Test func whatAWebhookChangedIsNotAccepted() async throws {
        cluster.put(webService, virtualService())
        let router = router()
        let receipt = try await router.write(istioWrite(try split(20), try istioTarget()))
        cluster.edit(webService, by: "webhook") { object in
            object["spec"]["http"] = virtualService(weights: [1, 1])["spec"]["http"]
        }
        let failure = await #expect(throws: RouteFailure.self) { try await router.confirm(receipt) }
        #expect(failure?.kind == .unverified)
        #expect(failure?.message.contains("last written by webhook") == true)
    }

    @Test func aListThatGitStillHasIsNotTakenAway() async throws {
        cluster.put(webService, virtualService())
        let target = try istioTarget {
            $0.ownership = .own
            $0.virtualServices[0].base = ["http": [virtualService().http[1]]]
        }
        let conflict = KubernetesError.Kind.ownedByOther(managers: ["gitops"], fields: [".spec.http"])
        cluster.fail(KubernetesError(conflict, "Apply failed with 1 conflict"))
        let write = istioWrite(try split(20), target)
        let failure = await #expect(throws: RouteFailure.self) { try await router().write(write) }
        #expect(failure?.kind == .rejected)
        #expect(
            failure?.message.contains("gitops owns .spec.http: leave that out of what it applies") == true)
    }

    @Test func anotherServiceForTheSameHostIsMentioned() async throws {
        cluster.put(webService, virtualService())
        cluster.put(ObjectReference(.virtualService, "old", in: "shop"), ["spec": ["hosts": ["web"]]])
        let router = router()
        let evidence = try await router.confirm(router.write(istioWrite(try split(20), try istioTarget())))
        #expect(
            evidence.text.hasSuffix(
                "accepted; old claims a host of it too; which of the two counts is undefined"))
    }

    private var releasesOfSubsets: [String?] {
        (cluster[webRule]?["spec"]["subsets"]?.array ?? []).map {
            $0["labels"]["rollouts-pod-template-hash"]?.string
        }
    }

    private func router(_ other: Naps? = nil) -> IstioRouter {
        let naps = other ?? naps
        return IstioRouter(IstioSettings(), api: cluster, sender: NobodyToAsk(), sleep: { try naps.take($0) })
    }

    private func carry(_ write: RouteWrite, by router: IstioRouter) async throws {
        _ = try await router.confirm(router.write(write))
    }
}

/// Sleeps that take no time, and are remembered.
final class Naps: Sendable {
    private let taken = Mutex<[Duration]>([])
    private let end = Mutex(Int.max)

    var all: [Duration] { taken.withLock(\.self) }

    func forget() { taken.withLock { $0 = [] } }

    /// From then on, whoever sleeps is woken: called off.
    func wake(after count: Int) { end.withLock { $0 = count } }

    func take(_ duration: Duration) throws {
        let count = taken.withLock { taken in
            taken.append(duration)
            return taken.count
        }
        if count > end.withLock(\.self) { throw CancellationError() }
    }
}

/// Where neither an istiod nor a Prometheus is.
struct NobodyToAsk: HTTPSender {
    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        throw TransportError(.connect, at: request.url, "can't connect")
    }

    func stream(_ request: HTTPRequest) async throws(TransportError) -> HTTPStream {
        throw TransportError(.connect, at: request.url, "can't connect")
    }
}

extension ObjectWrite {
    var leaves: [PatchOperation] {
        guard case .patch(let operations) = deed else { return [] }
        return operations.filter { operation in
            if case .replace("/metadata/resourceVersion", _) = operation { false } else { true }
        }
    }
}
