import Foundation
import Journal
import Kubernetes
import Lab
import Server
import TestCluster
import Transport

@testable import headgate

/// A server as a process of its own, which runs a rollout's pods in an API server and moves their traffic by a
/// VirtualService between two Services. A commit to its manifest is all that anybody does.
struct PodServer: Sendable {
    let cluster: Cluster
    let daemon: Daemon
    let client: ServerClient
    private let folder: String

    static let rollout = "web"
    static let namespace = "shop"
    private static let virtualService = ObjectReference(.virtualService, rollout, in: namespace)

    /// The token that the server brings, where somebody asks for one.
    static let token = "the server's token"

    /// - Parameters:
    ///   - fates: what becomes of pods, by their image.
    ///   - jobsTake: how long a Job runs.
    ///   - kubernetes: more of that part of the configuration.
    ///   - prepare: what is done to the cluster before the server starts.
    static func run(
        _ fates: [String: PodKeeper.Fate] = [:], jobsTake: Duration = .zero, kubernetes: String = "",
        prepare: @escaping @Sendable (Cluster) throws -> Void = { _ in },
        _ body: @escaping @Sendable (PodServer) async throws -> Void
    ) async throws {
        try await withCluster(CustomKinds.istio, keeper: PodKeeper(fates: fates, jobsTake: jobsTake)) {
            cluster in
            try await withLab { rig in
                let server = try await PodServer(cluster, rig, kubernetes)
                try prepare(cluster)
                try await rig.start(server.daemon)
                try await body(server)
                // Before its API server goes.
                await server.daemon.stop()
            }
        }
    }

    private init(_ cluster: Cluster, _ rig: Rig, _ kubernetes: String) async throws {
        self.cluster = cluster
        folder = rig.folder
        let port = try FreePort.take()
        let url = "http://127.0.0.1:\(port)"
        try write(kubeconfig(cluster.url, Self.namespace), to: "\(folder)/kubeconfig.yaml")
        try write(configuration(port, kubernetes), to: "\(folder)/headgate.yaml")
        try FileManager.default.createDirectory(
            atPath: "\(folder)/rollouts", withIntermediateDirectories: true)
        let journal = try EventJournal.open(at: "\(folder)/journal.sqlite")
        let token = try await Tokens(journal: journal).issue(name: "test", role: .operator, by: "test")
        try journal.close()
        client = ServerClient(address: url, token: token, http: rig.http)
        daemon = Daemon(
            "headgate",
            .init(
                try theProgram(), ["serve", "--config", "\(folder)/headgate.yaml"],
                log: "\(folder)/headgate.log"),
            readyURL: "\(url)/readyz", http: rig.http)
        for name in Self.services { cluster.create(service(name), .service, in: Self.namespace) }
        cluster.create(split, .virtualService, in: Self.namespace)
    }

    static let services = ["web-stable", "web-canary"]

    /// As a commit to the repository would.
    func commit(_ image: String, steps: [String]) throws {
        try commit(image, strategy: canary(steps))
    }

    /// - Parameter strategy: as it stands below `strategy`.
    func commit(_ image: String, strategy: String, kind: String = "headgate.dev/v1alpha1") throws {
        try commit(manifest: manifest(pods(image), strategy, kind))
    }

    func commit(manifest: String) throws {
        try write(manifest, to: "\(folder)/rollouts/web.yaml")
    }

    /// Any other document.
    func commit(_ text: String, named name: String) throws {
        try write(text, to: "\(folder)/rollouts/\(name).yaml")
    }

    func wait(
        for what: String, until claim: @Sendable (RolloutStatus) -> Bool
    ) async throws -> RolloutStatus {
        let deadline = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < deadline {
            // Asked in vain while the server is restarting: then there is nothing to see.
            if let status = try? await client.status(Self.rollout), claim(status) { return status }
            try await Task.sleep(for: .milliseconds(20))
        }
        let seen = try? await client.status(Self.rollout)
        throw CommandError(
            "waited in vain for \(what); seen: \(seen?.message ?? "no server"); the end of its log:\n"
                + daemon.log.tail())
    }

    func wait(for what: String, until claim: @Sendable () -> Bool) async throws {
        _ = try await wait(for: what) { (_: RolloutStatus) in claim() }
    }
}

// MARK: - What is there

