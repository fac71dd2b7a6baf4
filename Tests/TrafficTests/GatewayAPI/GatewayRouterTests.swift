import Engine
import Kubernetes
import Rollouts
import TestCluster
import Testing
import Transport

@testable import Traffic

/// The router beside an API server, and somebody who says what a controller would say.
@Suite(.cluster(CustomKinds.gatewayAPI.union(CustomKinds.linkerd)), .timeLimit(.minutes(1)))
struct GatewayRouterTests {
    private let cluster = testCluster()
    private let gateway = ObjectReference(.gateway, "edge", in: "shop")
    private let gatewayClass = ObjectReference(.gatewayClass, "edge", in: nil)

    @Test func aRouteCountsWhenItsControllerHasTakenThisVersion() async throws {
        set(controller: "istio.io/gateway-controller")
        let router = router()
        let receipt = try await router.write(gatewayWrite(try split(20), try gatewayTarget()))
        say(of: 0, "istio.io/gateway-controller")
        cluster.beforeTheLook(3) { say(of: 1, "istio.io/gateway-controller") }
        let evidence = try await router.confirm(receipt).text
        #expect(
            evidence.contains("; accepted by istio.io/gateway-controller for Gateway edge"), "\(evidence)")
        await router.close()
    }

    @Test func whoIsKnownToSpeakIsWaitedForAsLongAsTheEngineWaits() async throws {
        set(controller: "istio.io/gateway-controller")
        let naps = Naps()
        naps.wake(after: 30)
        let router = router(naps)
        let receipt = try await router.write(gatewayWrite(try split(20), try gatewayTarget()))
        let failure = await #expect(throws: RouteFailure.self) { try await router.confirm(receipt) }
        #expect(failure?.kind == .unverified)
        #expect(failure?.message == "HTTPRoute shop/web is not accepted yet by Gateway edge")
        await router.close()
    }

    @Test func ofSomebodyUnknownNothingIsAssumed() async throws {
        set(controller: "example.com/new")
        let router = router()
        let evidence = try await router.confirm(
            router.write(gatewayWrite(try split(20), try gatewayTarget()))
        ).text
        #expect(evidence.contains("nobody says so for Gateway edge: no status was written"), "\(evidence)")
        await router.close()
    }

    @Test func aRouteThatIsRefusedIsRejectedInTheControllersWords() async throws {
        set(controller: "istio.io/gateway-controller")
        let router = router()
        let receipt = try await router.write(gatewayWrite(try split(20), try gatewayTarget()))
        say(of: 1, "istio.io/gateway-controller", refusing: "BackendNotFound")
        let failure = await #expect(throws: RouteFailure.self) { try await router.confirm(receipt) }
        #expect(failure?.kind == .rejected)
        #expect(failure?.message.contains("ResolvedRefs is False, BackendNotFound") == true)
        await router.close()
    }

    @Test func whatItsControllerPassesOverIsRefusedBeforeAnythingIsWritten() async throws {
        set(controller: "gateway.nginx.org/nginx-gateway-controller")
        let router = router()
        let write = gatewayWrite(try split(20, stickyBy: "arm"), try gatewayTarget())
        let failure = await #expect(throws: RouteFailure.self) { try await router.write(write) }
        #expect(failure?.kind == .rejected)
        #expect(failure?.message.contains("nginx does not honour headers for one backend") == true)
        #expect(cluster.writes.isEmpty)
        await router.close()
    }

    @Test func aServiceOrAPortThatIsNotThereIsSaidAtTheStart() async throws {
        set(controller: "istio.io/gateway-controller")
        cluster.remove(ObjectReference(.service, "web-b", in: "shop"))
        let router = router()
        let write = gatewayWrite(try split(20), try gatewayTarget())
        let missing = await #expect(throws: RouteFailure.self) { try await router.write(write) }
        #expect(
            missing?.message
                == "HTTPRoute shop/web leads to Service shop/web-b, which is not there; create it first")
        cluster.put(
            ObjectReference(.service, "web-b", in: "shop"),
            ["spec": ["ports": [["port": 8080, "protocol": "TCP"]]]])
        let port = await #expect(throws: RouteFailure.self) { try await router.write(write) }
        #expect(port?.message == "HTTPRoute shop/web leads to port 80 of Service shop/web-b, which has 8080")
        let back = gatewayWrite(try split(0), try gatewayTarget(), isRollback: true)
        _ = try await router.write(back)
        await router.close()
    }

    private func set(controller: String) {
        cluster.put(webRoute, storedRoute([splitRule]))
        cluster.put(gateway, ["spec": ["gatewayClassName": "edge", "listeners": [listener]]])
        cluster.put(gatewayClass, ["spec": ["controllerName": .string(controller)]])
        for (reference, service) in services() { cluster.put(reference, service) }
    }

    private var listener: JSON { ["name": "http", "port": 80, "protocol": "HTTP"] }

    /// So many generations before the latest one. `behind` 1: the latest, as it is when this is called.
    private func say(of age: Int, _ controller: String, refusing reason: String? = nil) {
        cluster.server.edit(webRoute, "status", as: "controller") { object in
            let generation = object["metadata"]?["generation"]?.integer ?? 1
            let observed = JSON(age == 0 ? generation - 1 : generation)
            let conditions: [JSON] = ["Accepted", "ResolvedRefs"].map { type in
                let isRefused = type == "ResolvedRefs" && reason != nil
                return [
                    "type": .string(type), "status": isRefused ? "False" : "True",
                    "reason": .string(isRefused ? reason ?? "" : type), "message": "",
                    "observedGeneration": observed, "lastTransitionTime": "2026-11-25T10:00:00Z",
                ]
            }
            object["status"] = [
                "parents": [
                    [
                        "parentRef": [
                            "group": "gateway.networking.k8s.io", "kind": "Gateway", "name": "edge",
                        ],
                        "controllerName": .string(controller), "conditions": .array(conditions),
                    ]
                ]
            ]
        }
    }

    private func router(_ naps: Naps = Naps()) -> GatewayRouter {
        GatewayRouter(
            GatewaySettings(), api: cluster, sender: NobodyToAsk(), sleep: { try naps.take($0) })
    }
}

