import Analysis
import Engine
import Foundation
import Journal
import Kubernetes
import Logging
import Rollouts
import TestCluster
import Traffic
import Transport

@testable import Resources

/// A control loop that follows the Rollouts of a cluster, and moves traffic by its VirtualServices.
struct Stage: Sendable {
    let cluster: Cluster
    let loop: ControlLoop
    static let namespace = "shop"

    /// Runs the parts beside the body; a second one on the same journal goes on where the first stopped.
    static func run(
        on cluster: Cluster, _ settings: ResourceSettings = ResourceSettings(groups: [.argo]),
        journal path: String, _ body: @Sendable (Stage) async throws -> Void
    ) async throws {
        let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let http = CurlClient()
        let client = KubernetesClient(ClusterAccess(server: cluster.url), sender: http, log: log)
        var istio = IstioSettings(namespace: "elsewhere")
        istio.settle = .milliseconds(20)
        let router = IstioRouter(istio, api: client, sender: http)
        let journal = try EventJournal.open(at: path)
        let clock = SteadyClock(notBefore: try await journal.lastMoment() ?? Moment(microseconds: 0))
        let loop = ControlLoop(
            journal: journal, ports: Ports(routers: [router], providers: []), clock: clock, log: log)
        try await loop.recover()
        let watcher = ResourceWatcher(settings, api: client, loop: loop, log: log)
        let running = Task { await loop.run() }
        let watching = Task { await watcher.run() }
        let outcome: Result<Void, any Error>
        do { outcome = .success(try await body(Stage(cluster: cluster, loop: loop))) } catch {
            outcome = .failure(error)
        }
        watching.cancel()
        await watching.value
        await loop.stop(within: .seconds(1))
        await running.value
        await router.close()
        try journal.close()
        try outcome.get()
    }
}

/// A file in a folder of its own that goes with the body.
func withJournal(_ body: (String) async throws -> Void) async throws {
    let folder = NSTemporaryDirectory() + "resources-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let outcome: Result<Void, any Error>
    do { outcome = .success(try await body(folder + "/journal.sqlite")) } catch { outcome = .failure(error) }
    try FileManager.default.removeItem(atPath: folder)
    try outcome.get()
}

// MARK: - Objects

extension Stage {
    static let web = ObjectReference(ResourceGroup.argo.rollouts, "web", in: namespace)
    static let route = ObjectReference(.virtualService, "web", in: namespace)
    static let template = ObjectReference(ResourceGroup.argo.templates, "errors", in: namespace)

    static func virtualService(_ name: String = "web") -> JSON {
        let routes: JSON = [
            ["destination": ["host": "web-a"], "weight": 100],
            ["destination": ["host": "web-b"], "weight": 0],
        ]
        return [
            "apiVersion": "networking.istio.io/v1", "kind": "VirtualService",
            "metadata": ["name": JSON(name)],
            "spec": ["hosts": [JSON(name)], "http": [["name": "primary", "route": routes]]],
        ]
    }

    /// As a user of Argo Rollouts has it.
    static func rollout(_ name: String = "web", steps: JSON = [["setWeight": 20], ["pause": [:]]]) -> JSON {
        let canary: JSON = [
            "stableService": "web-a", "canaryService": "web-b", "steps": steps,
            "trafficRouting": ["istio": ["virtualService": ["name": JSON(name), "routes": ["primary"]]]],
        ]
        let template: JSON = [
            "metadata": ["labels": ["app": "web"]],
            "spec": ["containers": [["name": "app", "image": "web:1"]]],
        ]
        return [
            "apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "metadata": ["name": JSON(name)],
            "spec": [
                "replicas": 2, "selector": ["matchLabels": ["app": "web"]], "template": template,
                "strategy": ["canary": canary],
            ],
        ]
    }

    func applyRollout(_ object: JSON = rollout()) {
        cluster.create(object, ResourceGroup.argo.rollouts, in: Self.namespace)
    }

    func start(_ release: String) async throws {
        _ = try await loop.submit(.start(release: release), to: RolloutName("web.shop"), by: "ci")
    }

    /// As `kubectl argo rollouts` does it.
    func patchStatus(_ change: (inout JSON) -> Void) {
        cluster.edit(Self.web, "status", as: "kubectl-argo-rollouts") { object in
            var status = object["status"] ?? [:]
            change(&status)
            object["status"] = status
        }
    }
}

// MARK: - Waiting

extension Stage {
    var status: JSON { cluster.object(Self.web)?["status"] ?? [:] }

    func condition(_ type: String) -> JSON? {
        (status["conditions"]?.array ?? []).first { $0["type"]?.string == type }
    }

    /// Whether the claim comes true within some seconds.
    func until(_ claim: () async -> Bool) async -> Bool {
        for _ in 0..<1_000 {
            if await claim() { return true }
            // Cancelled means that the test is over.
            guard (try? await Task.sleep(for: .milliseconds(10))) != nil else { return false }
        }
        return false
    }

    func untilPhase(_ phase: String) async -> Bool {
        await until { status["phase"]?.string == phase }
    }

    /// In percent, however they are spelled.
    var weights: [Int] {
        let routes = cluster.object(Self.route)?["spec"]["http"][0]["route"]?.array ?? []
        let weights = routes.map { $0["weight"]?.integer ?? 0 }
        let sum = weights.reduce(0, +)
        return sum == 0 ? weights : weights.map { $0 * 100 / sum }
    }
}
