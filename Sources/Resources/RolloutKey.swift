import Kubernetes
import Manifests
import Rollouts

/// A Rollout of the cluster: which group's, and where.
struct RolloutKey: Hashable, Sendable, Comparable {
    let group: ResourceGroup
    let namespace: String
    let name: String

    /// `checkout.shop`: a namespace has no dot in it, so that two rollouts never share one.
    var rollout: RolloutName { RolloutName("\(name).\(namespace)") }

    /// Where its declaration stands: `cluster:shop/rollouts.headgate.dev/checkout`
    var source: String { "\(ClusterSource.prefix)\(namespace)/rollouts.\(group.rawValue)/\(name)" }

    var reference: ObjectReference { ObjectReference(group.rollouts, name, in: namespace) }

    init(group: ResourceGroup, namespace: String, name: String) {
        self.group = group
        self.namespace = namespace
        self.name = name
    }

    /// None for a source that is no Rollout of a cluster.
    init?(source: String) {
        guard ClusterSource.isOne(source) else { return nil }
        let parts = source.dropFirst(ClusterSource.prefix.count)
            .split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 3, let dot = parts[1].firstIndex(of: "."),
            let group = ResourceGroup(rawValue: String(parts[1][parts[1].index(after: dot)...]))
        else { return nil }
        self.init(group: group, namespace: String(parts[0]), name: String(parts[2]))
    }

    static func < (left: RolloutKey, right: RolloutKey) -> Bool { left.source < right.source }
}
