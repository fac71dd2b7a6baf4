import Rollouts
import Testing

@testable import Manifests

/// How a manifest names the routes of the Gateway API that hold its split.
@Suite struct GatewayRoutingTests {
    @Test func aRouteAndItsPlacesAreWrittenShortly() throws {
        let target = try target("gatewayAPI: {httpRoute: web, services: [web-a, web-b]}")
        #expect(target.router == "gatewayAPI" && target.backends.names == ["web-a", "web-b"])
        #expect(target.settings["gatewayAPI"] == #"{"routes":[{"kind":"httpRoute","name":"web"}]}"#)
    }

    @Test func routesOfAListSayMore() throws {
        let target = try target(
            "gatewayAPI: {httpRoutes: [{name: web, namespace: shop, rules: [primary]}], grpcRoute: api, "
                + "services: [a, b], implementation: istio, restores: true}")
        #expect(
            target.settings["gatewayAPI"]
                == #"{"implementation":"istio","restores":true,"routes":[{"kind":"httpRoute","name":"web","#
                + #""namespace":"shop","rules":["primary"]},{"kind":"grpcRoute","name":"api"}]}"#)
    }

    @Test func aRouteMayKeepUsersBySessionsOfTheAPI() throws {
        let target = try target("gatewayAPI: {httpRoutes: [{name: web, sessions: true}], services: [a, b]}")
        #expect(
            target.settings["gatewayAPI"]
                == #"{"routes":[{"kind":"httpRoute","name":"web","sessions":true}]}"#)
        let weightsOnly =
            "trafficRouting: {gatewayAPI: {httpRoutes: [{name: web, sessions: true, useHeaderRoutes: false}], "
        #expect(
            complaints(native(weightsOnly + "services: [a, b]}}, steps: [{setWeight: 20}]")).first?.contains(
                "`sessions` goes beyond weights") == true)
    }

    @Test func linkerdHasItsOwnRoutesToo() throws {
        let target = try target(
            "linkerd: {httpRoute: web, group: policy.linkerd.io, trafficSplit: web, services: [a, b]}")
        #expect(target.router == "linkerd")
        #expect(
            target.settings["linkerd"]
                == #"{"routes":[{"group":"policy.linkerd.io","kind":"httpRoute","name":"web"},"#
                + #"{"kind":"trafficSplit","name":"web"}]}"#)
    }

    private func argoTarget(
        _ routing: String, services: String = "stableService: web, canaryService: web-canary"
    )
        throws -> TrafficTarget
    {
        let set = load(argo("\(services), trafficRouting: \(routing), steps: [{setWeight: 20}]"))
        #expect(set.errors == [])
        return try #require(set.declarations.first).traffic
    }

    @Test func argosSMIIsTheTrafficSplitOfAnOldLinkerd() throws {
        let named = try argoTarget("{smi: {trafficSplitName: web}}")
        #expect(named.router == "linkerd" && named.backends.names == ["web", "web-canary"])
        #expect(named.settings["linkerd"] == #"{"routes":[{"kind":"trafficSplit","name":"web"}]}"#)
        #expect(
            try argoTarget("{smi: {}}").settings["linkerd"]
                == #"{"routes":[{"kind":"trafficSplit","name":"guestbook"}]}"#, "as Argo names it")
    }

    @Test func whatASplitCannotDoAndWhatItSaysItselfIsTold() {
        let services = "stableService: web, canaryService: web-canary"
        #expect(
            complaints(
                argo("\(services), trafficRouting: {smi: {rootService: root}}, steps: [{setWeight: 20}]")
            ).first?.contains("the TrafficSplit says which Service it splits") == true)
        #expect(
            complaints(argo("trafficRouting: {smi: {}}, steps: [{setWeight: 20}]")).first?.contains(
                "names no places") == true)
        #expect(
            complaints(native("trafficRouting: {smi: {}}, steps: [{setWeight: 20}]")).first?.contains(
                "write `linkerd: {trafficSplit: web}`") == true)
    }

    @Test func inArgosDocumentsARouteOfAListAsksForHeaderRoutes() throws {
        let text = """
            apiVersion: argoproj.io/v1alpha1
            kind: Rollout
            metadata: {name: web}
            spec:
              strategy:
                canary:
                  stableService: web-stable
                  canaryService: web-canary
                  trafficRouting:
                    plugins:
                      argoproj-labs/gatewayAPI:
                        namespace: shop
                        httpRoutes: [{name: web}, {name: api, useHeaderRoutes: true}]
                        disableInProgressLabel: true
                  steps: [{setWeight: 20}]
            """
        let target = try #require(load(text).declarations.first).traffic
        #expect(target.backends.names == ["web-stable", "web-canary"])
        #expect(
            target.settings["gatewayAPI"]
                == #"{"routes":[{"kind":"httpRoute","name":"web","namespace":"shop","withoutRules":true},"#
                + #"{"kind":"httpRoute","name":"api","namespace":"shop"}]}"#)
    }

    @Test(arguments: [
        ("linkerd: {httpRoute: web, services: [a, b]}", "copy", "Linkerd copies no requests"),
        (
            "gatewayAPI: {httpRoute: web, services: [a, b], implementation: linkerd}", "copy",
            "Linkerd copies no requests"
        ),
        ("gatewayAPI: {tcpRoute: web, services: [a, b]}", "send", "needs an HTTPRoute or a GRPCRoute"),
        ("linkerd: {trafficSplit: web, services: [a, b]}", "send", "needs an HTTPRoute or a GRPCRoute"),
    ])
    func whatTheRouterCannotDoIsAnErrorBeforeAnythingMoves(routing: String, deed: String, message: String) {
        let step =
            deed == "copy"
            ? #"setMirrorRoute: {name: r, percentage: 5, match: [{path: /}]}"#
            : #"setHeaderRoute: {name: r, match: [{headers: {x: "1"}}]}"#
        let complaints = complaints(manifest(routing, step: step))
        #expect(complaints.count == 1 && complaints.first?.contains(message) == true, "\(complaints)")
    }

    @Test func routesByLabelsAreRefusedByName() {
        let said = complaints(
            argo(
                "stableService: s,\ncanaryService: c,\n"
                    + "trafficRouting: {plugins: {argoproj-labs/gatewayAPI: {httpRouteSelector: {}}}},\n"
                    + "steps: [{setWeight: 5}]"))
        #expect(
            said.count == 1 && said[0].contains("`httpRouteSelector` is not supported yet: name the routes"))
    }

    private func target(_ routing: String) throws -> TrafficTarget {
        try #require(load(manifest(routing, step: "setWeight: 20")).declarations.first).traffic
    }

    private func manifest(_ routing: String, step: String) -> String {
        """
        apiVersion: headgate.dev/v1alpha1
        kind: Rollout
        metadata: {name: web}
        spec:
          strategy:
            canary:
              trafficRouting:
                \(routing)
              steps: [{\(step)}, {setWeight: 50}]
        """
    }
}
