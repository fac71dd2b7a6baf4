import Kubernetes
import Lab
import Logging
import TestCluster
import Transport

/// Who carries HTTPRoutes out.
enum RouteMesh: Sendable {
    /// A Gateway; the controller is Envoy Gateway's by name.
    case gateway
    /// The callers' proxies of Linkerd.
    case linkerd

    /// As manifests and configurations name the router.
    var router: String { self == .linkerd ? "linkerd" : "gatewayAPI" }

    var parent: JSON {
        switch self {
        case .gateway: ["group": "gateway.networking.k8s.io", "kind": "Gateway", "name": "edge"]
        case .linkerd: ["group": "core", "kind": "Service", "name": JSON(Installation.rollout), "port": 80]
        }
    }

    var controller: String {
        switch self {
        case .gateway: "gateway.envoyproxy.io/gatewayclass-controller"
        case .linkerd: "linkerd.io/policy-controller"
        }
    }
}

/// A mesh that goes by HTTPRoutes, for an installation: a follower that gives Envoy what they say, and somebody who
/// writes their status as a controller would.
struct RouteStage: MeshStage {
    let cluster: Cluster
    let follower: MeshFollower
    let mesh: InstallationMesh
    let split: SplitObject
    private let emulator: StatusEmulator

    /// - Parameter mood: how whoever carries the routes out speaks of them.
    init(
        _ routes: RouteMesh, _ cluster: Cluster, _ rig: Rig, mood: StatusEmulator.Mood = .prompt
    ) throws {
        let workloads = Installation.backends.map { MeshWorkload($0, of: [$0]) }
        let bridge = GatewayBridge(
            route: Installation.rollout, parent: routes.parent["name"]?.string ?? "",
            namespace: demoNamespace, workloads: workloads, isLinkerd: routes == .linkerd)
        let client = KubernetesClient(
            ClusterAccess(server: cluster.url), sender: rig.http, log: Logger(label: "follower"))
        let (adminPort, prometheus) = (try FreePort.take(), try FreePort.take())
        self.cluster = cluster
        follower = MeshFollower(
            bridge, api: client, file: "\(rig.folder)/routes/\(Installation.rollout).json")
        emulator = StatusEmulator(
            routes.controller, in: demoNamespace, mood: mood, tellsGeneration: routes != .linkerd,
            api: client)
        mesh = InstallationMesh(
            adminPort: adminPort, prometheusPort: prometheus,
            target: .envoy(adminPort: adminPort, clusters: Installation.backends),
            configuration: configuration(routes), otherClusters: [.init(nowhere, ports: [])])
        split = .httpRoute(RouteObjects(routes).create(in: cluster))
    }

    func run() async throws {
        await withTaskGroup { group in
            group.addTask { await follower.run() }
            group.addTask { await emulator.run() }
            await group.waitForAll()
        }
    }
}

/// Runs an installation whose traffic Headgate moves by a HTTPRoute, with v1 as its stable release.
func withRoutes<Value: Sendable>(
    _ routes: RouteMesh, in rig: Rig, program: String, manifest: String,
    mood: StatusEmulator.Mood = .prompt,
    _ body: @escaping @Sendable (Installation, RouteStage) async throws -> Value
) async throws -> Value {
    try await withMesh(
        CustomKinds.gatewayAPI.union(CustomKinds.linkerd), in: rig, program: program, manifest: manifest,
        { try RouteStage(routes, $0, rig, mood: mood) }, body)
}

private func configuration(_ routes: RouteMesh) -> String {
    """
    kubernetes: {kubeconfig: kubeconfig.yaml, namespace: \(demoNamespace)}
    \(routes.router): {proof: accepted}
    """
}
