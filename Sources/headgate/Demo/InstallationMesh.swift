import Lab

/// What stands between Headgate and the Envoy of an installation.
struct InstallationMesh: Sendable {
    /// Envoy's.
    let adminPort: UInt16
    let prometheusPort: UInt16
    /// What Prometheus asks.
    let target: PrometheusProcess.Target
    /// The part of the server's configuration that says how traffic is moved.
    let configuration: String
    /// Clusters beside those of the places.
    var otherClusters: [EnvoyDesign.Cluster] = []
    /// What the mesh is told when a release comes to run in a place, at a port.
    var deployed: @Sendable (_ version: String, _ backend: String, _ port: UInt16) async throws -> Void = {
        _, _, _ in
    }

    /// Nothing: Headgate writes Envoy's route file itself.
    static func none() throws -> InstallationMesh {
        let port = try FreePort.take()
        return InstallationMesh(
            adminPort: port, prometheusPort: try FreePort.take(),
            target: .envoy(adminPort: port, clusters: Installation.backends),
            configuration: "envoy: {routes: routes, admin: [\"http://127.0.0.1:\(port)\"]}")
    }
}
