import Foundation
import Kubernetes
import Rollouts
import Synchronization
import TestCluster
import Testing
import Transport

@testable import Engine
@testable import Traffic

/// Consul by the custom resources of consul-k8s, beyond what every router is held to.
@Suite(.cluster(CustomKinds.consul), .timeLimit(.minutes(1))) struct ConsulResourceTests {
    private let cluster = testCluster()

    private func router(
        _ status: @escaping @Sendable (EntryName.Kind) -> JSON = { _ in synced(at: Date().formatted(.iso8601))
        }
    ) -> ConsulRouter {
        resourceRouter(cluster) { [cluster] in
            try Task.checkCancellation()
            for kind in EntryName.Kind.allCases { try await speak(of: kind, status(kind), by: cluster) }
        }
    }

    private func target(_ change: (inout ConsulTarget) -> Void = { _ in }) throws -> TrafficTarget {
        try resourceTarget(on: cluster, change)
    }

    private func spec(_ kind: EntryName.Kind) -> JSON? { cluster[kind.inShop]?["spec"] }

    private var written: [String] { cluster.written }

    @Test func whatIsBuiltOnIsMadeBeforeItGetsRequests() async throws {
        let router = router()
        let write = consulWrite(try split(20, rules: [staff]), try target())
        let receipt = try await router.write(write)
        #expect(written == ["ServiceDefaults", "ServiceResolver", "ServiceSplitter", "ServiceRouter"])
        let resolver = try #require(spec(.resolver))
        #expect(
            resolver["subsets"]["web-b"] == ["filter": "Service.Meta.slot == \"web-b\"", "onlyPassing": true])
        #expect(resolver["failover"] == ["web-b": ["serviceSubset": "web-a"]])
        #expect(resolver["defaultSubset"] == "web-a" && spec(.defaults)?["protocol"] == "http")
        #expect(
            spec(.splitter)?["splits"].map { Set(($0.array ?? []).compactMap { $0["weight"]?.integer }) } == [
                20, 80,
            ])
        let route: JSON = [
            "match": ["http": ["header": [["name": "x-staff", "exact": "1"]]]],
            "destination": ["serviceSubset": "web-b"],
        ]
        #expect(spec(.router)?["routes"] == [route])
        let evidence = try await router.confirm(receipt).text
        #expect(
            evidence.contains("accepted by consul-k8s (ServiceSplitter shop/web synced at "), "\(evidence)")
        #expect(
            evidence.hasSuffix(
                "Consul itself was not looked at, neither its chain nor its instances: no `address`"))
        #expect(try await router.observe(RolloutName("web"), write.target)?.route == write.route)
        await router.close()
    }

    @Test func takingTrafficBackIsTheSplitFirstAndWaitsForNobody() async throws {
        let target = try target()
        let first = router()
        _ = try await first.write(consulWrite(try split(20, rules: [staff]), target, since: 1))
        await first.close()
        let before = written.count
        // consul-k8s is not there, and whoever waits for it is called off.
        let router = resourceRouter(cluster) {
            throw CancellationError()
        }
        _ = try await router.write(consulWrite(.all(to: .a), target, since: 2, isRollback: true))
        #expect(written.dropFirst(before) == ["ServiceSplitter", "ServiceRouter", "ServiceRouter"])
        #expect(cluster.urgencies.last == .rollback)
        #expect(cluster[EntryName.Kind.router.inShop] == nil, "it was made for the rule")
        await router.close()
    }

    @Test func whatThePersonWroteStaysAndTheirRouterIsRestored() async throws {
        var resolver = splitterObject([:])
        resolver["spec"] = [
            "connectTimeout": "3s", "subsets": ["legacy": ["filter": "Service.Meta.slot == old"]],
            "failover": ["legacy": ["datacenters": ["dc2"]]],
        ]
        var routes = splitterObject([:])
        let admin: JSON = ["match": ["http": ["pathPrefix": "/admin"]], "destination": ["service": "admin"]]
        routes["spec"] = ["routes": [admin]]
        cluster.put(EntryName.Kind.resolver.inShop, resolver)
        cluster.put(EntryName.Kind.router.inShop, routes)
        let router = router()
        let target = try target { $0.proto = nil }
        _ = try await router.write(consulWrite(try split(20, rules: [staff]), target, since: 1))
        #expect(spec(.resolver)?["connectTimeout"] == "3s")
        #expect(spec(.resolver)?["failover"]["legacy"] == ["datacenters": ["dc2"]])
        #expect(
            spec(.router)?["routes"]?.array?.first == admin && spec(.router)?["routes"]?.array?.count == 2)
        _ = try await router.write(consulWrite(.all(to: .a), target, since: 2, isRollback: true))
        #expect(spec(.router) == ["routes": [admin]])
        let leaves = cluster.writes.filter { $0.object == EntryName.Kind.resolver.inShop }.first?.leaves ?? []
        #expect(leaves.allSatisfy { "\($0)".contains("connectTimeout") == false }, "only leaves are edited")
        await router.close()
    }

    @Test func whatConsulRefusesIsSaidInItsWords() async throws {
        let words = "Unexpected response code: 500 (service \"web\" does not have a subset named \"web-b\")"
        let router = router { _ in unsynced(words, at: Date().formatted(.iso8601)) }
        let target = try target { ($0.filters, $0.failsOver, $0.proto) = ([], false, nil) }
        let receipt = try await router.write(consulWrite(try split(20), target))
        let failure = await #expect(throws: RouteFailure.self) { try await router.confirm(receipt) }
        #expect(failure?.kind == .rejected && failure?.message.contains(words) == true)
        await router.close()
    }

    @Test func whatConsulRefusesOfASubsetGetsNoRequests() async throws {
        let router = router { kind in
            kind == .resolver
                ? unsynced("500 (Failed to create boolean expression)", at: "2026-11-25T10:00:00Z")
                : synced(at: Date().formatted(.iso8601))
        }
        let write = consulWrite(try split(20), try target { $0.proto = nil })
        let failure = await #expect(throws: RouteFailure.self) { try await router.write(write) }
        #expect(failure?.kind == .rejected)
        #expect(
            failure?.message.hasPrefix("wrote ServiceResolver shop/web; then: ") == true,
            "\(failure?.message ?? "")")
        #expect(written == ["ServiceResolver"])
        await router.close()
    }

    /// The writer was called off while it waited for the subsets: the next one does not take them for made.
    @Test func aSubsetThatIsNotMadeYetIsWaitedForByTheNextWriterToo() async throws {
        let write = consulWrite(try split(20), try target { $0.proto = nil })
        let hasty = resourceRouter(cluster) { throw CancellationError() }
        let failure = await #expect(throws: RouteFailure.self) { try await hasty.write(write) }
        #expect(failure?.message.hasPrefix("wrote ServiceResolver shop/web; then: ") == true)
        await hasty.close()
        let looks = Mutex(0)
        let patient = resourceRouter(cluster) { [cluster] in
            let look = looks.withLock { count in
                count += 1
                return count
            }
            if look == 3 {
                #expect(cluster[webSplitter] == nil, "nothing is built on it before")
                try await speak(of: .resolver, by: cluster)
            }
        }
        _ = try await patient.write(write)
        #expect(looks.withLock(\.self) >= 3)
        #expect(written == ["ServiceResolver", "ServiceSplitter"])
        await patient.close()
    }

    @Test func aConsulK8sThatNeverSpeaksProvesNothing() async throws {
        let patience = Mutex(200)
        let router = resourceRouter(cluster) {
            let left = patience.withLock { left in
                left -= 1
                return left
            }
            if left == 0 { throw CancellationError() }
        }
        let target = try target { ($0.filters, $0.failsOver, $0.proto) = ([], false, nil) }
        let receipt = try await router.write(consulWrite(try split(20), target))
        let failure = await #expect(throws: RouteFailure.self) { try await router.confirm(receipt) }
        #expect(failure?.kind == .unverified)
        #expect(failure?.message == "consul-k8s has not spoken of ServiceSplitter shop/web yet")
        await router.close()
    }

    @Test func aSpecThatNeedNotChangeIsProvedByWhatWasSaidOfItBefore() async throws {
        let router = router()
        let target = try target { ($0.filters, $0.failsOver, $0.proto) = ([], false, nil) }
        _ = try await router.confirm(router.write(consulWrite(try split(20), target, since: 1)))
        // Only the mark changes, of which consul-k8s takes no notice.
        let receipt = try await router.write(consulWrite(try split(20), target, since: 2))
        #expect(receipt.text == "wrote ServiceSplitter shop/web")
        #expect(try await router.confirm(receipt).text.contains("accepted by consul-k8s"))
        await router.close()
    }

    @Test func aRouterThatSomebodyAddsIsNoticed() async throws {
        let router = router()
        let target = try target { ($0.filters, $0.failsOver, $0.proto) = ([], false, nil) }
        _ = try await router.write(consulWrite(try split(20), target))
        var news = router.disturbances().makeAsyncIterator()
        var object = splitterObject([:])
        object["spec"] = ["routes": [["destination": ["serviceSubset": "web-b"]]]]
        cluster.put(EntryName.Kind.router.inShop, object)
        #expect(await news.next() == RolloutName("web"))
        await router.close()
    }

    /// consul-k8s takes it away when its finalizer is through, with whatever was written to it meanwhile.
    @Test func whatIsBeingDeletedIsNotBuiltOnAndHoldsNoRollbackUp() async throws {
        let router = router()
        let target = try target { ($0.filters, $0.failsOver, $0.proto) = ([], false, nil) }
        _ = try await router.write(consulWrite(try split(20), target, since: 1))
        cluster.edit(webSplitter) { $0["metadata"]?["finalizers"] = ["finalizers.consul.hashicorp.com"] }
        cluster.remove(webSplitter)
        try #require(cluster[webSplitter]?["metadata"]["deletionTimestamp"] != nil)
        let write = consulWrite(try split(30), target, since: 2)
        let failure = await #expect(throws: RouteFailure.self) { try await router.write(write) }
        #expect(
            failure?.kind == .unavailable
                && failure?.message
                    == "ServiceSplitter shop/web is being deleted; it is made anew when it is gone"
        )
        _ = try await router.write(consulWrite(.all(to: .a), target, since: 3, isRollback: true))
        #expect(spec(.splitter)?["splits"]?.array?.first?["weight"] == 100)
        await router.close()
    }
}
