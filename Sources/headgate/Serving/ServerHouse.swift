import Analysis
import Engine
import Foundation
import Gates
import Intake
import Journal
import Kubernetes
import Lab
import Logging
import Resources
import Rollouts
import Sampling
import Server
import Signing
import Traffic
import Transport
import Workloads

/// The server's parts, put together.
struct ServerHouse {
    private let journal: EventJournal
    private let loop: ControlLoop
    private let watcher: ManifestWatcher
    /// None where no resources are read.
    private let resources: ResourceWatcher?
    /// None where none is configured.
    private let consul: ConsulRouter?
    private let hook: CIHook
    private let readiness = Readiness()
    private let address: APIServer.Address
    private let log = Logger(label: "headgate")
    /// For the writes that are on their way when the server is told to stop.
    private static let drain = Duration.seconds(10)
    /// The same, when another process is going to lead: after that it may write.
    private static let farewell = Duration.seconds(1)

    /// - Parameters:
    ///   - cluster: none where the configuration names none.
    ///   - epoch: the leader's number; none where there is no election.
    init(
        _ configuration: ServerConfiguration, _ http: CurlClient, _ cluster: KubernetesClient?,
        epoch: Int? = nil
    ) async throws {
        address = configuration.address
        journal = try EventJournal.open(at: configuration.journal)
        let clock = SteadyClock(notBefore: try await journal.lastMoment() ?? Moment(microseconds: 0))
        let routers = try Self.routers(configuration, http, cluster, epoch)
        consul = routers.lazy.compactMap { $0 as? ConsulRouter }.first
        loop = ControlLoop(
            journal: journal, ports: try Self.ports(configuration, http, cluster, routers, epoch),
            clock: clock,
            log: log)
        watcher = ManifestWatcher(
            paths: configuration.manifests, runsPods: configuration.kubernetes?.runsPods ?? false, loop: loop,
            log: log)
        resources = cluster.flatMap { [loop, log] cluster in
            configuration.kubernetes?.resources.map {
                ResourceWatcher($0, api: cluster, loop: loop, log: log)
            }
        }
        hook = CIHook(loop: loop, journal: journal, secrets: try configuration.webhookSecrets())
    }

    private static func ports(
        _ configuration: ServerConfiguration, _ http: CurlClient, _ cluster: KubernetesClient?,
        _ routers: [any TrafficRouter], _ epoch: Int?
    ) throws -> Ports {
        let gateSecrets = try configuration.gateSecretFiles.mapValues {
            try secret(inFile: $0, "gates.secretFiles")
        }
        let secrets = cluster.map {
            ClusterSecrets($0, namespace: configuration.kubernetes?.namespace ?? "default")
        }
        return Ports(
            routers: routers,
            providers: StoreKinds.providers(configuration.stores, sender: http, secrets: secrets)
                + [ExecProvider(configuration.exec)],
            gates: HTTPGateKeeper(secrets: gateSecrets, sender: http, now: { .wall }),
            workloads: cluster.map {
                [KubernetesWorkloads($0, epoch: epoch, log: Logger(label: "workloads"))]
            } ?? [],
            secrets: secrets,
            jobs: cluster.map { configuration.jobs(in: $0) } ?? [])
    }

    private static func routers(
        _ configuration: ServerConfiguration, _ http: CurlClient, _ cluster: KubernetesClient?, _ epoch: Int?
    ) throws -> [any TrafficRouter] {
        let envoy = try configuration.envoy.map { try EnvoyRouter($0, sender: http) }
        let consul = configuration.consul.map {
            ConsulRouter($0, sender: http, cluster: cluster, epoch: { epoch })
        }
        let plain: [(any TrafficRouter)?] = [envoy, consul]
        guard let cluster else { return plain.compactMap(\.self) }
        let istio = configuration.istio.map {
            IstioRouter($0, api: cluster, sender: http, epoch: { epoch })
        }
        let gateway = configuration.gatewayAPI.map {
            GatewayRouter($0, api: cluster, sender: http, epoch: { epoch })
        }
        let linkerd = configuration.linkerd.map {
            GatewayRouter.linkerd($0, api: cluster, sender: http, epoch: { epoch })
        }
        let meshes: [(any TrafficRouter)?] = [istio, gateway, linkerd]
        return (plain + meshes).compactMap(\.self)
    }

