import Kubernetes
import TestCluster
import TestServer
import Testing
import Transport

@Suite struct ClusterAccessTests {
    private let account = Account(
        "system:serviceaccount:headgate:headgate",
        [
            AccessRule(["get", "list"], groups: [""], ["services"], in: "shop"),
            AccessRule(["patch"], groups: ["apps"], ["replicasets/scale"], names: ["web"]),
        ])

    @Test func onlyWhatARuleAllowsIsDone() async throws {
        try await withClusterAndClient([.virtualService]) { beside in
            beside.cluster.ensureNamespace("shop")
            beside.cluster.setAccess(.accounts(["t": account]))
            try await beside.expect(200, .get, "/api/v1/namespaces/shop/services", token: "t")
            let elsewhere = try await beside.send(.get, "/api/v1/namespaces/default/services", token: "t")
            #expect(elsewhere.status == 403)
            #expect(elsewhere.reason == "Forbidden")
            #expect(
                elsewhere.message
                    == "services is forbidden: User \"system:serviceaccount:headgate:headgate\" "
                    + "cannot list resource \"services\" in API group \"\" in the namespace \"default\"")
            let named = try await beside.send(
                .delete, "/apis/networking.istio.io/v1/namespaces/shop/virtualservices/web", token: "t")
            #expect(
                named.message == "virtualservices.networking.istio.io \"web\" is forbidden: "
                    + "User \"system:serviceaccount:headgate:headgate\" cannot delete resource "
                    + "\"virtualservices\" in API group \"networking.istio.io\" in the namespace \"shop\"")
            let everywhere = try await beside.send(.get, "/api/v1/services", token: "t")
            #expect(everywhere.message.hasSuffix("at the cluster scope"))
        }
    }

    @Test func nobodyKnowsAStranger() async throws {
        try await withClusterAndClient { beside in
            beside.cluster.setAccess(.accounts(["t": account]))
            try await beside.expect(401, .get, "/api/v1/services", token: "x")
            try await beside.expect(401, .get, "/api/v1/services")
        }
    }
}
