import Engine
import Kubernetes
import Logging
import Rollouts
import Transport

extension ScaleWork {
    /// In their order. What is to be waited for before the next look; none when everything was done at once. A lost
    /// race, and a budget that lets no pod go, are no failures.
    func carryOut(_ deeds: [Deed], by plan: ScalePlan) async throws(WorkloadFailure) -> String? {
        do throws(KubernetesError) {
            var awaited: String?
            for deed in deeds {
                if let words = try await carryOut(deed, plan) { awaited = words }
            }
            return awaited
        } catch {
            throw WorkloadFailure(error)
        }
    }

    private func carryOut(_ deed: Deed, _ plan: ScalePlan) async throws(KubernetesError) -> String? {
        do throws(KubernetesError) {
            return try await attempt(deed, plan)
        } catch {
            guard error.kind == .stale || deed.isPatient && error.isTransient else { throw error }
            workloads.log.debug("\(write.rollout): \(error.message); it is looked at again")
            return error.message
        }
    }

    /// What can't be seen at once, in words.
    private func attempt(_ deed: Deed, _ plan: ScalePlan) async throws(KubernetesError) -> String? {
        switch deed {
        case .create(let size, let revision): try await create(plan, size, revision)
        case .resize(let replicaSet, let size):
            try await learn(.marks(on: replicaSet, plan.fence.marks, size: size))
        case .mark(let replicaSet): try await learn(.marks(on: replicaSet, plan.fence.marks))
        case .dress(let replicaSet, let metadata): try await dress(replicaSet, metadata)
        case .point(let service, let replicaSet):
            _ = try await api.write(
                .pointing(service, at: replicaSet.hash ?? "", settings, plan.fence), urgency)
        case .evict(let pod):
            try await unlessGone(.eviction(of: pod))
            return "pod \(pod.name) is older than the restart, and is being replaced"
        case .delete(let replicaSet):
            try await unlessGone(.deletion(of: replicaSet))
            await watch.forget(replicaSet)
        case .shrink(let deployment, let size):
            _ = try await api.write(.size(size, of: deployment, in: settings.namespace), urgency)
        }
        return nil
    }

    private func learn(_ write: ObjectWrite) async throws(KubernetesError) {
        await watch.learn(try await api.write(write, urgency))
    }

    private func unlessGone(_ write: ObjectWrite) async throws(KubernetesError) {
        do throws(KubernetesError) {
            _ = try await api.write(write, urgency)
        } catch {
            guard error.kind == .missing else { throw error }
        }
    }
}

extension Deed {
    /// A disruption budget says no for a while.
    fileprivate var isPatient: Bool {
        if case .evict = self { true } else { false }
    }
}

// MARK: - A new ReplicaSet

extension ScaleWork {
    /// A name that another template has taken is given up for another one, as a Deployment does.
    private func create(
        _ plan: ScalePlan, _ size: Int, _ revision: Int
    ) async throws(KubernetesError) {
        for collisions in 0..<5 {
            guard
                let document = ReplicaSetDocument(
                    plan, size: size, revision: revision, collisions: collisions)
            else {
                throw KubernetesError(
                    .invalid,
                    "\(write.rollout): the Deployment that workloadRef names is not in \(settings.namespace), and "
                        + "release \(write.target.release) was to be made from it")
            }
            if try await create(document) { return }
        }
        throw KubernetesError(
            .invalid, "\(write.rollout): five ReplicaSets of other templates have the names of this one")
    }

    /// Whether the name is ours now. It may be since before a crash.
    private func create(_ document: ReplicaSetDocument) async throws(KubernetesError) -> Bool {
        do throws(KubernetesError) {
            try await learn(.creation(document, in: settings.namespace))
            return true
        } catch {
            guard error.kind == .exists else { throw error }
        }
        let reference = ObjectReference(.replicaSet, document.name, in: settings.namespace)
        let object = try await api.read(reference, urgency)
        guard let replicaSet = ReplicaSet(object), replicaSet.filed == settings.name,
            replicaSet.digest == document.hash.digest, replicaSet.release == write.target.release
        else { return false }
        await watch.learn(object)
        return true
    }
}

// MARK: - The metadata of a role

extension ScaleWork {
    /// The template first, so that no pod is made without; then the pods that there are; and when all have it, the
    /// ReplicaSet says so.
    private func dress(_ replicaSet: ReplicaSet, _ metadata: RoleMetadata) async throws(KubernetesError) {
        let former = RoleMetadata(parsing: replicaSet.metadata ?? "")
        let patch = metadata.patch(replacing: former)
        let object = try await api.write(.templateMetadata(of: replicaSet, patch), urgency)
        let labels = "\(Mark.rollout)=\(settings.name),\(settings.hashLabel)=\(replicaSet.hash ?? "")"
        let pods = try await api.list(
            ObjectQuery(.pod, in: settings.namespace, labels: labels), urgency)
        for pod in pods.items where !metadata.isWorn(by: pod, insteadOf: former) {
            let name = pod["metadata"]["name"]?.string ?? ""
            try await unlessGone(.metadata(ofPod: name, in: settings.namespace, patch))
        }
        guard let patched = ReplicaSet(object) else { return }
        try await learn(.marks(on: patched, [Mark.metadata: metadata.text]))
    }
}
