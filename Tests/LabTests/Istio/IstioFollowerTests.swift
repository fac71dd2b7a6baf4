import Foundation
import Kubernetes
import Lab
import Logging
import TestCluster
import Testing
import Transport

/// An API server at one end and a real Envoy at the other.
@Suite(.serialized) struct IstioFollowerTests {
    @Test func envoyObeysTheVirtualServiceAsItChanges() async throws {
        try await following { cluster, follower, url in
            try await eventually { try await release(at: url) == "v1" }
            cluster.edit(reference) { $0["spec"]["http"] = [.all(to: "b")] }
            try await eventually { try await release(at: url) == "v2" }
            #expect(await follower.trouble == nil)
        }
    }

    @Test func whatCannotBeTranslatedLeavesTheRouteAsItWas() async throws {
        try await following { cluster, follower, url in
            try await eventually { try await release(at: url) == "v1" }
            cluster.edit(reference) { $0["spec"]["http"] = [["delegate": ["name": "other"]]] }
            try await eventually { await follower.trouble?.contains("delegate") == true }
            #expect(try await release(at: url) == "v1")
        }
    }

    @Test func podsWithOtherLabelsAreOtherPodsOfASubset() async throws {
        try await following { _, follower, url in
            try await eventually { try await release(at: url) == "v1" }
            await follower.label("canary", ["slot": "a"])
            await follower.label("stable", ["slot": "b"])
            try await eventually { try await release(at: url) == "v2" }
        }
    }

    private var reference: ObjectReference { ObjectReference(.virtualService, "web", in: "shop") }

    /// Runs the body with a follower of a cluster that gives `web` to the workload `stable`, whose release is v1.
    private func following(
        _ body: @escaping @Sendable (Cluster, MeshFollower, String) async throws -> Void
    ) async throws {
        try await withCluster(CustomKinds.istio) { cluster in
            cluster.create(rule, .destinationRule, in: "shop")
            cluster.create(service, .virtualService, in: "shop")
            try await withMesh { rig, mesh in
                let client = KubernetesClient(
                    ClusterAccess(server: cluster.url), sender: rig.http, log: Logger(label: "test"))
                let follower = MeshFollower(
                    bridge, api: client, file: "\(mesh.envoy.design.routesFolder)/web.json")
                try await withThrowingTaskGroup { group in
                    group.addTask { await follower.run() }
                    group.addTask { try await body(cluster, follower, mesh.url) }
                    try await group.next()
                    group.cancelAll()
                }
            }
        }
    }

    private var bridge: IstioBridge {
        IstioBridge(
            route: "web", host: "web", namespace: "shop",
            workloads: [
                MeshWorkload("stable", of: ["web"], labels: ["slot": "a"]),
                MeshWorkload("canary", of: ["web"], labels: ["slot": "b"]),
            ])
    }

    private var rule: JSON {
        [
            "apiVersion": "networking.istio.io/v1", "kind": "DestinationRule", "metadata": ["name": "web"],
            "spec": [
                "host": "web",
                "subsets": [
                    ["name": "a", "labels": ["slot": "a"]], ["name": "b", "labels": ["slot": "b"]],
                ],
            ],
        ]
    }

    private var service: JSON {
        [
            "apiVersion": "networking.istio.io/v1", "kind": "VirtualService", "metadata": ["name": "web"],
            "spec": ["hosts": ["web"], "http": [.all(to: "a")]],
        ]
    }

    private func release(at url: String) async throws -> String? {
        let http = CurlClient()
        let response = try? await http.send(HTTPRequest(.get, url))
        await http.shutdown()
        return response?.headers["x-release"]
    }
}

extension JSON {
    fileprivate static func all(to subset: String) -> JSON {
        ["route": [["destination": ["host": "web", "subset": JSON(subset)]]]]
    }
}
