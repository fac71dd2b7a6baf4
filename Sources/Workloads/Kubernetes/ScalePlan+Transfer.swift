import Engine
import Rollouts

// Where no mesh divides the traffic, the number of instances does: they come and go together, within what may be too
// much and what may be missing, so that the shares are never far from what they were or are to be.

extension ScalePlan {
    var isDivided: Bool {
        if case .instances = write.target.division { true } else { false }
    }

    /// The next sizes, up and down at once; and the order's mark on the rest of what is wanted.
    var transfer: [Deed] {
        let olds = present.map { (replicaSet: $0.replicaSet, goal: $0.size) }
        // The release that the manifest describes may be the one that comes; the others are wanted longer.
        let wanted = olds.sorted { !isNew($0.replicaSet) && isNew($1.replicaSet) }
        let rest = surplus.filter { $0.wanted > 0 }.map { (replicaSet: $0, goal: 0) }
        let sides = (wanted + rest).map { replicaSet, goal in
            TransferSide(size: replicaSet.wanted, available: replicaSet.available, goal: goal)
        }
        let fresh = creation.map { _ in TransferSide(size: 0, available: 0, goal: newSize) }
        let sizes = nextSizes(
            Array(sides.prefix(wanted.count)) + [fresh].compactMap(\.self)
                + sides.dropFirst(wanted.count),
            replicas: write.target.replicas,
            maxSurge: settings.maxSurge.instances(of: write.target.replicas, roundedUp: true),
            maxUnavailable: settings.maxUnavailable.instances(of: write.target.replicas, roundedUp: false)
        )
        return deeds(wanted.map(\.replicaSet), sizes.prefix(wanted.count), areWanted: true)
            + creations(sizes.dropFirst(wanted.count).first)
            + deeds(rest.map(\.replicaSet), sizes.suffix(rest.count), areWanted: false)
    }

    /// Services that stand for one of the releases are not what divides the traffic, and somebody may rely on them all
    /// the same: each moves when the release that takes it over has as many instances as the one that it leaves, before
    /// that loses its last. Taking traffic back does not wait for it.
    func handover() throws(WorkloadFailure) -> Progress? {
        guard isDivided, !settings.services.isEmpty, !write.isRollback,
            present.contains(where: { $0.replicaSet.available > 0 })
        else { return nil }
        guard let surroundings else { return .look }
        var deeds: [Deed] = []
        for (name, release) in allServices {
            guard let service = surroundings.services[name.name],
                let next = instances.replicaSet(of: release),
                let former = instances.replicaSet(selectedBy: service, settings), former.release != release,
                next.available > 0, next.available >= former.available
            else { continue }
            try checkFence(service)
            deeds.append(.point(service, at: next))
        }
        return deeds.isEmpty ? nil : .act(deeds)
    }

    /// What is to be gone and still gets its share.
    var lingering: String? {
        guard isDivided else { return nil }
        let goals = Dictionary(present.map { ($0.replicaSet.name, $0.size) }) { $1 }
        let late = instances.replicaSets.values.filter { $0.existing > goals[$0.name] ?? 0 }
        return late.min { $0.name < $1.name }.map {
            "\($0.name): \($0.existing) instances are still there instead of \(goals[$0.name] ?? 0)"
        }
    }

    private func isNew(_ replicaSet: ReplicaSet) -> Bool {
        replicaSet.release == write.target.release
    }

    private var newSize: Int { write.sizes[write.target.release] ?? 0 }

    private func creations(_ size: Int?) -> [Deed] {
        guard case .create(_, let revision) = creation, let size else { return [] }
        return [.create(size: size, revision: revision)]
    }

    private func deeds(
        _ replicaSets: [ReplicaSet], _ sizes: ArraySlice<Int>, areWanted: Bool
    ) -> [Deed] {
        zip(replicaSets, sizes).compactMap { replicaSet, size in
            if replicaSet.wanted != size { return .resize(replicaSet, to: size) }
            return areWanted ? marking(of: replicaSet) : nil
        }
    }
}
