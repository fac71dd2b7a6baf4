import Kubernetes
import Rollouts
import TestCluster
import Testing
import Transport

@testable import Traffic

extension MeshGround {
    /// Consul by the custom resources of consul-k8s, which are all that is looked at.
    static let consulResources = MeshGround(
        name: "Consul by custom resources", takesRules: true, resolution: 100
    ) { claim in
        let cluster = testCluster()
        let router = resourceRouter(cluster) {
            try Task.checkCancellation()
            for kind in EntryName.Kind.allCases { try await speak(of: kind, by: cluster) }
        }
        let mesh = ResourceMesh(router: router, cluster: cluster, target: try resourceTarget(on: cluster))
        // Both subsets are pointed at their releases by the first split.
        try await mesh.carry(mesh.write(split(20), since: 1))
        try await mesh.carry(mesh.write(.all(to: .a), since: 2, isRollback: true))
        try await claim(mesh)
        await router.close()
    }
}

private struct ResourceMesh: RoutedMesh {
    let router: ConsulRouter
    let cluster: WitnessedCluster
    let target: TrafficTarget

    private func object(_ kind: EntryName.Kind) -> JSON? { cluster[kind.inShop] }

    /// Hundredths of a percent, as Consul takes them.
    func weights() -> [Int] {
        let splits = object(.splitter)?["spec"]["splits"]?.array ?? []
        return ["web-a", "web-b"].map { name in
            let split = splits.first { $0["serviceSubset"]?.string == name }
            return Int(((split?["weight"]?.number ?? 0) * 100).rounded())
        }
    }

    func version() -> String { cluster.version(of: EntryName.Kind.splitter.inShop) }

    func rest() -> JSON {
        var rest: JSON = [:]
        for kind in [EntryName.Kind.defaults, .resolver, .router] {
            guard let object = object(kind) else { continue }
            let annotations = object.annotations?.object ?? [:]
            rest[kind.rawValue] = [
                "spec": object["spec"] ?? .null,
                "annotations": .object(annotations.filter { !$0.key.contains("headgate.dev/") }),
            ]
        }
        return rest
    }

    func meddle() {
        cluster.edit(EntryName.Kind.splitter.inShop) { object in
            object["spec"]?["splits"] = [
                ["weight": 60, "serviceSubset": "web-a"], ["weight": 40, "serviceSubset": "web-b"],
            ]
        }
    }

    func bookmark() -> PutBack {
        let (cluster, splits) = (cluster, object(.splitter)?["spec"]["splits"])
        return { cluster.edit(EntryName.Kind.splitter.inShop) { $0["spec"]?["splits"] = splits } }
    }

    func close() async { await router.close() }
}
