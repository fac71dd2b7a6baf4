import Analysis
import Engine
import Kubernetes
import Logging
import Rollouts
import TestCluster
import Testing
import Transport

@testable import Workloads

/// Experiments staged in an API server.
@Suite(.timeLimit(.minutes(1))) struct KubernetesExperimentsTests {
    private func open(
        fates: [String: PodKeeper.Fate] = [:],
        _ body: @escaping @Sendable (Cluster, KubernetesExperiments) async throws -> Void
    ) async throws {
        try await withCluster(keeper: PodKeeper(fates: fates)) { cluster in
            cluster.create(Self.stable, .replicaSet, in: "shop")
            try await body(cluster, KubernetesExperiments(client(of: cluster)))
        }
    }

    private func client(of cluster: Cluster) -> KubernetesClient {
        KubernetesClient(
            ClusterAccess(server: cluster.url), sender: CurlClient(),
            log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    /// The ReplicaSet of the stable release `r1`, as the controller makes it.
    private static let stable: JSON = [
        "metadata": [
            "name": "web-r1", "labels": ["headgate.dev/rollout": "web", "rollouts-pod-template-hash": "r1"],
            "annotations": ["headgate.dev/release": "r1"],
        ],
        "spec": [
            "replicas": 1,
            "selector": ["matchLabels": ["app": "web", "rollouts-pod-template-hash": "r1"]],
            "template": [
                "metadata": [
                    "labels": [
                        "app": "web", "headgate.dev/rollout": "web", "rollouts-pod-template-hash": "r1",
                    ]
                ], "spec": ["containers": [["name": "app", "image": "web:1"]]],
            ],
        ],
    ]

    private func order(successful: Int = 0, flight: UInt64 = 7, journal: String = "j") -> JobOrder {
        let text = """
            {"canary": "r2", "variants": [
              {"name": "baseline", "release": "r1", "replicas": 2, "hash": "r2-baseline"},
              {"name": "canary", "release": "r2", "replicas": 1, "hash": "r2-canary", "labels": {"role": "try"}}]}
            """
        let settings = """
            {"name": "web", "namespace": "shop", "selector": {"app": "web"},
             "template": {"spec": {"containers": [{"name": "app", "image": "web:2"}]}}}
            """
        return JobOrder(
            rollout: RolloutName("web"), journal: journal,
            measurement: MeasureOrder(
                run: RunID(flight: flight, kind: .step(0)), metric: 0, name: "experiment", number: successful,
                query: Query(provider: "experiment", address: "shop", text: text), successful: successful,
                notBefore: Moment(microseconds: 0)),
            workload: WorkloadTarget(
                controller: "kubernetes", release: "r2", replicas: 4, settings: ["kubernetes": settings]))
    }

    private func names(_ cluster: Cluster) -> Set<String> {
        Set(cluster.objects(.replicaSet, in: "shop").compactMap { $0["metadata"]["name"]?.string })
    }

    @Test func releasesRunBesideTheRolloutsOwn() async throws {
        try await open { cluster, experiments in
            #expect(
                await experiments.run(order())
                    == .ended(.passed, message: "baseline 2 of 2 ready, canary 1 of 1 ready"))
            #expect(names(cluster) == ["web-r1", "web-r2-baseline", "web-r2-canary"])
            let reference = ObjectReference(.replicaSet, "web-r2-baseline", in: "shop")
            let baseline = try #require(cluster.object(reference))
            let template = baseline["spec"]["template"]
            #expect(template["spec"]["containers"]?[0]?["image"] == "web:1")
            #expect(template["metadata"]["labels"]["rollouts-pod-template-hash"] == "r2-baseline")
            // Whoever sizes releases would take it away.
            #expect(template["metadata"]["labels"]["headgate.dev/rollout"] == nil)
            let canary = cluster.object(ObjectReference(.replicaSet, "web-r2-canary", in: "shop"))
            #expect(canary?["spec"]["template"]["spec"]["containers"]?[0]?["image"] == "web:2")
            #expect(canary?["spec"]["template"]["metadata"]["labels"]["role"] == "try")
            try await experiments.end(order())
            #expect(names(cluster) == ["web-r1"])
        }
    }

    /// As after a crash: what is there is found, and nothing is made twice.
    @Test func whoAsksAgainFindsWhatIsStaged() async throws {
        try await open { cluster, experiments in
            _ = await experiments.run(order())
            let before = cluster.objects(.replicaSet, in: "shop").map { $0["metadata"]["uid"]?.string }
            let again = Task { await KubernetesExperiments(client(of: cluster)).run(order(successful: 1)) }
            try await Task.sleep(for: .milliseconds(200))
            again.cancel()
            guard case .failure = await again.value else {
                Issue.record("it should last until it is called off")
                return
            }
            #expect(cluster.objects(.replicaSet, in: "shop").map { $0["metadata"]["uid"]?.string } == before)
        }
    }

    @Test func podsThatDoNotStartAreAFailure() async throws {
        try await open(fates: ["web:2": .imagePullBackOff]) { _, experiments in
            guard case .ended(.failed, let message) = await experiments.run(order()) else {
                Issue.record("did not fail")
                return
            }
            #expect(
                message.contains("canary 0 of 1 ready") && message.contains("ImagePullBackOff"), "\(message)")
        }
    }

    @Test func whatAnEarlierExperimentLeftMakesRoom() async throws {
        try await open { cluster, experiments in
            _ = await experiments.run(order(flight: 3))
            guard case .ended(.passed, _) = await experiments.run(order(flight: 7)) else {
                Issue.record("did not pass")
                return
            }
            let canary = cluster.object(ObjectReference(.replicaSet, "web-r2-canary", in: "shop"))
            #expect(canary?["metadata"]["annotations"]["headgate.dev/experiment"] == "j/web/7/step-0")
        }
    }

    @Test func whatIsSomebodyElsesIsLeftAlone() async throws {
        try await open { cluster, experiments in
            _ = await experiments.run(order(journal: "another"))
            guard case .failure(let failure) = await experiments.run(order()) else {
                Issue.record("did not fail")
                return
            }
            #expect(failure.kind == .refused && failure.message.contains("remove it"))
        }
    }

    @Test func aReleaseWithoutAReplicaSetIsNamed() async throws {
        try await open { cluster, experiments in
            cluster.delete(ObjectReference(.replicaSet, "web-r1", in: "shop"))
            guard case .failure(let failure) = await experiments.run(order()) else {
                Issue.record("did not fail")
                return
            }
            #expect(failure.message == "release r1 has no ReplicaSet to make baseline from")
        }
    }

    @Test func whatIsLeftBehindIsSweptAway() async throws {
        try await open { cluster, experiments in
            _ = await experiments.run(order())
            try await experiments.sweep("j") { [order(successful: 1)] }
            #expect(names(cluster).count == 3)
            try await experiments.sweep("another") { [] }
            #expect(names(cluster).count == 3)
            try await experiments.sweep("j") { [] }
            #expect(names(cluster) == ["web-r1"])
        }
    }
}
