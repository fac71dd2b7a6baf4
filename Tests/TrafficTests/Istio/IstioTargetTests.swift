import Rollouts
import Testing
import Transport

@testable import Traffic

@Suite struct IstioTargetTests {
    @Test func aTargetIsReadAsItWasWritten() throws {
        let target = IstioTarget(
            split: .subsets,
            virtualServices: [
                IstioService(
                    "web", in: "shop", routes: ["primary"], tlsRoutes: [.init(port: 443, sniHosts: ["web"])],
                    tcpRoutes: [.init(port: 3306)])
            ], destinationRule: IstioRule("web", label: "track"), managedRoutes: ["beta"], restores: true,
            counts: BackendCounts(label: "destination_workload", values: ["x", "y"]))
        #expect(try IstioTarget(parsing: target.document) == target)
    }

    @Test func asWithArgoANameMayHoldItsNamespaceAndARuleMeansSubsets() throws {
        let target = try read(
            #"{"virtualServices": [{"name": "web.shop"}], "destinationRule": {"name": "web"}}"#)
        #expect(target.virtualServices[0].name == "web" && target.virtualServices[0].namespace == "shop")
        #expect(target.split == .subsets && target.ownership == .adopt)
        #expect(target.destinationRule?.label == "rollouts-pod-template-hash")
        #expect(
            try read(#"{"virtualServices": [{"name": "shop/web"}]}"#).virtualServices[0].namespace == "shop")
    }

    @Test func experimentsSubsetsAreRefusedByName() {
        let text =
            #"{"virtualServices": [{"name": "web"}], "destinationRule": {"name": "web", "additionalSubsetNames": ["x"]}}"#
        #expect(message(text)?.contains("additionalSubsetNames (x) is not supported") == true)
    }

    @Test(arguments: [
        (
            #"{"virtualServices": [{"name": "web", "route": []}]}"#,
            #"istio.virtualServices[0] has the unknown key "route"; known: base, name, namespace, routes, tcpRoutes, tlsRoutes"#
        ),
        (#"{"virtualServices": []}"#, "istio: needs at least one virtual service"),
        (
            #"{"virtualServices": [{"name": "a/b", "namespace": "c"}]}"#,
            #"istio.virtualServices[0].name "a/b" must be namespace and name, and agree with `namespace`"#
        ),
        (
            #"{"virtualServices": [{"name": "w", "tcpRoutes": [{"port": 0}]}]}"#,
            "istio.virtualServices[0].tcpRoutes[0].port must be a port, 1 to 65535"
        ),
        (
            #"{"virtualServices": [{"name": "w"}], "split": "pods"}"#,
            #"istio.split is "pods"; known: hosts, subsets"#
        ),
        (
            #"{"virtualServices": [{"name": "w"}], "ownership": "own"}"#,
            "istio: `ownership: own` needs the routes of w in `base` (http, tls or tcp)"
        ),
    ]) func whatCannotBeMeantIsAnErrorThatSaysWhere(text: String, words: String) {
        #expect(message(text) == words)
    }

    @Test func rolesWithSubsetsNeedTheRuleThatIsRePointed() {
        let target = TrafficTarget(
            router: "istio", backends: .init(a: "stable", b: "canary"),
            settings: ["istio": #"{"virtualServices": [{"name": "w"}], "split": "subsets"}"#],
            namesRoles: true)
        #expect(
            failure { _ = try IstioTarget(target) }?.message.contains("name the `destinationRule`") == true)
    }

    private func read(_ text: String) throws -> IstioTarget {
        try IstioTarget(
            TrafficTarget(router: "istio", backends: .init(a: "a", b: "b"), settings: ["istio": text]))
    }

    private func message(_ text: String) -> String? { failure { _ = try read(text) }?.message }
}
