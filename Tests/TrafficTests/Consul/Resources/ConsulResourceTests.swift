import Foundation
import Kubernetes
import Rollouts
import Synchronization
import TestCluster
import TestServer
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

    /// Subsets by filters, protocol and failover: all four objects are the rollout's business.
    private func target(_ change: (inout ConsulTarget) -> Void = { _ in }) throws -> TrafficTarget {
        var target = try consulTarget { consul in
            consul.customResources = true
            change(&consul)
        }
        target.settings["namespace"] = "shop"
        cluster.server.ensureNamespace("shop")
        return target
    }

    private func spec(_ kind: EntryName.Kind) -> JSON? { cluster[kind.inShop]?["spec"] }

    /// What was written, without what consul-k8s says.
    private var written: [String] {
        cluster.writes.filter { $0.subresource == nil }.map(\.object.kind.kind)
    }

    private let staff = send(
        "staff", RequestMatch(headers: [FieldMatch(name: "x-staff", value: .exact("1"))]))

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

    @Test func withoutAClusterTheyAreRefused() async throws {
        let router = ConsulRouter(ConsulSettings(address: nil), sender: NobodyToAsk())
        let write = consulWrite(try split(20), try target())
        let failure = await #expect(throws: RouteFailure.self) { try await router.write(write) }
        #expect(failure?.kind == .rejected && failure?.message.contains("add `kubernetes`") == true)
        await router.close()
    }

    // MARK: - Before a start

    private func findings(_ change: (inout ConsulTarget) -> Void = { _ in }) async throws -> [String] {
        let router = router()
        let inspection = Inspection(
            target: try target(change), stable: "web-a", canaries: ["web-b"], isStart: true)
        let findings = try await router.inspect(inspection, of: RolloutName("web"))
        await router.close()
        return findings.map { "\($0.severity.rawValue) \($0.subject): \($0.what)" }
    }

    @Test func aMissingResolverAnObjectionAndAnOwnerAreFound() async throws {
        cluster.put(webSplitter, splitterObject(["web-a": 100, "web-b": 0]))
        cluster.server.edit(webSplitter, "status", as: "consul-k8s") {
            $0["status"] = unsynced("500 (no)", at: "2026-11-25T10:00:00Z")
        }
        let seen = try await findings { ($0.filters, $0.proto) = ([], nil) }
        #expect(seen.contains("error ServiceSplitter shop/web: Synced is False (ConsulAgentError): 500 (no)"))
        #expect(seen.contains { $0.hasPrefix("error ServiceResolver shop/web: is not there") })
        #expect(
            seen.contains {
                $0.hasPrefix("note ServiceSplitter shop/web: spec.splits was last written by test")
            })
        #expect(seen.contains { $0.hasPrefix("warning Consul: was not looked at") }, "\(seen)")
    }

    // MARK: - Rights

    /// Those of `deploy/kubernetes` are enough for all that is done to them, and no others are taken up.
    @Test func theRulesThatAreDeployedAreEnough() async throws {
        let path = URL(filePath: #filePath).pathComponents.dropLast(5).joined(separator: "/").dropFirst()
        let text = try String(contentsOfFile: "\(path)/deploy/kubernetes/base/rbac.yaml", encoding: .utf8)
        let rules = try Definitions.json(yaml: text).flatMap { ($0["rules"]?.array ?? []) }.map { rule in
            let texts = { (key: String) in Set((rule[key]?.array ?? []).compactMap(\.string)) }
            return AccessRule(texts("verbs"), groups: texts("apiGroups"), texts("resources"))
        }
        let account = { (rules: [AccessRule]) in
            Access.accounts([
                "deployed": Account("headgate", rules),
                "controller": Account("consul-k8s", [AccessRule(["*"], groups: ["*"], ["*"])]),
            ])
        }
        let http = CurlClient()
        let server = APIServer(cluster.server, http)
        let (client, controller) = (server.client(token: "deployed"), server.client(token: "controller"))
        let router = resourceRouter(client) {
            for kind in EntryName.Kind.allCases { try await speak(of: kind, by: controller) }
        }
        cluster.server.ensureNamespace("shop")
        cluster.server.setAccess(account(rules))
        _ = try await router.write(consulWrite(try split(20, rules: [staff]), try target(), since: 1))
        _ = try await router.write(consulWrite(.all(to: .a), try target(), since: 2, isRollback: true))
        cluster.server.setAccess(account(rules.filter { !$0.resources.contains("servicesplitters") }))
        let write = consulWrite(try split(30), try target(), since: 3)
        let failure = await #expect(throws: RouteFailure.self) { try await router.write(write) }
        #expect(
            failure?.message.contains("apiGroups: [\"consul.hashicorp.com\"]") == true,
            "\(failure?.message ?? "")")
        await router.close()
        await http.shutdown()
    }
}
