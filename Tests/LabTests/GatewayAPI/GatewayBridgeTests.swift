import Kubernetes
import Lab
import Logging
import TestCluster
import Testing
import Transport

/// What a controller would make of HTTPRoutes, as an Envoy's routes.
@Suite struct GatewayBridgeTests {
    @Test func theNarrowestRuleComesFirstWhereverItStands() throws {
        let routes = try translated([
            rule(path: ["type": "PathPrefix", "value": "/"]),
            rule(path: ["type": "PathPrefix", "value": "/api"]),
            rule(path: ["type": "PathPrefix", "value": "/"], headers: [["name": "x-beta", "value": "1"]]),
            rule(path: ["type": "Exact", "value": "/a"]),
        ])
        #expect(
            routes.map { $0["match"] } == [
                ["path": "/a"], ["path_separated_prefix": "/api"],
                [
                    "prefix": "/",
                    "headers": [["name": "x-beta", "string_match": ["exact": "1"]]],
                ],
                ["prefix": "/"],
            ])
    }

    @Test func aShareOfNothingIsNobodysAndARuleWithoutBackendsAnswers500() throws {
        let routes = try translated([
            ["backendRefs": [["name": "web-a", "weight": 9_000], ["name": "web-b", "weight": 0]]],
            ["matches": [["path": ["type": "Exact", "value": "/none"]]]],
        ])
        #expect(routes[0]["direct_response"]?["status"] == 500)
        #expect(
            routes[1]["route"]?["weighted_clusters"]?["clusters"] == [["name": "web-a", "weight": 9_000]])
    }

    @Test func aServiceThatNobodyRunsBehindLeadsNowhere() throws {
        let routes = try translated([["backendRefs": [["name": "typo"]]]])
        #expect(
            routes[0]["route"]?["weighted_clusters"]?["clusters"] == [["name": "nowhere", "weight": 1]])
    }

    @Test func linkerdDoesNotApplyARouteWithCopies() {
        let copies: JSON = [
            "filters": [
                ["type": "RequestMirror", "requestMirror": ["backendRef": ["name": "web-b"], "percent": 5]]
            ],
            "backendRefs": [["name": "web-a"]],
        ]
        #expect(throws: BridgeError.self) { try translated([copies], isLinkerd: true) }
        #expect(throws: Never.self) { try translated([copies]) }
    }

    @Test func aRouteOfAnotherParentIsNoneOfIts() throws {
        #expect(try translated([["backendRefs": [["name": "web-a"]]]], parent: "other").isEmpty)
    }

    private func rule(path: JSON, headers: JSON? = nil) -> JSON {
        var match: JSON = ["path": path]
        match["headers"] = headers
        return ["matches": [match], "backendRefs": [["name": "web-a"]]]
    }

    @discardableResult
    private func translated(
        _ rules: [JSON], parent: String = "edge", isLinkerd: Bool = false
    ) throws -> [JSON] {
        let bridge = GatewayBridge(
            route: "web", parent: "edge", namespace: "shop",
            workloads: [MeshWorkload("web-a", of: ["web-a"]), MeshWorkload("web-b", of: ["web-b"])],
            isLinkerd: isLinkerd)
        let route: JSON = [
            "metadata": ["name": "web", "resourceVersion": "7"],
            "spec": ["parentRefs": [["name": .string(parent)]], "rules": .array(rules)],
        ]
        let document = try bridge.document(from: [GatewayBridge.httpRoute: [route]])
        #expect(document["version_info"] == (parent == "edge" ? "7" : "0"))
        return document["resources"]?[0]?["virtual_hosts"]?[0]?["routes"]?.array ?? []
    }
}

/// What is said of a route, and when.
@Suite(.timeLimit(.minutes(1))) struct StatusEmulatorTests {
    @Test func everyVersionIsSpokenOf() async throws {
        try await speaking(.prompt) { cluster in
            try await eventually { observed(cluster) == 1 }
            cluster.edit(reference, as: "kubectl-edit") { $0["spec"]?["hostnames"] = ["web.example"] }
            try await eventually { observed(cluster) == 2 }
        }
    }

    @Test func aRefusalIsOfItsBackends() async throws {
        try await speaking(.refusing("BackendNotFound")) { cluster in
            try await eventually {
                conditions(cluster).contains { $0["reason"] == "BackendNotFound" && $0["status"] == "False" }
            }
        }
    }

    private var reference: ObjectReference { ObjectReference(GatewayBridge.httpRoute, "web", in: "shop") }

    private func conditions(_ cluster: Cluster) -> [JSON] {
        cluster.object(reference)?["status"]?["parents"]?[0]?["conditions"]?.array ?? []
    }

    private func observed(_ cluster: Cluster) -> Int? {
        conditions(cluster).first?["observedGeneration"]?.integer
    }

    private func speaking(
        _ mood: StatusEmulator.Mood,
        _ body: @escaping @Sendable (Cluster) async throws -> Void
    ) async throws {
        try await withCluster([.httpRoute]) { cluster in
            let route: JSON = [
                "apiVersion": "gateway.networking.k8s.io/v1", "kind": "HTTPRoute",
                "metadata": ["name": "web"],
                "spec": [
                    "parentRefs": [["name": "edge"]],
                    "rules": [["backendRefs": [["name": "a", "port": 80]]]],
                ],
            ]
            cluster.create(route, GatewayBridge.httpRoute, in: "shop")
            let http = CurlClient()
            let client = KubernetesClient(
                ClusterAccess(server: cluster.url, connection: .init(proxy: .none)), sender: http,
                log: Logger(label: "test"))
            let emulator = StatusEmulator("example.com/edge", in: "shop", mood: mood, api: client)
            try await withThrowingTaskGroup { group in
                group.addTask { await emulator.run() }
                group.addTask { try await body(cluster) }
                try await group.next()
                group.cancelAll()
            }
            await http.shutdown()
        }
    }
}