    /// Why the house is closed.
    enum Ending: Hashable, Sendable {
        case interrupted
        /// Another process is going to lead.
        case deposed(String)
    }

    /// Runs until `isOver` returns, or until a part of it can't go on.
    @discardableResult
    func run(
        until isOver: @escaping @Sendable () async -> Ending = Self.interruption
    ) async throws -> Ending {
        let server = APIServer(
            APIServer.House(
                loop: loop, journal: journal, tokens: Tokens(journal: journal), hook: hook,
                manifests: watcher,
                readiness: readiness, version: headgateVersion),
            at: address, log: Logger(label: "http")
        ) { port in log.notice("listening on \(address.host):\(port)") }
        let ending = try await withThrowingTaskGroup(of: Part.self) { group in
            group.addTask { try await self.work() }
            group.addTask { try await self.serve(server) }
            group.addTask { .ending(await isOver()) }
            var last = try await group.next()
            let ending = last?.ending ?? .interrupted
            await readiness.raise("the server is stopping")
            await loop.stop(within: ending == .interrupted ? Self.drain : Self.farewell)
            await server.stop()
            while let part = last, part != .http { last = try await group.next() }
            group.cancelAll()
            try await group.waitForAll()
            return ending
        }
        try journal.close()
        log.notice("stopped")
        return ending
    }

    /// Which part of the server ended.
    private enum Part: Hashable {
        case engine, http
        case ending(Ending)

        var ending: Ending? {
            if case .ending(let ending) = self { ending } else { nil }
        }
    }

    private func work() async throws -> Part {
        try await loop.recover()
        giveBackFreedMemory()
        let count = await loop.names.count
        log.notice("\(count) rollouts in the journal")
        await watcher.readAhead()
        await resources?.readAhead()
        // Ends with the scope, should Consul not have answered by then.
        async let findings: Void = tellFindings()
        await withTaskGroup { group in
            group.addTask { await self.loop.run() }
            group.addTask { await self.watcher.run() }
            if let resources { group.addTask { await resources.run() } }
            await readiness.lift()
            await group.next()
            group.cancelAll()
        }
        _ = await findings
        return .engine
    }

    /// What is going to be in a rollout's way in Consul, before there is a release to be held up by it.
    private func tellFindings() async {
        guard let consul else { return }
        for name in await loop.names {
            guard let target = await loop.rollout(name)?.declaration?.traffic, target.router == consul.kind
            else { continue }
            do throws(RouteFailure) {
                for finding in try await consul.findings(of: target) {
                    log.warning("\(name): \(finding.sentence)")
                }
            } catch {
                log.warning("\(name): Consul could not be looked at: \(error.message)")
            }
        }
    }

    private func serve(_ server: APIServer) async throws -> Part {
        try await server.run()
        return .http
    }

    @Sendable private static func interruption() async -> Ending {
        await waitForInterrupt()
        return .interrupted
    }
}

/// Returns with the first SIGTERM or SIGINT, or when the task is cancelled.
func waitForInterrupt() async {
    _ = try? await cancelledByInterrupt { try await Task.sleep(for: .seconds(1 << 40)) }
}

extension ServerConfiguration {
    var address: APIServer.Address { .init(host: listen.host, port: listen.port) }

    fileprivate func jobs(in cluster: KubernetesClient) -> [any JobRunner] {
        let namespaces = kubernetes?.resources?.namespaces
        return [
            ClusterJobs(cluster, namespace: kubernetes?.namespace ?? "default", namespaces: namespaces),
            KubernetesExperiments(cluster, namespaces: namespaces),
        ]
    }

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
