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

    package init(
        _ write: ScaleWrite, _ settings: WorkloadSettings, _ instances: Instances,
        _ surroundings: Surroundings? = nil, now: Moment
    ) {
        self.write = write
        self.settings = settings
        self.instances = instances
        self.surroundings = surroundings
        self.now = now
    }

    package func progress() throws(WorkloadFailure) -> Progress {
        try checkFence()
        if creation != nil, needsDeployment, surroundings == nil { return .look }
        let ups = [creation].compactMap(\.self) + growth
        guard ups.isEmpty else { return .act(ups) }
        try checkPresence()
        if needsSurroundings, surroundings == nil { return .look }
        let moves = try pointing() + dressing + displacement
        guard moves.isEmpty else { return .act(moves) }
        try checkHealth()
        if let words = shortage ?? unreached { return .wait(words) }
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

    private var present: [(replicaSet: ReplicaSet, size: Int)] {
        wanted.compactMap { release, size in instances.replicaSet(of: release).map { ($0, size) } }
    }

    private var surplus: [ReplicaSet] {
        let kept = Set(present.map(\.replicaSet.name))
        return instances.replicaSets.values.filter { !kept.contains($0.name) && !$0.isDeleting }
            .sorted { ($0.revision, $0.name) < ($1.revision, $1.name) }
    }

    /// `web-5d9c 10 of 10, web-7f6b 2 of 2`
    var counts: String {
        present.map { "\($0.replicaSet.name) \($0.replicaSet.available) of \($0.size)" }
            .joined(separator: ", ")
    }

    private var needsDeployment: Bool {
        if case .deployment = settings.source { true } else { false }
    }

    /// Only when there is something that they could be pointed at, or could give way to.
    private var needsSurroundings: Bool {
        (!settings.services.isEmpty && present.contains { $0.replicaSet.has($0.size) })
            || (needsDeployment && present.contains { $0.replicaSet.available > 0 })
    }
}

// MARK: - The fence

extension ScalePlan {
    /// Nothing is written while a single ReplicaSet of the rollout bears a later mark, or somebody else's.
    private func checkFence() throws(WorkloadFailure) {
        for replicaSet in instances.replicaSets.values.sorted(by: { $0.name < $1.name }) {
            if let journal = replicaSet.journal, journal != write.journal {
                throw WorkloadFailure(
                    .foreign,
                    "ReplicaSet \(settings.namespace)/\(replicaSet.name) is run by journal \(journal); stop the "
                        + "controller that keeps it, or remove the annotation \(Mark.journal) to take over")
            }
            guard replicaSet.since <= write.since else {
                throw WorkloadFailure(
                    .foreign,
                    "ReplicaSet \(settings.namespace)/\(replicaSet.name) bears event \(replicaSet.since), which is "
                        + "later than \(write.since): another process writes for \(write.rollout)")
            }
        }
    }
}

// MARK: - Up

extension ScalePlan {
    private var creation: Deed? {
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
            if replicaSet.wanted < size { return .resize(replicaSet, to: size) }
            let isMarked = replicaSet.since == write.since && replicaSet.journal == write.journal
            return isMarked ? nil : .mark(replicaSet)
        }
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

// MARK: - Names

extension ScalePlan {
    private var allServices: [(service: ServiceName, release: String)] {
        settings.services.compactMap { service in
            let release =
                switch service.role {
                case .stable: write.roles.stable ?? write.roles.canary
                case .canary: write.roles.canary ?? write.roles.stable
                case .place(let place): write.roles.places[place]
                }
            return release.map { (service, $0) }
        }
    }

    /// Services that are to select another release, where all its instances are ready: before that its endpoints are
    /// fewer than the traffic needs.
    private func pointing() throws(WorkloadFailure) -> [Deed] {
        var deeds: [Deed] = []
        for (name, release) in allServices {
            guard let replicaSet = ready(release), let surroundings else { continue }
            guard let service = surroundings.services[name.name] else {
                throw WorkloadFailure(
                    .rejected,
                    "there is no Service \(settings.namespace)/\(name.name); create it, with the rollout's selector"
                )
            }
            if let other = service.claimedBy, other != settings.name {
                throw WorkloadFailure(
                    .foreign,
                    "Service \(settings.namespace)/\(name.name) is pointed by rollout \(other); give each a Service "
                        + "of its own, or remove the annotation \(Mark.service) if that one is gone")
            }
            guard let hash = replicaSet.hash, service.selector[settings.hashLabel] != hash else { continue }
            deeds.append(.point(service, at: replicaSet))
        }
        return deeds
    }

    private func ready(_ release: String) -> ReplicaSet? {
        guard let size = write.sizes[release], size > 0, let replicaSet = instances.replicaSet(of: release),
            replicaSet.has(size)
        else { return nil }
        return replicaSet
    }

