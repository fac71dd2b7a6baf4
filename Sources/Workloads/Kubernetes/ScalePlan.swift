package import Analysis
package import Engine
package import Rollouts

/// What is to be done next for one order, as far as can be seen. Pure.
///
/// The order of things is what makes it safe: instances first, then names, then what is not needed any more. Each
/// look does all that can be done at that stage, so that a crash anywhere is followed by the same looks again.
package struct ScalePlan: Sendable {
    package let write: ScaleWrite
    package let settings: WorkloadSettings
    package let instances: Instances
    /// None while it was not read.
    package let surroundings: Surroundings?
    package let now: Moment
    let fence: ScaleFence

    /// - Parameter epoch: the leader's number; none where there is no election.
    package init(
        _ write: ScaleWrite, _ settings: WorkloadSettings, _ instances: Instances,
        _ surroundings: Surroundings? = nil, now: Moment, epoch: Int? = nil
    ) {
        self.write = write
        self.settings = settings
        self.instances = instances
        self.surroundings = surroundings
        self.now = now
        fence = ScaleFence(write: write, epoch: epoch)
    }

    package func progress() throws(WorkloadFailure) -> Progress {
        try checkFence()
        if creation != nil, needsDeployment, surroundings == nil { return .look }
        if let next = try handover() { return next }
        let ups = isDivided ? transfer : [creation].compactMap(\.self) + growth
        guard ups.isEmpty else { return .act(ups) }
        try checkPresence()
        if needsSurroundings, surroundings == nil { return .look }
        let moves = try pointing() + dressing + displacement
        guard moves.isEmpty else { return .act(moves) }
        try checkHealth()
        if let words = shortage ?? unreached ?? lingering { return .wait(words) }
        let evictions = restart
        guard evictions.isEmpty else { return .act(evictions) }
        if let old = olderPod { return .wait("pod \(old.name) is older than the restart") }
        let downs = shrinking + trimming
        guard downs.isEmpty else { return .act(downs) }
        return .done(counts)
    }
}

// MARK: - What is there

extension ScalePlan {
    /// By name of the release: those that are to have instances.
    var wanted: [(release: String, size: Int)] {
        write.sizes.filter { $0.value > 0 }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    var present: [(replicaSet: ReplicaSet, size: Int)] {
        wanted.compactMap { release, size in instances.replicaSet(of: release).map { ($0, size) } }
    }

    var surplus: [ReplicaSet] {
        let kept = Set(present.map(\.replicaSet.name))
        return instances.replicaSets.values.filter { !kept.contains($0.name) && !$0.isDeleting }
            .sorted { ($0.revision, $0.name) < ($1.revision, $1.name) }
    }

    /// `web-5d9c 10 of 10, web-7f6b 2 of 2`
    var counts: String {
        let all = present.reduce(0) { $0 + $1.size }
        return present.map { replicaSet, size -> String in
            // Where their number divides the traffic, this is the share that is truly there.
            let share = isDivided ? " (\((size * 100 + all / 2) / max(all, 1))%)" : ""
            return "\(replicaSet.name) \(replicaSet.available) of \(size)\(share)"
        }.joined(separator: ", ") + pointers
    }

    private var needsDeployment: Bool {
        if case .deployment = settings.source { true } else { false }
    }

    /// Only when there is something that they could be pointed at, or could give way to.
    private var needsSurroundings: Bool {
        (!settings.services.isEmpty && present.contains { $0.replicaSet.has($0.size) || write.isRollback })
            || (needsDeployment && present.contains { $0.replicaSet.available > 0 })
    }
}

// MARK: - The fence

extension ScalePlan {
    /// Nothing is written while a single ReplicaSet of the rollout bears a later mark, a later leader's, or somebody else's.
    private func checkFence() throws(WorkloadFailure) {
        for replicaSet in instances.replicaSets.values.sorted(by: { $0.name < $1.name }) {
            try fence.check(replicaSet.mark, on: "ReplicaSet \(settings.namespace)/\(replicaSet.name)")
        }
    }
}

// MARK: - Up

extension ScalePlan {
    var creation: Deed? {
        let release = write.target.release
        guard let size = write.sizes[release], size > 0, instances.replicaSet(of: release) == nil else {
            return nil
        }
        let latest = instances.replicaSets.values.map(\.revision).max() ?? 0
        return .create(size: size, revision: latest + 1)
    }

    /// What is to have more; and every other that is wanted bears the order's mark, so that an older order finds it.
    private var growth: [Deed] {
        present.compactMap { replicaSet, size in
            replicaSet.wanted < size ? .resize(replicaSet, to: size) : marking(of: replicaSet)
        }
    }

    func marking(of replicaSet: ReplicaSet) -> Deed? {
        fence.isBorne(by: replicaSet.mark) ? nil : .mark(replicaSet)
    }

    private func checkPresence() throws(WorkloadFailure) {
        let gone = wanted.map(\.release).filter { instances.replicaSet(of: $0) == nil }
        guard let release = gone.first else { return }
        throw WorkloadFailure(
            .missing,
            "the ReplicaSet of release \(release) is gone, and it can't be made again: the manifest describes "
                + "\(write.target.release); put \(release) back into the manifest, or announce another release"
        )
    }
}
