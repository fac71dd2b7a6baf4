import Engine
import Kubernetes
import Logging
import Rollouts
import TestCluster
import Transport

@testable import Workloads

/// A cluster with pods in it, and a controller that runs releases there.
struct Lab: Ordered {
    let cluster: Cluster
    let api: MortalAPI
    let workloads: KubernetesWorkloads

    init(_ cluster: Cluster, writes: Int = .max, epoch: Int? = nil) {
        self.cluster = cluster
        let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let client = KubernetesClient(ClusterAccess(server: cluster.url), sender: CurlClient(), log: log)
        api = MortalAPI(client, writes: writes)
        workloads = KubernetesWorkloads(
            api, epoch: epoch, pace: .init(look: .milliseconds(50)), log: log)
    }

    /// Runs the body against a fresh cluster, and closes the watches after it.
    static func open(
        fates: [String: PodKeeper.Fate] = [:], _ body: @escaping @Sendable (Lab) async throws -> Void
    ) async throws {
        try await withCluster(keeper: PodKeeper(fates: fates)) { cluster in
            cluster.ensureNamespace("shop")
            let lab = Lab(cluster)
            do {
                try await body(lab)
                await lab.workloads.close()
            } catch {
                await lab.workloads.close()
                throw error
            }
        }
    }

    // MARK: What is there

    /// The instances of each release, by the image that it is made from.
    var sizes: [String: Int] {
        let replicaSets = cluster.objects(.replicaSet, in: "shop")
        return Dictionary(replicaSets.map { ($0.image, $0["spec"]["replicas"]?.integer ?? 0) }) { $0 + $1 }
    }

    func replicaSet(_ image: String) -> JSON? {
        cluster.objects(.replicaSet, in: "shop").first { $0.image == image }
    }

    func pods(_ image: String) -> [JSON] {
        cluster.objects(.pod, in: "shop").filter { $0["spec"]["containers"]?[0]["image"]?.string == image }
    }

    func selected(by service: String) -> String? {
        let object = cluster.object(ObjectReference(.service, service, in: "shop"))
        return object?["spec"]["selector"]["rollouts-pod-template-hash"]?.string
    }

    func makeService(_ name: String) {
        cluster.create(
            [
                "metadata": ["name": .string(name)],
                "spec": ["selector": ["app": "web"], "ports": [["port": 80]]],
            ], .service, in: "shop")
    }
}

extension JSON {
    fileprivate var image: String {
        self["spec"]["template"]["spec"]["containers"]?[0]["image"]?.string ?? ""
    }
}
