import Engine
import Rollouts

extension ScalePlan {
    var allServices: [(service: ServiceName, release: String)] {
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
    func pointing() throws(WorkloadFailure) -> [Deed] {
        var deeds: [Deed] = []
        for (name, release) in allServices {
            guard let replicaSet = ready(release) ?? refuge(release), let surroundings else { continue }
            guard let service = surroundings.services[name.name] else {
                throw WorkloadFailure(
                    .rejected,
                    "there is no Service \(settings.namespace)/\(name.name); create it, with the rollout's selector"
                )
            }
            try checkFence(service)
            // Marked by every order, so that the late write of an older one finds another version.
            let isMarked = fence.isBorne(by: service.mark) && service.claimedBy != nil
            guard let hash = replicaSet.hash, !isMarked || service.selector[settings.hashLabel] != hash else {
                continue
            }
            deeds.append(.point(service, at: replicaSet))
        }
        return deeds
    }

    /// `; Service web-active selects web-7f6b`: where the names are what moves the traffic.
    var pointers: String {
        guard write.target.division == .names else { return "" }
        return allServices.compactMap { service, release in
            ready(release).map { "; Service \(service.name) selects \($0.name)" }
        }.joined()
    }

    /// Taking traffic back waits for no instance that is missing: a few good ones are better than what was found bad.
    private func refuge(_ release: String) -> ReplicaSet? {
        guard write.isRollback, release == write.roles.stable else { return nil }
        return instances.replicaSet(of: release).flatMap { $0.available > 0 ? $0 : nil }
    }

    func checkFence(_ service: ServiceSight) throws(WorkloadFailure) {
        if let other = service.claimedBy, other != settings.name {
            throw WorkloadFailure(
                .foreign,
                "Service \(settings.namespace)/\(service.name) is pointed by rollout \(other); give each a Service "
                    + "of its own, or remove the annotation \(Mark.service) if that one is gone")
        }
        try fence.check(service.mark, on: "Service \(settings.namespace)/\(service.name)")
    }

    func ready(_ release: String) -> ReplicaSet? {
        guard let size = write.sizes[release], size > 0, let replicaSet = instances.replicaSet(of: release),
            replicaSet.has(size)
        else { return nil }
        return replicaSet
    }

    /// The Service that does not reach all pods of its release yet, or still reaches others.
    var unreached: String? {
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

    var dressing: [Deed] {
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