/// Where the server has fewer kinds than are asked for.
@Suite(.cluster([.grpcRoute]), .timeLimit(.minutes(1))) struct GatewayKindTests {
    @Test func aKindThatIsNotServedIsSaidWithItsVersions() async throws {
        let router = GatewayRouter(GatewaySettings(), api: testCluster(), sender: NobodyToAsk())
        let write = gatewayWrite(try split(20), try gatewayTarget())
        let failure = await #expect(throws: RouteFailure.self) { try await router.write(write) }
        #expect(failure?.kind == .rejected)
        #expect(
            failure?.message.contains(
                "the server has no HTTPRoute (gateway.networking.k8s.io/v1, gateway.networking.k8s.io/v1beta1, "
            )
                == true)
        await router.close()
    }
}

/// What is particular to Linkerd.
@Suite(.cluster(CustomKinds.gatewayAPI.union(CustomKinds.linkerd)), .timeLimit(.minutes(1)))
struct LinkerdRouterTests {
    private let cluster = testCluster()

    @Test func aServiceProfileThatOverridesTheRouteIsRefused() async throws {
        set()
        let profile = ObjectReference(.serviceProfile, "web.shop.svc.cluster.local", in: "shop")
        cluster.put(profile, ["spec": ["routes": []]])
        let router = router()
        let write = gatewayWrite(try split(20), try gatewayTarget(of: "linkerd"))
        let failure = await #expect(throws: RouteFailure.self) { try await router.write(write) }
        #expect(failure?.kind == .rejected)
        #expect(
            failure?.message.hasPrefix(
                "ServiceProfile shop/web.shop.svc.cluster.local overrides every route of Service shop/web")
                == true)
        cluster.remove(profile)
        _ = try await router.write(write)
        await router.close()
    }

    @Test func itsStatusSpeaksAgainstARouteAndNeverForAWeight() async throws {
        set()
        let router = router()
        let receipt = try await router.write(gatewayWrite(try split(20), try gatewayTarget(of: "linkerd")))
        say("True")
        #expect(
            try await router.confirm(receipt).text.contains(
                "linkerd.io/policy-controller for Service web does not say which version it accepted"))
        say("False")
        let failure = await #expect(throws: RouteFailure.self) { try await router.confirm(receipt) }
        #expect(failure?.kind == .rejected && failure?.message.contains("RouteReasonConflicted") == true)
        await router.close()
    }

    @Test func copiesAreRefusedAndAnnotationsForRetriesAreKept() async throws {
        set()
        cluster.edit(webRoute, by: "git") { $0["metadata"]["annotations"] = ["retry.linkerd.io/http": "5xx"] }
        let router = router()
        let target = try gatewayTarget(of: "linkerd")
        let copies = gatewayWrite(try split(0, rules: [istioMirror("warm", percent: 5)]), target)
        let failure = await #expect(throws: RouteFailure.self) { try await router.write(copies) }
        #expect(failure?.message.contains("linkerd does not honour copies of") == true)
        _ = try await router.write(gatewayWrite(split(20, rules: [istioSend("beta", betaHeader)]), target))
        let stored = try #require(cluster[webRoute])
        #expect(stored.annotations?["retry.linkerd.io/http"] == "5xx")
        #expect(stored.rules.allSatisfy { $0["name"] == nil }, "a field that it does not know")
        await router.close()
    }

    @Test func itsOwnRouteIsTakenWhereTheGatewayAPIsIsNotAsked() async throws {
        set()
        let reference = ObjectReference(RouteKind.httpRoute.kinds(in: .linkerd)[0], "web", in: "shop")
        cluster.put(reference, gatewayObject(.httpRoute, .linkerd))
        let target = try gatewayTarget(of: "linkerd") { $0.routes[0].group = .linkerd }
        let router = router()
        #expect(
            try await router.write(gatewayWrite(split(20), target)).text == "wrote HTTPRoute shop/web")
        #expect(cluster.writes.map(\.object.kind.apiVersion) == ["policy.linkerd.io/v1beta3"])
        let sticky = gatewayWrite(try split(20, stickyBy: "arm"), target, since: 2)
        let failure = await #expect(throws: RouteFailure.self) { try await router.write(sticky) }
        #expect(failure?.message.contains("does not honour headers for one backend") == true)
        await router.close()
    }

    private func set() {
        var route = storedRoute([splitRule])
        route["spec"]["parentRefs"] = [["group": "core", "kind": "Service", "name": "web", "port": 80]]
        cluster.put(webRoute, route)
        for (reference, service) in services() { cluster.put(reference, service) }
    }

    private func say(_ status: JSON) {
        cluster.server.edit(webRoute, "status", as: "policy") { object in
            object["status"] = [
                "parents": [
                    [
                        "parentRef": ["group": "core", "kind": "Service", "name": "web", "port": 80],
                        "controllerName": "linkerd.io/policy-controller",
                        "conditions": [
                            [
                                "type": "Accepted", "status": status, "reason": "RouteReasonConflicted",
                                "message": "", "lastTransitionTime": "2026-11-25T10:00:00Z",
                            ]
                        ],
                    ]
                ]
            ]
        }
    }

    private func router() -> GatewayRouter {
        GatewayRouter(GatewaySettings(), of: "linkerd", api: cluster, sender: NobodyToAsk(), sleep: { _ in })
    }
}
