import Foundation
import Intake
import Lab
import Server
import Signing
import Transport

/// A whole installation on loopback: an Envoy, a Prometheus that scrapes it, two places with a release each, and
/// the server as a process of its own with its manifests, its journal and its tokens.
///
/// The demo, the benchmark and the acceptance tests play on it.
actor Installation {
    nonisolated let envoy: EnvoyProcess
    nonisolated let prometheus: PrometheusProcess
    nonisolated let server: Daemon
    nonisolated let client: ServerClient
    nonisolated let folder: String
    nonisolated let program: String
    nonisolated let serverURL: String
    private nonisolated let rig: Rig
    private nonisolated let mesh: InstallationMesh
    private var services: [String: DemoProcess] = [:]
    private var ports: [String: UInt16] = [:]
    private var deliveries = 0

    static let rollout = "checkout"
    static let backends = ["checkout-a", "checkout-b"]
    private static let secret = "the secret that CI and the installation share"

    private init(
        _ rig: Rig, program: String, _ parts: Parts, _ mesh: InstallationMesh, server: Daemon, url: String,
        token: String
    ) {
        self.rig = rig
        self.mesh = mesh
        self.program = program
        folder = rig.folder
        (envoy, prometheus, ports, services) = (parts.envoy, parts.prometheus, parts.ports, parts.services)
        self.server = server
        serverURL = url
        client = ServerClient(address: url, token: token, http: rig.http)
    }

    private struct Parts {
        let envoy: EnvoyProcess
        let prometheus: PrometheusProcess
        let ports: [String: UInt16]
        let services: [String: DemoProcess]
    }

    /// Starts everything, with v1 in the first place and nothing announced yet.
    ///
    /// - Parameter mesh: none: Headgate speaks with Envoy itself.
    static func set(
        in rig: Rig, program: String, manifest: String, scrapeEvery: Duration = .milliseconds(500),
        mesh: InstallationMesh? = nil
    ) async throws -> Installation {
        let mesh = try mesh ?? .none()
        let parts = try await start(in: rig, program, scrapeEvery, mesh)
        let port = try FreePort.take()
        try write(manifest, to: "\(rig.folder)/rollouts/checkout.yaml")
        try write(secret, to: "\(rig.folder)/ci.secret")
        try write(configuration(port, parts, mesh), to: "\(rig.folder)/headgate.yaml")
        let token = try await Command(program, rig.folder).run(
            [
                "token", "create", "demo", "--role", "operator", "--config", "\(rig.folder)/headgate.yaml",
                "--quiet",
            ])
        try write(token, to: "\(rig.folder)/token")
        let url = "http://127.0.0.1:\(port)"
        let server = Daemon(
            "headgate",
            .init(
                program, ["serve", "--config", "\(rig.folder)/headgate.yaml"],
                log: "\(rig.folder)/headgate.log"),
            readyURL: "\(url)/readyz", http: rig.http)
        try await rig.start(server)
        return Installation(
            rig, program: program, parts, mesh, server: server, url: url,
            token: token.trimmingCharacters(in: .whitespacesAndNewlines))
    }

    private static func start(
        in rig: Rig, _ program: String, _ scrape: Duration, _ mesh: InstallationMesh
    ) async throws -> Parts {
        var ports: [String: UInt16] = [:]
        for backend in backends { ports[backend] = try FreePort.take() }
        let first = try await rig.startDemoService(version: "v1", port: ports[backends[0]], program: program)
        try await mesh.deployed("v1", backends[0], ports[backends[0]] ?? 0)
        let design = EnvoyDesign(
            adminPort: mesh.adminPort, routesFolder: "\(rig.folder)/routes",
            listeners: [
                .init(
                    route: rollout, port: try FreePort.take(), firstSplit: [.init(backends[0], weight: 100)])
            ],
            clusters: backends.map { .init($0, ports: [ports[$0] ?? 0]) } + mesh.otherClusters)
        let envoy = try await rig.start(design)
        let prometheus = try await rig.startPrometheus(
            port: mesh.prometheusPort, scraping: [mesh.target], every: scrape)
        return Parts(envoy: envoy, prometheus: prometheus, ports: ports, services: [backends[0]: first])
    }

    private static func configuration(
        _ port: UInt16, _ parts: Parts, _ mesh: InstallationMesh
    ) -> String {
        """
        apiVersion: headgate.dev/v1alpha1
        kind: Configuration
        listen: 127.0.0.1:\(port)
        journal: journal.sqlite
        manifests: [rollouts]
        webhooks: {secretFiles: [ci.secret]}
        \(mesh.configuration)
        prometheus: {address: "\(parts.prometheus.url)"}

        """
    }

    private static func write(_ text: String, to path: String) throws {
        let url = URL(filePath: path)
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try text.write(to: url, atomically: true, encoding: .utf8)
    }
}

