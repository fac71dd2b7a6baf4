import Engine
import Kubernetes
import Rollouts
import TestCluster
import Testing
import Transport

@testable import Traffic

@Suite(.cluster, .timeLimit(.minutes(1))) struct HostClaimsTests {
    private let cluster = testCluster()

    /// At a start, all rollouts ask at once.
    @Test func fiftyRolloutsOfANamespaceAskForOneList() async throws {
        for number in 1...50 { putService("web-\(number)", for: "web-\(number)") }
        putService("rival", for: "web-7")
        let router = router()
        let texts = await withTaskGroup(of: String?.self) { group in
            for number in 1...50 {
                group.addTask { try? await evidence(of: number, by: router) }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(texts.compactMap(\.self).count == 50)
        let told = texts.compactMap(\.self).filter { $0.contains("claims a host") }
        #expect(
            told.count == 1
                && told[0].hasSuffix("rival claims a host of it too; which of the two counts is undefined"))
        func count(_ verb: TestCluster.Verb) -> Int {
            cluster.server.log.count { $0.plural == "virtualservices" && $0.verb == verb }
        }
        #expect(await eventually { count(.watch) == 1 }, "it begins when the list is there")
        #expect(count(.list) == 1)
        #expect(count(.get) == 100, "each is read to be planned, and to be proved")
        #expect(count(.patch) == 50)
        await router.close()
    }

    @Test func whoComesLaterIsMentionedAndWhoGoesIsNot() async throws {
        putService("web-1", for: "web-1")
        let router = router()
        #expect(try await evidence(of: 1, by: router)?.contains("claims a host") == false)
        let rival = ObjectReference(.virtualService, "rival", in: "shop")
        putService("rival", for: "web-1")
        #expect(await eventually { try await claimants(of: "web-1", router) == ["rival", "web-1"] })
        #expect(try await evidence(of: 1, by: router)?.contains("rival claims a host of it too") == true)
        cluster.edit(rival) { $0["spec"]["hosts"] = ["web-2"] }
        #expect(await eventually { try await claimants(of: "web-1", router) == ["web-1"] })
        #expect(try await claimants(of: "web-2", router) == ["rival"])
        cluster.remove(rival)
        #expect(await eventually { try await claimants(of: "web-2", router).isEmpty })
        await router.close()
    }

    @Test func whatOnlyAGatewayServesIsNoRival() {
        let gateway: JSON = [
            "metadata": ["name": "edge"], "spec": ["hosts": ["web"], "gateways": ["edge"]],
        ]
        var both = gateway
        both["metadata"]["name"] = "both"
        both["spec"]["gateways"] = ["edge", "mesh"]
        #expect(HostIndex([gateway, both]).claimants(of: ["web"]) == ["both"])
    }

    @Test func thatTheListIsRefusedIsSaidAndHoldsNothingUp() async throws {
        putService("web-1", for: "web-1")
        cluster.server.inject(ClusterFault(.unavailable, verbs: [.list], .virtualService, times: .max))
        let router = router()
        let text = try await evidence(of: 1, by: router)
        #expect(text?.contains("not known whether another VirtualService claims its hosts: list") == true)
        cluster.server.clearFaults()
        await router.close()
    }

    @Test func whoWaitsIsLetGoWhenTheRouterCloses() async throws {
        cluster.server.inject(ClusterFault(.hang, verbs: [.list], .virtualService))
        let router = router()
        let waiting = Task { try await claimants(of: "web", router) }
        #expect(await eventually { cluster.server.log.contains { $0.verb == .list } })
        await router.close()
        let error = await #expect(throws: KubernetesError.self) { try await waiting.value }
        #expect(error?.kind == .cancelled)
    }

    private func putService(_ name: String, for host: String) {
        var object = virtualService()
        object["spec"]["hosts"] = [.string(host)]
        cluster.put(ObjectReference(.virtualService, name, in: "shop"), object)
    }

    private func router() -> IstioRouter {
        IstioRouter(IstioSettings(), api: cluster, sender: NobodyToAsk(), sleep: { _ in })
    }

    /// Of the rollout of that number, once a route of it is in place.
    private func evidence(of number: Int, by router: IstioRouter) async throws -> String? {
        let target = try istioTarget { $0.virtualServices = [IstioService("web-\(number)", in: "shop")] }
        let write = RouteWrite(
            rollout: RolloutName("web-\(number)"), target: target, route: try split(20), since: 1,
            previous: nil, journal: "north", occupants: [:], isRollback: false)
        return try await router.confirm(router.write(write)).text
    }

    private func claimants(of host: String, _ router: IstioRouter) async throws -> Set<String> {
        try await router.claims.claimants(of: [host], in: "shop")
    }

    private func eventually(_ isSo: () async throws -> Bool) async -> Bool {
        for _ in 0..<1_000 {
            if (try? await isSo()) == true { return true }
            try? await Task.sleep(for: .milliseconds(10))
        }
        return false
    }
}