    /// The Service that does not reach all pods of its release yet, or still reaches others.
    private var unreached: String? {
        for (name, release) in allServices {
            guard let replicaSet = ready(release), let service = surroundings?.services[name.name] else {
                continue
            }
            let pods = Set(instances.readyPods(of: replicaSet).map(\.name))
            let strangers = service.endpoints.subtracting(instances.pods(of: replicaSet).map(\.name))
            let reached = pods.intersection(service.endpoints).count
            if reached < pods.count {
                return "Service \(name.name) reaches \(reached) of \(pods.count) pods of \(replicaSet.name)"
            }
            if let stranger = strangers.min() {
                return
                    "Service \(name.name) still reaches pod \(stranger), which is not of \(replicaSet.name)"
            }
        }
        return nil
    }

    private var dressing: [Deed] {
        present.compactMap { replicaSet, _ in
            let metadata = self.metadata(of: replicaSet.release)
            return replicaSet.metadata ?? "" == metadata.text ? nil : .dress(replicaSet, metadata)
        }
    }

    /// What the role of a release puts on its pods.
    func metadata(of release: String) -> RoleMetadata {
        if release == write.roles.stable ?? write.roles.canary { return settings.stableMetadata }
        return release == write.roles.canary ? settings.canaryMetadata : RoleMetadata()
    }
}

// MARK: - Health

extension ScalePlan {
    private func checkHealth() throws(WorkloadFailure) {
        for (replicaSet, size) in present where !replicaSet.has(size) {
            if let refusal = replicaSet.refusal, replicaSet.existing < size {
                throw WorkloadFailure(.rejected, "\(count(replicaSet, size)); \(refusal)")
            }
            guard let (pod, trouble) = trouble(of: replicaSet) else { continue }
            throw WorkloadFailure(
                .failing, "\(count(replicaSet, size)); \(pod.name): \(trouble.sentence)")
        }
    }

    private func trouble(of replicaSet: ReplicaSet) -> (pod: Pod, trouble: PodTrouble)? {
        instances.pods(of: replicaSet).lazy.compactMap { pod in pod.trouble.map { (pod, $0) } }
            .first { $0.1.notBefore.map { $0 <= now } ?? true }
    }

    /// What is not there yet, in counts.
    var shortage: String? {
        let short = present.filter { !$0.replicaSet.has($0.size) }
        return short.isEmpty ? nil : short.map(count).joined(separator: ", ")
    }

    /// `web-7f6b: 2 of 5 ready`
    private func count(_ replicaSet: ReplicaSet, _ size: Int) -> String {
        "\(replicaSet.name): \(min(replicaSet.available, size)) of \(size) ready"
    }
}

// MARK: - Restart

extension ScalePlan {
    /// Pods from before the restart, as many at once as may be missing.
    private var restart: [Deed] {
        guard let restartAt = settings.restartAt, restartAt <= now else { return [] }
        let pods = present.flatMap { instances.pods(of: $0.replicaSet) }
        let ready = pods.count { $0.isReady && !$0.isDeleting }
        let total = present.reduce(0) { $0 + $1.size }
        let allowed = max(settings.maxUnavailable.instances(of: total, roundedUp: false), 1)
        let old = pods.filter { $0.created < restartAt && !$0.isDeleting }.sorted { $0.name < $1.name }
        return old.prefix(max(0, allowed - (total - ready))).map(Deed.evict)
    }

    private var olderPod: Pod? {
        guard let restartAt = settings.restartAt, restartAt <= now else { return nil }
        return present.lazy.flatMap { instances.pods(of: $0.replicaSet) }.first { $0.created < restartAt }
    }
}

// MARK: - Down

extension ScalePlan {
    /// All that is wanted is ready, and every name has moved.
    private var shrinking: [Deed] {
        present.filter { $0.replicaSet.wanted > $0.size }.map { .resize($0.replicaSet, to: $0.size) }
            + surplus.filter { $0.wanted > 0 }.map { .resize($0, to: 0) }
            + abandonment
    }

    /// The oldest first; never one that has, or is to have, instances, or that a name stands for.
    private var trimming: [Deed] {
        let roles = Set(
            [write.roles.stable, write.roles.canary].compactMap(\.self) + write.roles.places.values)
        let idle = surplus.filter { $0.wanted == 0 && $0.existing == 0 && !roles.contains($0.release) }
        return idle.dropLast(settings.revisionHistoryLimit).map(Deed.delete)
    }

    /// The Deployment loses its pods when the first release has all traffic.
    private var abandonment: [Deed] {
        guard case .deployment(_, .onsuccess) = settings.source, let deployment = surroundings?.deployment,
            let stable = write.roles.stable, ready(stable) != nil, deployment.replicas > 0
        else { return [] }
        return [.shrink(deployment, to: 0)]
    }

    /// The Deployment loses a pod for each that is ready here. Never the other way: its size is its owner's.
    private var displacement: [Deed] {
        guard case .deployment(_, .progressively) = settings.source,
            let deployment = surroundings?.deployment
        else { return [] }
        let available = present.reduce(0) { $0 + $1.replicaSet.available }
        let rest = max(0, write.target.replicas - available)
        return rest < deployment.replicas ? [.shrink(deployment, to: rest)] : []
    }
}