// MARK: - What people and CI do

extension Installation {
    nonisolated func url() throws -> String { try envoy.url(route: Self.rollout) }

    nonisolated var http: any HTTPSender { rig.http }

    /// As a commit to the repository would.
    nonisolated func commit(_ manifest: String) throws {
        try Self.write(manifest, to: "\(folder)/rollouts/checkout.yaml")
    }

    /// Deploys a release to the place that carries no traffic, as CI would.
    func deploy(_ version: String) async throws -> DemoProcess {
        let backend = try await client.status(Self.rollout).idleBackend ?? Self.backends[0]
        await services[backend]?.daemon.stop()
        let service = try await rig.startDemoService(version: version, port: ports[backend], program: program)
        services[backend] = service
        try await mesh.deployed(version, backend, ports[backend] ?? 0)
        return service
    }

    /// The webhook that CI sends at the end of a build, signed.
    func announce(_ version: String) async throws {
        deliveries += 1
        guard let secret = WebhookSecret(Self.secret) else {
            preconditionFailure("the installation's secret is too short")
        }
        let message = WebhookMessage(
            timestamp: "\(Int(Date().timeIntervalSince1970))", delivery: "build-\(version)-\(deliveries)",
            rollout: Self.rollout, body: Array("{\"release\":\"\(version)\"}".utf8))
        let headers: HTTPHeaders = [
            "Content-Type": "application/json", "X-Headgate-Timestamp": message.timestamp,
            "X-Headgate-Delivery": message.delivery, "X-Headgate-Signature": message.signature(by: secret),
        ]
        let response = try await rig.http.send(
            HTTPRequest(
                .post, "\(serverURL)/v1/hooks/ci/\(Self.rollout)", headers: headers, body: message.body))
        guard response.isSuccess else {
            throw CommandError("the webhook was refused: \(String(decoding: response.body, as: UTF8.self))")
        }
    }

    /// A person at a terminal.
    nonisolated func type(_ words: [String]) async throws -> String {
        try await Command(program, folder).run(
            words + ["--server", serverURL, "--token-file", "\(folder)/token"])
    }

    /// Waits for a state of the rollout; `each` sees every look.
    nonisolated func wait(
        for what: String, within limit: Duration = .seconds(60), each: (RolloutStatus) -> Void = { _ in },
        until claim: (RolloutStatus) -> Bool
    ) async throws -> RolloutStatus {
        let deadline = ContinuousClock.now + limit
        while true {
            // Asked in vain while the server is restarting: then there is nothing to see.
            if let status = try? await client.status(Self.rollout) {
                each(status)
                if claim(status) { return status }
            }
            try Task.checkCancellation()
            guard ContinuousClock.now < deadline else {
                let seen = try? await client.status(Self.rollout)
                throw CommandError(
                    "waited \(limit.components.seconds) s for \(what); seen: \(seen.map { "\($0.phase.rawValue): \($0.message)" } ?? "no server"); "
                        + "the end of its log:\n\(server.log.tail())")
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    /// Announces v1 and waits until it is what everything rests on.
    func begin() async throws {
        _ = try await wait(for: "the manifest to be read") { _ in true }
        try await announce("v1")
        _ = try await wait(for: "v1 to be stable") {
            $0.stable?.release == "v1" && $0.routing?.isApplied == true
        }
    }
}

/// Runs this program for its output.
private struct Command {
    private let program: String
    private let folder: String

    init(_ program: String, _ folder: String) {
        self.program = program
        self.folder = folder
    }

    func run(_ arguments: [String]) async throws -> String {
        let log = "\(folder)/command-\(UUID().uuidString).log"
        let child = try await ChildProcess.start(.init(program, arguments, log: log))
        let ending = await child.waitForEnd()
        let text = LogFile(log).tail(bytesMax: 64 << 10)
        guard ending == .exited(code: 0) else {
            throw CommandError("headgate \(arguments.joined(separator: " ")) ended with \(ending): \(text)")
        }
        return text
    }
}
