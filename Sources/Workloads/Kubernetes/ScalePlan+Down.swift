import Engine
import Rollouts

extension ScalePlan {
    /// All that is wanted is ready, and every name has moved.
    var shrinking: [Deed] {
        present.filter { $0.replicaSet.wanted > $0.size }.map { .resize($0.replicaSet, to: $0.size) }
            + surplus.filter { $0.wanted > 0 }.map { .resize($0, to: 0) }
            + abandonment
    }

    /// The oldest first; never one that has, or is to have, instances, or that a name stands for.
    var trimming: [Deed] {
        let roles = Set(
            [write.roles.stable, write.roles.canary].compactMap(\.self) + write.roles.places.values)
        let idle = surplus.filter { $0.wanted == 0 && !roles.contains($0.release) }
        return idle.dropLast(settings.revisionHistoryLimit).filter { $0.isObserved && $0.existing == 0 }
            .map(Deed.delete)
    }

    /// The Deployment loses its pods when the first release has all traffic.
    private var abandonment: [Deed] {
        guard case .deployment(_, .onsuccess) = settings.source, let deployment = surroundings?.deployment,
            let stable = write.roles.stable, ready(stable) != nil, deployment.replicas > 0
        else { return [] }
        return [.shrink(deployment, to: 0)]
    }

    /// The Deployment loses a pod for each that is ready here. Never the other way: its size is its owner's.
    var displacement: [Deed] {
        guard case .deployment(_, .progressively) = settings.source,
            let deployment = surroundings?.deployment
        else { return [] }
        let available = present.reduce(0) { $0 + $1.replicaSet.available }
        let rest = max(0, write.target.replicas - available)
        return rest < deployment.replicas ? [.shrink(deployment, to: rest)] : []
    }
}
