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

/// Where one of them is set up.
struct BenchSite: Sendable {
    let rig: Rig
    /// Runs the releases.
    let program: String
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
        _ site: BenchSite, _ body: @escaping @Sendable (BenchField) async throws -> Value
    ) async throws -> Value {
        switch self {
        case .envoy: try await onEnvoy(site, body)
        case .consul: try await onConsul(site, body)
        case .istio: try await onIstio(site, body)
        case .gatewayAPI: try await onRoutes(.gateway, site, body)
        case .linkerd: try await onRoutes(.linkerd, site, body)
        }
    }

    private func onEnvoy<Value: Sendable>(
        _ site: BenchSite, _ body: @escaping @Sendable (BenchField) async throws -> Value
    ) async throws -> Value {
        let field = try await BenchField(site, .none(), DemoManifest.climbing) { envoy in
            try EnvoyRouter(
                EnvoySettings(folder: envoy.design.routesFolder, admins: [.init(envoy.adminURL)]),
                sender: site.rig.http)
        }
        return try await body(field)
    }

    private func onConsul<Value: Sendable>(
        _ site: BenchSite, _ body: @escaping @Sendable (BenchField) async throws -> Value
    ) async throws -> Value {
        let stage = try await ConsulStage(in: site.rig, proof: "accepted")
        return try await stage.during {
            let field = try await BenchField(site, stage.mesh, DemoManifest.consul) { _ in
                ConsulRouter(
                    ConsulSettings(address: stage.consul.url, settle: .milliseconds(300)),
                    sender: site.rig.http)
            }
            return try await body(field)
        }
    }

    private func onIstio<Value: Sendable>(
        _ site: BenchSite, _ body: @escaping @Sendable (BenchField) async throws -> Value
    ) async throws -> Value {
        try await onCluster(CustomKinds.istio) { cluster in
            let stage = try IstioStage(cluster, site.rig, proof: "accepted")
            return try await stage.during {
                let field = try await BenchField(site, stage.mesh, DemoManifest.istio) { _ in
                    IstioRouter(
                        IstioSettings(namespace: demoNamespace, settle: .milliseconds(200)),
                        api: client(of: cluster, site.rig),
                        sender: site.rig.http)
                }
                return try await body(field)
            }
        }
    }

    private func onRoutes<Value: Sendable>(
        _ routes: RouteMesh, _ site: BenchSite, _ body: @escaping @Sendable (BenchField) async throws -> Value
    ) async throws -> Value {
        try await onCluster(CustomKinds.gatewayAPI.union(CustomKinds.linkerd)) { cluster in
            let stage = try RouteStage(routes, cluster, site.rig)
            let manifest = DemoManifest.byRoute(of: routes.router)
            return try await stage.during {
                let field = try await BenchField(site, stage.mesh, manifest) { _ in
                    GatewayRouter(
                        GatewaySettings(namespace: demoNamespace), of: routes.router,
                        api: client(of: cluster, site.rig), sender: site.rig.http)
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
        _ site: BenchSite, _ mesh: InstallationMesh, _ manifest: String,
        _ router: (EnvoyProcess) throws -> any TrafficRouter
    ) async throws {
        var ports: [String: UInt16] = [:]
        for (backend, version) in zip(Installation.backends, [Probe.stable, "next"]) {
            let port = try FreePort.take()
            ports[backend] = port
            _ = try await site.rig.startDemoService(version: version, port: port, program: site.program)
            try await mesh.deployed(version, backend, port)
        }
        let (second, port) = (Installation.backends[1], ports[Installation.backends[1]] ?? 0)
        envoy = try await site.rig.start(mesh.design(in: site.rig, ports))
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
