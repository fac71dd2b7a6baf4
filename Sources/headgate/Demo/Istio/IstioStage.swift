import Kubernetes
import Lab
import Logging
import TestCluster
import Transport

/// An Istio for an installation: a follower that gives Envoy what VirtualServices say, and Envoy's counts under Istio's
/// names.
struct IstioStage: MeshStage {
    let cluster: Cluster
    let follower: MeshFollower
    let mesh: InstallationMesh
    let split = SplitObject.virtualService
    private let shimPort: UInt16
    private let metrics: IstioMetrics
    private let http: any HTTPSender

    /// - Parameter proof: how far the server is to prove a route, as its configuration names it.
    init(_ cluster: Cluster, _ rig: Rig, proof: String) throws {
        let workloads = Installation.backends.map { name in
            MeshWorkload(name, of: [Installation.rollout], labels: ["slot": name])
        }
        let bridge = IstioBridge(
            route: Installation.rollout, host: Installation.rollout, namespace: demoNamespace,
            workloads: workloads)
        let client = KubernetesClient(
            ClusterAccess(server: cluster.url), sender: rig.http, log: Logger(label: "follower"))
        let (adminPort, shimPort, prometheus) = (
            try FreePort.take(), try FreePort.take(), try FreePort.take()
        )
        self.cluster = cluster
        follower = MeshFollower(
            bridge, api: client, file: "\(rig.folder)/routes/\(Installation.rollout).json")
        metrics = IstioMetrics(namespace: demoNamespace, workloads: workloads)
        http = rig.http
        self.shimPort = shimPort
        mesh = InstallationMesh(
            adminPort: adminPort, prometheusPort: prometheus,
            target: PrometheusProcess.Target(job: "sidecars", port: shimPort),
            configuration: configuration(proof, prometheus), otherClusters: [.init(nowhere, ports: [])])
        cluster.create(IstioObjects.destinationRule, .destinationRule, in: demoNamespace)
        cluster.create(IstioObjects.virtualService, .virtualService, in: demoNamespace)
    }

    func run() async throws {
        try await withThrowingTaskGroup { group in
            group.addTask { await follower.run() }
            group.addTask {
                let admin = "http://127.0.0.1:\(mesh.adminPort)"
                try await runMetricShim(port: shimPort, of: metrics, envoy: admin, http: http)
            }
            try await group.waitForAll()
        }
    }
}

/// Runs an installation whose traffic Headgate moves by a VirtualService, with v1 as its stable release.
func withIstio<Value: Sendable>(
    in rig: Rig, program: String, manifest: String, proof: String = "accepted",
    _ body: @escaping @Sendable (Installation, IstioStage) async throws -> Value
) async throws -> Value {
    try await withMesh(
        CustomKinds.istio, in: rig, program: program, manifest: manifest,
        { try IstioStage($0, rig, proof: proof) }, body)
}

private func configuration(_ proof: String, _ prometheus: UInt16) -> String {
    """
    kubernetes: {kubeconfig: kubeconfig.yaml, namespace: \(demoNamespace)}
    istio: {settle: 200ms, proof: \(proof), prometheus: "http://127.0.0.1:\(prometheus)"}
    """
}
