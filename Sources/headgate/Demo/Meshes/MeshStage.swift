import Foundation
import Kubernetes
import Lab
import TestCluster
import Transport

/// A mesh for an installation: an API server with the objects of a user, and a control plane that gives Envoy what they
/// say. Only Envoy and Prometheus are the real ones.
protocol MeshStage: Sendable {
    var cluster: Cluster { get }
    var mesh: InstallationMesh { get }
    var split: SplitObject { get }

    /// Keeps the mesh going until the task is cancelled.
    func run() async throws
}

/// The object that holds the split, and what is none of Headgate's business in it.
struct SplitObject: Sendable {
    let reference: ObjectReference
    /// As its owners wrote it.
    let original: JSON
    /// Changes each destination of the split.
    let edit: @Sendable (_ object: inout JSON, _ change: (inout JSON) -> Void) -> Void
    /// Which backend a destination is.
    let backend: @Sendable (JSON) -> String?
}

extension MeshStage {
    /// Keeps the mesh going for as long as the body runs.
    func during<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) async throws -> Value {
        try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask {
                try await run()
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

    /// As somebody in a hurry does it, with `kubectl edit`.
    func editWeights(_ stable: Int, _ canary: Int) {
        cluster.edit(split.reference, as: "kubectl-edit") { object in
            split.edit(&object) { item in
                let isCanary = split.backend(item) == Installation.backends[1]
                item["weight"] = JSON(isCanary ? canary : stable)
            }
        }
    }

    /// By backend, as they are stored.
    var weights: [String: Int] {
        var weights: [String: Int] = [:]
        var object = cluster.object(split.reference) ?? [:]
        split.edit(&object) { item in
            if let name = split.backend(item) { weights[name] = item["weight"]?.integer ?? 0 }
        }
        return weights
    }

    /// Of what is stored.
    func share(of backend: String) -> Double {
        let weights = weights
        return Double(weights[backend] ?? 0) / Double(max(weights.values.reduce(0, +), 1))
    }

    func claimForeignIsUntouched() -> DemoClaim {
        let found = cluster.object(split.reference).map { $0.withoutOurs(split) }
        return DemoClaim(
            "the rest of the \(split.reference.kind.kind) is as its owners wrote it",
            holds: found == split.original.withoutOurs(split))
    }
}

extension JSON {
    /// Without Headgate's annotations and the weights of the split, and without what the API server adds.
    fileprivate func withoutOurs(_ split: SplitObject) -> JSON {
        var object: JSON = ["spec": self["spec"] ?? .null]
        object["labels"] = self["metadata"]["labels"]
        let annotations = self["metadata"]["annotations"]?.object ?? [:]
        object["annotations"] = .object(annotations.filter { !$0.key.hasPrefix("headgate.dev/") })
        split.edit(&object) { $0["weight"] = nil }
        return object
    }

    /// Each item of a list, where there is one.
    mutating func edit(_ key: String, _ change: (inout JSON) -> Void) {
        guard let items = self[key]?.array else { return }
        self[key] = .array(
            items.map { item in
                var item = item
                change(&item)
                return item
            })
    }
}

/// Runs an installation whose traffic Headgate moves by objects in an API server, with v1 as its stable release.
func withMesh<Stage: MeshStage, Value: Sendable>(
    _ kinds: Set<CustomKinds>, in rig: Rig, program: String, manifest: String,
    _ stage: @escaping @Sendable (Cluster) throws -> Stage,
    _ body: @escaping @Sendable (Installation, Stage) async throws -> Value
) async throws -> Value {
    try await onCluster(kinds) { cluster in
        try kubeconfig(cluster.url).write(
            toFile: "\(rig.folder)/kubeconfig.yaml", atomically: true, encoding: .utf8)
        let stage = try stage(cluster)
        return try await stage.during {
            let installation = try await Installation.set(
                in: rig, program: program, manifest: manifest, mesh: stage.mesh)
            try await installation.begin()
            let value = try await body(installation, stage)
            // Before its API server goes.
            await installation.server.stop()
            return value
        }
    }
}

/// Where the objects of a demo are.
let demoNamespace = "shop"

private func kubeconfig(_ url: String) -> String {
    """
    apiVersion: v1
    kind: Config
    current-context: lab
    contexts: [{name: lab, context: {cluster: lab, namespace: \(demoNamespace)}}]
    clusters: [{name: lab, cluster: {server: "\(url)"}}]

    """
}
