import Foundation
import Kubernetes
import Lab
import TestCluster
import Transport

@testable import headgate

/// What the controller of consul-k8s does, as far as a test needs it: custom resources become entries of a real Consul,
/// and their status says what Consul answered. It shares no line with what it is to prove.
struct ConsulK8s: Sendable {
    let cluster: Cluster
    let consul: String
    let http: any HTTPSender

    static let kinds = ["ServiceDefaults", "ServiceResolver", "ServiceRouter", "ServiceSplitter"].map {
        name in
        ResourceKind(
            "consul.hashicorp.com", "v1alpha1", name,
            plural: name.lowercased() + (name.hasSuffix("s") ? "" : "s"))
    }

    /// Until the task is cancelled.
    func run() async {
        var made: [ObjectReference: JSON] = [:]
        while !Task.isCancelled {
            for kind in Self.kinds { await reconcile(kind, &made) }
            try? await Task.sleep(for: .milliseconds(50))
        }
    }

    private func reconcile(_ kind: ResourceKind, _ made: inout [ObjectReference: JSON]) async {
        var present: Set<ObjectReference> = []
        for object in cluster.objects(kind, in: demoNamespace) {
            let home = ObjectReference(kind, object["metadata"]["name"]?.string ?? "", in: demoNamespace)
            present.insert(home)
            guard made[home] != object["spec"], let words = await make(home, object) else { continue }
            if words.isEmpty { made[home] = object["spec"] }
            tell(home, words, of: object)
        }
        for gone in made.keys.filter({ $0.kind == kind && !present.contains($0) }) {
            _ = try? await http.send(
                HTTPRequest(.delete, "\(consul)/v1/config/\(Self.kind(of: gone))/\(gone.name)"))
            made[gone] = nil
        }
    }

    /// What Consul said against it; empty where it took it. None while there is no Consul.
    private func make(_ home: ObjectReference, _ object: JSON) async -> String? {
        var entry = Self.entry(object["spec"] ?? [:])
        entry["Kind"] = .string(Self.kind(of: home))
        entry["Name"] = .string(home.name)
        entry["Meta"] = ["external-source": "kubernetes", "consul.hashicorp.com/source-datacenter": "dc1"]
        guard let response = try? await http.send(HTTPRequest(.put, "\(consul)/v1/config", body: entry.bytes))
        else {
            return nil
        }
        let text = String(decoding: response.body, as: UTF8.self)
        return response.isSuccess ? "" : "Unexpected response code: \(response.status) (\(text))"
    }

    /// Of the version that was read: a later one is looked at anew.
    private func tell(_ home: ObjectReference, _ words: String, of object: JSON) {
        let time = JSON(Date().formatted(.iso8601))
        var condition: JSON = [
            "type": "Synced", "status": words.isEmpty ? "True" : "False", "lastTransitionTime": time,
        ]
        if !words.isEmpty { (condition["reason"], condition["message"]) = ("ConsulAgentError", JSON(words)) }
        cluster.edit(home, "status", as: "consul-k8s") { present in
            guard present["metadata"]["resourceVersion"] == object["metadata"]["resourceVersion"] else {
                return
            }
            present["status"] = ["conditions": [condition]]
            if words.isEmpty { present["status"]?["lastSyncedTime"] = time }
        }
    }

    /// `ServiceSplitter` → `service-splitter`
    private static func kind(of home: ObjectReference) -> String {
        "service-" + home.kind.kind.dropFirst("Service".count).lowercased()
    }

    /// The keys of subsets, failovers and headers are names; the others are fields.
    private static func entry(_ spec: JSON, areNames: Bool = false) -> JSON {
        switch spec {
        case .array(let items): .array(items.map { entry($0) })
        case .object(let members):
            .object(
                Dictionary(
                    uniqueKeysWithValues: members.map { key, value in
                        let field = key == "http" ? "HTTP" : key.prefix(1).uppercased() + key.dropFirst()
                        let holdsNames = ["subsets", "failover", "add", "set"].contains(key) && !areNames
                        return (areNames ? key : field, entry(value, areNames: holdsNames))
                    }))
        default: spec
        }
    }
}

/// A Consul whose entries are made from custom resources, for an installation.
struct ConsulK8sStage: MeshStage {
    let cluster: Cluster
    let mesh: InstallationMesh
    let split: SplitObject
    let consul: ConsulStage
    private let controller: ConsulK8s

    /// A person has said what the protocol is, and nothing else.
    init(_ cluster: Cluster, _ consul: ConsulStage, _ http: any HTTPSender) {
        self.cluster = cluster
        self.consul = consul
        controller = ConsulK8s(cluster: cluster, consul: consul.consul.url, http: http)
        mesh = InstallationMesh(
            adminPort: consul.mesh.adminPort, prometheusPort: consul.mesh.prometheusPort,
            target: consul.mesh.target,
            configuration: consul.mesh.configuration
                + "\nkubernetes: {kubeconfig: kubeconfig.yaml, namespace: \(demoNamespace)}",
            otherClusters: consul.mesh.otherClusters, deployed: consul.mesh.deployed)
        split = SplitObject(
            reference: ObjectReference(ConsulK8s.kinds[3], Installation.rollout, in: demoNamespace),
            original: [:],
            edit: { object, change in object["spec"]?.edit("splits", change) },
            backend: { $0["serviceSubset"]?.string })
        cluster.create(
            ["metadata": ["name": JSON(Installation.rollout)], "spec": ["protocol": "http"]],
            ConsulK8s.kinds[0],
            in: demoNamespace)
    }

    func run() async throws {
        await withDiscardingTaskGroup { group in
            group.addTask { await consul.follower.run() }
            group.addTask { await controller.run() }
        }
    }
}
