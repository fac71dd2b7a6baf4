import Foundation
import Kubernetes
import Lab
import Logging
import TestCluster
import Transport

/// An Istio for an installation: an API server with the objects of a user, a follower that gives Envoy what they say,
/// and Envoy's counts under Istio's names. Only Envoy and Prometheus are the real ones.
struct IstioStage: Sendable {
    let cluster: Cluster
    let follower: MeshFollower
    let mesh: InstallationMesh
    private let shimPort: UInt16
    private let metrics: IstioMetrics
    private let http: any HTTPSender

    static let namespace = "shop"
    static let virtualService = ObjectReference(.virtualService, Installation.rollout, in: namespace)

    /// - Parameter proof: how far the server is to prove a route, as its configuration names it.
    init(_ cluster: Cluster, _ rig: Rig, proof: String) throws {
        let workloads = Installation.backends.map { name in
            MeshWorkload(name, of: [Installation.rollout], labels: ["slot": name])
        }
        let bridge = IstioBridge(
            route: Installation.rollout, host: Installation.rollout, namespace: Self.namespace,
            workloads: workloads)
        let client = KubernetesClient(
            ClusterAccess(server: cluster.url), sender: rig.http, log: Logger(label: "follower"))
        let (adminPort, shimPort, prometheus) = (
            try FreePort.take(), try FreePort.take(), try FreePort.take()
        )
        self.cluster = cluster
        follower = MeshFollower(
            bridge, api: client, file: "\(rig.folder)/routes/\(Installation.rollout).json")
        metrics = IstioMetrics(namespace: Self.namespace, workloads: workloads)
        http = rig.http
        self.shimPort = shimPort
        mesh = InstallationMesh(
            adminPort: adminPort, prometheusPort: prometheus,
            target: PrometheusProcess.Target(job: "sidecars", port: shimPort),
            configuration: configuration(proof, prometheus),
            otherClusters: [.init(nowhere, ports: [])])
        try kubeconfig(cluster.url).write(
            toFile: "\(rig.folder)/kubeconfig.yaml", atomically: true, encoding: .utf8)
        cluster.create(IstioObjects.destinationRule, .destinationRule, in: Self.namespace)
        cluster.create(IstioObjects.virtualService, .virtualService, in: Self.namespace)
    }

    /// Keeps the mesh going for as long as the body runs.
    func during<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) async throws -> Value {
        try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask {
                await follower.run()
                return nil
            }
            group.addTask {
                let admin = "http://127.0.0.1:\(mesh.adminPort)"
                try await runMetricShim(port: shimPort, of: metrics, envoy: admin, http: http)
                return nil
            }
            group.addTask { try await body() }
            defer { group.cancelAll() }
            while let value = try await group.next() {
                if let value { return value }
            }
            throw CancellationError()
        }
    }
}

/// Runs an installation whose traffic Headgate moves by a VirtualService, with v1 as its stable release.
func withIstio<Value: Sendable>(
    in rig: Rig, program: String, manifest: String, proof: String = "accepted",
    _ body: @escaping @Sendable (Installation, IstioStage) async throws -> Value
) async throws -> Value {
    try await onCluster(CustomKinds.istio) { cluster in
        let stage = try IstioStage(cluster, rig, proof: proof)
        return try await stage.during {
            let installation = try await Installation.set(
                in: rig, program: program, manifest: manifest, mesh: stage.mesh)
            try await installation.begin()
            let value = try await body(installation, stage)
            // Before its API server goes.
            await installation.server.stop()
            return value
        }
    }
}

private func configuration(_ proof: String, _ prometheus: UInt16) -> String {
    """
    kubernetes: {kubeconfig: kubeconfig.yaml, namespace: \(IstioStage.namespace)}
    istio: {settle: 200ms, proof: \(proof), prometheus: "http://127.0.0.1:\(prometheus)"}
    """
}

private func kubeconfig(_ url: String) -> String {
    """
    apiVersion: v1
    kind: Config
    current-context: lab
    contexts: [{name: lab, context: {cluster: lab, namespace: \(IstioStage.namespace)}}]
    clusters: [{name: lab, cluster: {server: "\(url)"}}]

    """
}
