import Analysis
import Engine
import Foundation
import Journal
import Kubernetes
import Logging
import Rollouts
import Sampling
import TestCluster
import TestServer
import Testing
import Traffic
import Transport

@testable import Resources

/// A control loop that follows the Rollouts of a cluster, and moves traffic by its VirtualServices.
struct Stage: Sendable {
    let place: Place
    let loop: ControlLoop

    /// A namespace that nobody else has.
    struct Place: Sendable {
        let server: APIServer
        let namespace: String

        /// Of the server that the suite runs beside, where none is named.
        static func make(on server: APIServer? = .shared) async throws -> Place {
            let server = try #require(server, "the suite needs the trait .apiServer")
            return Place(server: server, namespace: try await server.makeNamespace())
        }
    }

    /// Runs the parts beside the body; a second one on the same journal goes on where the first stopped.
    static func run(
        in place: Place, _ groups: [ResourceGroup] = [.argo], journal path: String,
        asking store: (any HTTPSender)? = nil,
        log: Logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
        _ body: @Sendable (Stage) async throws -> Void
    ) async throws {
        let client = place.server.client()
        var istio = IstioSettings(namespace: "elsewhere")
        istio.settle = .milliseconds(20)
        let router = IstioRouter(istio, api: client, sender: place.server.http)
        let settings = ResourceSettings(groups: groups, namespaces: [place.namespace])
        let journal = try EventJournal.open(at: path)
        let clock = SteadyClock(notBefore: try await journal.lastMoment() ?? Moment(microseconds: 0))
        let loop = ControlLoop(
            journal: journal,
            ports: Ports(
                routers: [router], providers: providers(asking: store),
                secrets: ClusterSecrets(client, namespace: "elsewhere"),
                jobs: [ClusterJobs(client, namespace: "elsewhere")]), clock: clock, log: log)
        try await loop.recover()
        let watcher = ResourceWatcher(settings, api: client, loop: loop, log: log)
        await watcher.readAhead()
        let running = Task { await loop.run() }
        let watching = Task { await watcher.run() }
        let outcome: Result<Void, any Error>
        do { outcome = .success(try await body(Stage(place: place, loop: loop))) } catch {
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

extension Stage {
    static let shop = "shop"

    /// On the double, in the namespace `shop`.
    static func run(
        on cluster: Cluster, journal path: String, asking store: (any HTTPSender)? = nil,
        log: Logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
        _ body: @Sendable (Stage) async throws -> Void
    ) async throws {
        let http = CurlClient()
        let place = Place(server: APIServer(cluster, http), namespace: shop)
        try await run(in: place, journal: path, asking: store, log: log, body)
        await http.shutdown()
    }

    private static func providers(asking store: (any HTTPSender)?) -> [any MetricProvider] {
        let settings = PrometheusSettings(address: "http://prometheus.example")
        return store.map { [PrometheusProvider(settings, sender: $0)] } ?? []
    }

    /// With the VirtualService and the Rollout of `web`, whose first release is the stable one.
    static func withRest(
        _ rollout: JSON = Stage.rollout(), in place: Place, _ body: @Sendable (Stage) async throws -> Void
    ) async throws {
        try await withJournal { path in try await withRest(rollout, in: place, journal: path, body) }
    }

    static func withRest(
        _ rollout: JSON = Stage.rollout(), in place: Place, journal path: String,
        _ body: @Sendable (Stage) async throws -> Void
    ) async throws {
        try await place.server.create(virtualService(), .virtualService, in: place.namespace)
        try await run(in: place, journal: path) { stage in
            try await stage.applyRollout(rollout)
            #expect(try await stage.until { try await stage.status["phase"] != nil })
            try await stage.start("v1")
            #expect(try await stage.untilPhase("Healthy"))
            try await body(stage)
        }
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
    var server: APIServer { place.server }
    var namespace: String { place.namespace }
    var name: RolloutName { RolloutName("web.\(namespace)") }
    var web: ObjectReference { place.web }
    var route: ObjectReference { ObjectReference(.virtualService, "web", in: namespace) }

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

    func applyRollout(_ object: JSON = rollout()) async throws {
        try await server.create(object, ResourceGroup.argo.rollouts, in: namespace)
    }

    func start(_ release: String) async throws {
        _ = try await loop.submit(.start(release: release), to: name, by: "ci")
    }

    /// As `kubectl argo rollouts` does it.
    func patchStatus(_ change: (inout JSON) -> Void) async throws { try await place.patchStatus(change) }
}

extension Stage.Place {
    var web: ObjectReference { ObjectReference(ResourceGroup.argo.rollouts, "web", in: namespace) }

    func patchStatus(_ change: (inout JSON) -> Void) async throws {
        try await server.edit(web, "status", as: "kubectl-argo-rollouts") { object in
            var status = object["status"] ?? [:]
            change(&status)
            object["status"] = status
        }
    }
}

// MARK: - Waiting

extension Stage {
    var status: JSON {
        get async throws { try await server.object(web)?["status"] ?? [:] }
    }

    func condition(_ type: String) async throws -> JSON? {
        (try await status["conditions"]?.array ?? []).first { $0["type"]?.string == type }
    }

    /// Whether the claim comes true within some seconds.
    func until(_ claim: () async throws -> Bool) async throws -> Bool {
        for _ in 0..<1_000 {
            if try await claim() { return true }
            try await Task.sleep(for: .milliseconds(10))
        }
        return false
    }

    func untilPhase(_ phase: String) async throws -> Bool {
        try await until { try await status["phase"]?.string == phase }
    }

    /// Of the Events in the namespace.
    var reasons: Set<String> {
        get async throws {
            Set(try await server.objects(.event, in: namespace).compactMap { $0["reason"]?.string })
        }
    }

    /// In percent, however they are spelled.
    var weights: [Int] {
        get async throws {
            let routes = try await server.object(route)?["spec"]["http"][0]["route"]?.array ?? []
            let weights = routes.map { $0["weight"]?.integer ?? 0 }
            let sum = weights.reduce(0, +)
            return sum == 0 ? weights : weights.map { $0 * 100 / sum }
        }
    }
}
