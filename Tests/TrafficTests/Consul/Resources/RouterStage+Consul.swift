import Foundation
import Kubernetes
import Rollouts
import TestCluster
import Transport

@testable import Traffic

extension RouterStage {
    /// Consul by the custom resources of consul-k8s, with no Consul to look at. Rules are in another object there, and
    /// have tests of their own.
    static let consulResources = RouterStage(
        name: "Consul by custom resources", reference: webSplitter,
        object: splitterObject(["web-a": 100, "web-b": 0]),
        target: TrafficTarget(
            router: "consul", backends: Backends(a: "web-a", b: "web-b"),
            settings: ConsulTarget(
                service: "web", failsOver: false,
                counts: BackendCounts(
                    metric: "requests_total", label: "version", values: ["web-a", "web-b"]),
                customResources: true
            ).settings
                .merging(["namespace": "shop"]) { first, _ in first }),
        split: "/spec/splits", takesRules: false, status: synced(at: "2026-11-25T10:00:00Z"), quantum: 100,
        makesObject: true
    ) { api, means in
        resourceRouter(api, means) { try await speak(of: .splitter, by: api) }
    }
}

/// With no Consul to look at; something happens whenever it waits.
func resourceRouter(
    _ api: any KubernetesAPI, _ means: RouterMeans = RouterMeans(),
    meanwhile: @escaping @Sendable () async throws -> Void
) -> ConsulRouter {
    ConsulRouter(
        ConsulSettings(address: nil, level: means.level, prometheus: means.prometheus),
        sender: means.sender, cluster: api,
        sleep: { _ in try await meanwhile() })
}

/// What consul-k8s does while the router waits: it says that Consul took the entries.
func speak(
    of kind: EntryName.Kind, _ status: JSON = synced(at: Date().formatted(.iso8601)),
    by api: any KubernetesAPI
) async throws {
    for object in try await api.list(ObjectQuery(kind.resource, in: nil), .ordinary).items {
        let home = ObjectReference(kind.resource, object.name, in: object["metadata"]["namespace"]?.string)
        let order = ObjectWrite(
            home, .merge(["status": status]), manager: "consul-k8s", subresource: "status")
        _ = try await api.write(order, .ordinary)
    }
}

/// Subsets by filters, protocol and failover: all four objects are the rollout's business.
func resourceTarget(
    on cluster: WitnessedCluster, _ change: (inout ConsulTarget) -> Void = { _ in }
) throws -> TrafficTarget {
    var target = try consulTarget { consul in
        consul.customResources = true
        change(&consul)
    }
    target.settings["namespace"] = "shop"
    cluster.server.ensureNamespace("shop")
    return target
}

extension WitnessedCluster {
    /// What was written, without what consul-k8s says.
    var written: [String] { writes.filter { $0.subresource == nil }.map(\.object.kind.kind) }
}

let staff = send("staff", RequestMatch(headers: [FieldMatch(name: "x-staff", value: .exact("1"))]))

let webSplitter = EntryName.Kind.splitter.inShop

extension EntryName.Kind {
    var inShop: ObjectReference { ObjectReference(resource, "web", in: "shop") }
}

/// As a person writes it.
func splitterObject(_ weights: KeyValuePairs<String, Int>) -> JSON {
    [
        "apiVersion": "consul.hashicorp.com/v1alpha1", "kind": "ServiceSplitter",
        "metadata": ["name": "web", "namespace": "shop", "labels": ["team": "shop"]],
        "spec": [
            "splits": .array(weights.map { ["weight": JSON($0.value), "serviceSubset": .string($0.key)] })
        ],
    ]
}

/// As consul-k8s writes it when Consul took the entry.
func synced(at time: String) -> JSON {
    [
        "conditions": [["type": "Synced", "status": "True", "lastTransitionTime": .string(time)]],
        "lastSyncedTime": .string(time),
    ]
}

/// And when it did not.
func unsynced(_ message: String, reason: String = "ConsulAgentError", at time: String) -> JSON {
    [
        "conditions": [
            [
                "type": "Synced", "status": "False", "reason": .string(reason), "message": .string(message),
                "lastTransitionTime": .string(time),
            ]
        ]
    ]
}
