import Lab
import Transport

/// A real Consul for an installation, and a follower that gives the real Envoy what its discovery chain says.
struct ConsulStage: Sendable {
    let consul: ConsulProcess
    let follower: ConsulFollower
    let mesh: InstallationMesh
    private let http: any HTTPSender

    /// - Parameter proof: how far the server is to prove a route, as its configuration names it.
    init(in rig: Rig, proof: String) async throws {
        let consul = try await rig.startConsul(keepsData: true)
        let (admin, prometheus, http) = (try FreePort.take(), try FreePort.take(), rig.http)
        let follower = ConsulFollower(
            ConsulBridge(route: Installation.rollout, service: Installation.rollout), consul: consul.url,
            http: http, file: "\(rig.folder)/routes/\(Installation.rollout).json")
        (self.consul, self.follower, self.http) = (consul, follower, http)
        mesh = InstallationMesh(
            adminPort: admin, prometheusPort: prometheus,
            target: .envoy(adminPort: admin, clusters: Installation.backends),
            configuration: configuration(consul, proof, prometheus),
            otherClusters: [.init(ConsulBridge.nowhere, ports: [])],
            deployed: { version, backend, port in
                await follower.note(cluster: backend, at: port)
                try await register(version, backend, port, consul, http)
            })
    }

    /// Keeps the mesh going for as long as the body runs.
    func during<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) async throws -> Value {
        try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask {
                await follower.run()
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

    /// What is stored, by subset.
    func weights() async throws -> [String: Double] {
        let splits = try await entry("service-splitter")["Splits"]?.array ?? []
        return Dictionary(
            splits.compactMap { split in
                split["ServiceSubset"]?.string.map { ($0, split["Weight"]?.number ?? 0) }
            }
        ) { _, last in last }
    }

    /// As somebody in a hurry does it, with `consul config write`.
    func editWeights(_ first: Int, _ second: Int) async throws {
        var entry = try await entry("service-splitter")
        entry["Splits"] = .array(
            zip(Installation.backends, [first, second]).map { name, weight in
                ["ServiceSubset": .string(name), "Weight": JSON(weight)]
            })
        _ = try await http.send(HTTPRequest(.put, "\(consul.url)/v1/config", body: entry.bytes))
    }

    func entry(_ kind: String) async throws -> JSON {
        let response = try await http.send(
            HTTPRequest(.get, "\(consul.url)/v1/config/\(kind)/\(Installation.rollout)"))
        return try JSON(parsing: response.body)
    }
}

/// Runs an installation whose traffic Headgate moves by a service-splitter, with v1 as its stable release.
func withConsul<Value: Sendable>(
    in rig: Rig, program: String, manifest: String, proof: String = "accepted",
    _ body: @escaping @Sendable (Installation, ConsulStage) async throws -> Value
) async throws -> Value {
    let stage = try await ConsulStage(in: rig, proof: proof)
    return try await stage.during {
        let installation = try await Installation.set(
            in: rig, program: program, manifest: manifest, mesh: stage.mesh)
        try await installation.begin()
        let value = try await body(installation, stage)
        // Before its Consul goes.
        await installation.server.stop()
        return value
    }
}

private func configuration(_ consul: ConsulProcess, _ proof: String, _ prometheus: UInt16) -> String {
    "consul: {address: \"\(consul.url)\", settle: 300ms, proof: \(proof), "
        + "prometheus: \"http://127.0.0.1:\(prometheus)\"}"
}

/// As whoever deploys does it: the catalogue knows the release of each instance.
private func register(
    _ version: String, _ backend: String, _ port: UInt16, _ consul: ConsulProcess, _ http: any HTTPSender
) async throws {
    let instance: JSON = [
        "ID": .string(backend), "Name": .string(Installation.rollout), "Address": "127.0.0.1",
        "Port": JSON(Int(port)), "Meta": ["release": .string(version)], "Connect": ["Native": true],
    ]
    let response = try await http.send(
        HTTPRequest(.put, "\(consul.url)/v1/agent/service/register", body: instance.bytes))
    guard response.isSuccess else {
        throw CommandError("Consul took no instance: \(String(decoding: response.body, as: UTF8.self))")
    }
}
