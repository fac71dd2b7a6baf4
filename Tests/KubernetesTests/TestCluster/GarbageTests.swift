import Kubernetes
import TestCluster
import TestServer
import Testing
import Transport

/// What a garbage collector does; a bare API server has none.
@Suite struct ClusterGarbageTests {
    private func dependent(_ name: String, of owners: [JSON]) -> JSON {
        var object = configMap(name)
        object["metadata"]?["ownerReferences"] = .array(
            owners.map { owner in
                [
                    "apiVersion": "v1", "kind": "ConfigMap", "name": owner["metadata"]?["name"] ?? "",
                    "uid": owner["metadata"]?["uid"] ?? "",
                ]
            })
        return object
    }

    private func names(_ cluster: Cluster) -> [String] {
        cluster.objects(.configMap).compactMap { $0["metadata"]?["name"]?.string }
    }

    @Test func whatIsOwnedGoesWithItsLastOwner() async throws {
        try await withClusterAndClient { beside in
            let cluster = beside.cluster
            let one = cluster.create(configMap("one"), .configMap)
            let two = cluster.create(configMap("two"), .configMap)
            cluster.create(dependent("of-one", of: [one]), .configMap)
            cluster.create(dependent("of-both", of: [one, two]), .configMap)
            cluster.delete(ObjectReference(.configMap, "one", in: "default"))
            #expect(names(cluster) == ["of-both", "two"])
            cluster.delete(ObjectReference(.configMap, "two", in: "default"))
            #expect(names(cluster) == [])
        }
    }

    @Test func orphansStay() async throws {
        try await withClusterAndClient { beside in
            let one = beside.cluster.create(configMap("one"), .configMap)
            beside.cluster.create(dependent("of-one", of: [one]), .configMap)
            let path = "/api/v1/namespaces/default/configmaps/one?propagationPolicy=Orphan"
            try await beside.expect(200, .delete, path)
            #expect(names(beside.cluster) == ["of-one"])
            let orphan = beside.cluster.object(ObjectReference(.configMap, "of-one", in: "default"))
            #expect(orphan?["metadata"]?["ownerReferences"] == nil)
        }
    }

    @Test func aNamespaceGoesWithAllThatIsInIt() async throws {
        try await withClusterAndClient { beside in
            beside.cluster.create(configMap("a"), .configMap, in: "shop")
            try await beside.expect(200, .delete, "/api/v1/namespaces/shop")
            #expect(beside.cluster.objects(.configMap).isEmpty)
        }
    }
}
