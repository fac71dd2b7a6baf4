import Engine
import Kubernetes
import Lab
import Logging
import Manifests
import Rollouts
import TestCluster
import Traffic

/// The meshes that the bench compares.
enum BenchMesh: String, CaseIterable, Sendable {
    case envoy = "Envoy"
    case istio = "Istio"
    case gatewayAPI = "Gateway API"
    case linkerd = "Linkerd"
    case consul = "Consul"
}

/// One of them, with both releases of the demo's service behind its Envoy.
struct BenchField: Sendable {
    let router: any TrafficRouter
    let target: TrafficTarget
    let envoy: EnvoyProcess
    /// A release comes to run in the second place, as far as the mesh is to know of it.
    let deploy: @Sendable (_ version: String) async throws -> Void
}

extension BenchMesh {
    func with<Value: Sendable>(
        _ rig: Rig, _ body: @escaping @Sendable (BenchField) async throws -> Value
    ) async throws -> Value {
        switch self {
        case .envoy: try await onEnvoy(rig, body)
        case .consul: try await onConsul(rig, body)
        case .istio: try await onIstio(rig, body)
        case .gatewayAPI: try await onRoutes(.gateway, rig, body)
        case .linkerd: try await onRoutes(.linkerd, rig, body)
        }
    }

    private func onEnvoy<Value: Sendable>(
        _ rig: Rig, _ body: @escaping @Sendable (BenchField) async throws -> Value
    ) async throws -> Value {
        let field = try await BenchField(rig, .none(), DemoManifest.climbing) { envoy in
            try EnvoyRouter(
                EnvoySettings(folder: envoy.design.routesFolder, admins: [.init(envoy.adminURL)]),
                sender: rig.http)
        }
        return try await body(field)
    }

    private func onConsul<Value: Sendable>(
        _ rig: Rig, _ body: @escaping @Sendable (BenchField) async throws -> Value
    ) async throws -> Value {
        let stage = try await ConsulStage(in: rig, proof: "accepted")
        return try await stage.during {
            let field = try await BenchField(rig, stage.mesh, DemoManifest.consul) { _ in
                ConsulRouter(
                    ConsulSettings(address: stage.consul.url, settle: .milliseconds(300)), sender: rig.http)
            }
            return try await body(field)
        }
    }

    private func onIstio<Value: Sendable>(
        _ rig: Rig, _ body: @escaping @Sendable (BenchField) async throws -> Value
    ) async throws -> Value {
        try await onCluster(CustomKinds.istio) { cluster in
            let stage = try IstioStage(cluster, rig, proof: "accepted")
            return try await stage.during {
                let field = try await BenchField(rig, stage.mesh, DemoManifest.istio) { _ in
                    IstioRouter(
                        IstioSettings(settle: .milliseconds(200)), api: client(of: cluster, rig),
                        sender: rig.http)
                }
                return try await body(field)
            }
        }
    }

    private func onRoutes<Value: Sendable>(
        _ routes: RouteMesh, _ rig: Rig, _ body: @escaping @Sendable (BenchField) async throws -> Value
    ) async throws -> Value {
        try await onCluster(CustomKinds.gatewayAPI.union(CustomKinds.linkerd)) { cluster in
            let stage = try RouteStage(routes, cluster, rig)
            let manifest = DemoManifest.byRoute(of: routes.router)
            return try await stage.during {
                let field = try await BenchField(rig, stage.mesh, manifest) { _ in
                    GatewayRouter(
                        GatewaySettings(), of: routes.router, api: client(of: cluster, rig), sender: rig.http)
                }
                return try await body(field)
            }
        }
    }

    private func client(of cluster: Cluster, _ rig: Rig) -> KubernetesClient {
        KubernetesClient(
            ClusterAccess(server: cluster.url), sender: rig.http,
            log: Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() })
    }
}

extension BenchField {
    fileprivate init(
        _ rig: Rig, _ mesh: InstallationMesh, _ manifest: String,
        _ router: (EnvoyProcess) throws -> any TrafficRouter
    ) async throws {
        var ports: [String: UInt16] = [:]
        for (backend, version) in zip(Installation.backends, [Probe.stable, "next"]) {
            let port = try FreePort.take()
            ports[backend] = port
            _ = try await rig.startDemoService(version: version, port: port)
            try await mesh.deployed(version, backend, port)
        }
        let (second, port) = (Installation.backends[1], ports[Installation.backends[1]] ?? 0)
        envoy = try await rig.start(mesh.design(in: rig, ports))
        self.router = try router(envoy)
        target = try traffic(of: manifest)
        deploy = { version in try await mesh.deployed(version, second, port) }
    }
}

private func traffic(of manifest: String) throws -> TrafficTarget {
    let set = ManifestSet.load([ManifestFile(path: "rollout.yaml", bytes: Array(manifest.utf8))])
    guard let declaration = set.declarations.first else {
        throw CommandError("\(set.errors.map { "\($0)" }.joined(separator: "\n"))")
    }
    return declaration.traffic
}
