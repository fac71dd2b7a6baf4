import Analysis
import ArgumentParser
import Engine
import Foundation
import Gates
import Intake
import Journal
import Kubernetes
import Lab
import Logging
import Manifests
import Sampling
import Server
import Signing
import Traffic
import Transport

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the controller.",
        discussion: """
            SIGTERM ends it in bounded time: no more wishes are taken, and the writes that are on their way to the
            mesh arrive first. What is left goes on at the next start.

            Example: headgate serve --config /etc/headgate/headgate.yaml
            """)

    @Option(help: "The configuration; see deploy/headgate.yaml.") var config: String

    func run() async throws {
        let configuration = try ServerConfiguration.read(config)
        let level = Logger.Level(rawValue: configuration.logLevel) ?? .info
        LoggingSystem.bootstrap { label in
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = label == "headgate" ? level : max(level, .warning)
            return handler
        }
        let house = try await ServerHouse(configuration)
        try await house.run(at: configuration.listen)
    }
}

/// The server's parts, put together.
struct ServerHouse {
    private let journal: EventJournal
    private let loop: ControlLoop
    private let watcher: ManifestWatcher
    private let hook: CIHook
    private let readiness = Readiness()
    private let log = Logger(label: "headgate")
    /// For the writes that are on their way when the server is told to stop.
    private static let drain = Duration.seconds(10)

    init(_ configuration: ServerConfiguration) async throws {
        journal = try EventJournal.open(at: configuration.journal)
        let clock = SteadyClock(notBefore: try await journal.lastMoment() ?? Moment(microseconds: 0))
        loop = ControlLoop(journal: journal, ports: try Self.ports(configuration), clock: clock, log: log)
        watcher = ManifestWatcher(paths: configuration.manifests, loop: loop, log: log)
        hook = CIHook(loop: loop, journal: journal, secrets: try configuration.webhookSecrets())
    }

    private static func ports(_ configuration: ServerConfiguration) throws -> Ports {
        let http = CurlClient()
        let secrets = try configuration.gateSecretFiles.mapValues {
            try secret(inFile: $0, "gates.secretFiles")
        }
        return Ports(
            routers: try routers(configuration, http),
            providers: configuration.prometheus.map { [PrometheusProvider($0, sender: http)] } ?? [],
            gates: HTTPGateKeeper(secrets: secrets, sender: http, now: { .wall }))
    }

    private static func routers(
        _ configuration: ServerConfiguration, _ http: CurlClient
    ) throws -> [any TrafficRouter] {
        let envoy = try configuration.envoy.map { try EnvoyRouter($0, sender: http) }
        let cluster = try configuration.kubernetes.map { configuration in
            KubernetesClient(
                try configuration.access(), sender: http, settings: configuration.settings,
                log: Logger(label: "kubernetes"))
        }
        let istio = cluster.flatMap { cluster in
            configuration.istio.map { IstioRouter($0, api: cluster, sender: http) }
        }
        let all: [(any TrafficRouter)?] = [envoy, istio]
        return all.compactMap(\.self)
    }

    /// Runs until SIGTERM or SIGINT, or until a part of it can't go on.
    func run(at address: ListenAddress) async throws {
        let server = APIServer(
            APIServer.House(
                loop: loop, journal: journal, tokens: Tokens(journal: journal), hook: hook,
                manifests: watcher,
                readiness: readiness, version: headgateVersion),
            at: .init(host: address.host, port: address.port), log: Logger(label: "http")
        ) { port in log.notice("listening on \(address.host):\(port)") }
        try await withThrowingTaskGroup(of: Part.self) { group in
            group.addTask { try await self.work() }
            group.addTask { try await self.serve(server) }
            group.addTask { await self.waitForEnd() }
            var last = try await group.next()
            await readiness.raise("the server is stopping")
            await loop.stop(within: Self.drain)
            await server.stop()
            while let part = last, part != .http { last = try await group.next() }
            group.cancelAll()
            try await group.waitForAll()
        }
        try journal.close()
        log.notice("stopped")
    }

    /// Which part of the server ended.
    private enum Part { case engine, http, signal }

    private func work() async throws -> Part {
        try await loop.recover()
        giveBackFreedMemory()
        let count = await loop.names.count
        log.notice("\(count) rollouts in the journal")
        await watcher.readAhead()
        await withTaskGroup { group in
            group.addTask { await self.loop.run() }
            group.addTask { await self.watcher.run() }
            await readiness.lift()
            await group.next()
            group.cancelAll()
        }
        return .engine
    }

    private func serve(_ server: APIServer) async throws -> Part {
        try await server.run()
        return .http
    }

    /// Ends with the first signal, or with the task.
    private func waitForEnd() async -> Part {
        _ = try? await cancelledByInterrupt { try await Task.sleep(for: .seconds(1 << 40)) }
        return .signal
    }
}

extension ServerConfiguration {
    fileprivate func webhookSecrets() throws -> [WebhookSecret] {
        try webhookSecretFiles.map { try secret(inFile: $0, "webhooks.secretFiles") }
    }
}

private func secret(inFile path: String, _ field: String) throws -> WebhookSecret {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
        throw CommandError("\(field): can't read \(path)")
    }
    guard let secret = WebhookSecret(text.trimmingCharacters(in: .whitespacesAndNewlines)) else {
        throw CommandError("\(path): a secret has at least \(WebhookSecret.bytesMin) characters")
    }
    return secret
}