extension PodServer {
    /// The instances that are asked for, by image; what is to have none is left out.
    var sizes: [String: Int] {
        let sizes = cluster.objects(.replicaSet, in: Self.namespace).map { object in
            (
                object["spec"]["template"]["spec"]["containers"]?[0]?["image"]?.string ?? "",
                object["spec"]["replicas"]?.integer ?? 0
            )
        }
        return Dictionary(sizes.filter { $0.1 > 0 }) { $0 + $1 }
    }

    /// Percent by Service, as they are stored.
    var weights: [String: Int] {
        let items = cluster.object(Self.virtualService)?["spec"]["http"]?[0]?["route"]?.array ?? []
        let all = items.reduce(0) { $0 + ($1["weight"]?.integer ?? 0) }
        return Dictionary(
            items.map { item in
                let weight = item["weight"]?.integer ?? 0
                return (item["destination"]["host"]?.string ?? "", weight * 100 / max(all, 1))
            }
        ) { $1 }
    }

    /// The release that each Service selects.
    var selected: [String: String] {
        let services = cluster.objects(.service, in: Self.namespace)
        return Dictionary(
            services.compactMap { service in
                service["spec"]["selector"]["rollouts-pod-template-hash"]?.string.map {
                    (service["metadata"]["name"]?.string ?? "", $0)
                }
            }
        ) { $1 }
    }

    /// Ready pods that each Service reaches.
    var reached: [String: Int] {
        let slices = cluster.objects(.endpointSlice, in: Self.namespace)
        return Dictionary(
            slices.map { slice in
                let endpoints = slice["endpoints"]?.array ?? []
                return (
                    slice["metadata"]["labels"]["kubernetes.io/service-name"]?.string ?? "",
                    endpoints.count { $0["conditions"]["ready"] == true }
                )
            }
        ) { $0 + $1 }
    }
}

// MARK: - Documents

private func write(_ text: String, to path: String) throws {
    let url = URL(filePath: path)
    try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try text.write(to: url, atomically: true, encoding: .utf8)
}

private func service(_ name: String) -> JSON {
    ["metadata": ["name": JSON(name)], "spec": ["selector": ["app": "web"], "ports": [["port": 80]]]]
}

private let split: JSON = [
    "apiVersion": "networking.istio.io/v1", "kind": "VirtualService", "metadata": ["name": "web"],
    "spec": [
        "hosts": ["web"],
        "http": [
            [
                "name": "primary",
                "route": [
                    ["destination": ["host": "web-stable"], "weight": 100],
                    ["destination": ["host": "web-canary"], "weight": 0],
                ],
            ]
        ],
    ],
]

private func pods(_ image: String) -> String {
    """
      selector: {matchLabels: {app: web}}
      template:
        metadata: {labels: {app: web}}
        spec: {containers: [{name: app, image: "\(image)"}]}
    """
}

/// - Parameter pods: as it stands below `spec`, beside the replicas.
func manifest(_ pods: String, _ strategy: String, _ kind: String) -> String {
    """
    apiVersion: \(kind)
    kind: Rollout
    metadata: {name: web, namespace: shop}
    spec:
      replicas: 4
    \(pods)
      strategy:
    \(strategy.split(separator: "\n").map { "    \($0)" }.joined(separator: "\n"))

    """
}

private func canary(_ steps: [String]) -> String {
    """
    canary:
      stableService: web-stable
      canaryService: web-canary
      scaleDownDelay: 1s
      trafficRouting: {istio: {virtualService: {name: web, routes: [primary]}}}
      steps:
    \(steps.map { "  - \($0)" }.joined(separator: "\n"))
    """
}

private func configuration(_ port: UInt16, _ more: String) -> String {
    """
    apiVersion: headgate.dev/v1alpha1
    kind: Configuration
    listen: 127.0.0.1:\(port)
    journal: journal.sqlite
    manifests: [rollouts]
    kubernetes: {kubeconfig: kubeconfig.yaml, namespace: shop, runsPods: true, \(more)}
    istio: {settle: 100ms, proof: accepted}

    """
}

private func kubeconfig(_ url: String, _ namespace: String) -> String {
    """
    apiVersion: v1
    kind: Config
    current-context: lab
    contexts: [{name: lab, context: {cluster: lab, user: lab, namespace: \(namespace)}}]
    users: [{name: lab, user: {token: "\(PodServer.token)"}}]
    clusters: [{name: lab, cluster: {server: "\(url)"}}]

    """
}
