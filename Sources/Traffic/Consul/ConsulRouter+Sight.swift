import Engine
import Kubernetes
import Rollouts
import Transport

extension ConsulRouter {
    /// The entries of a target as they are now, where they are written: in the custom resources that consul-k8s makes
    /// them from, if it does. What it made, it would write over.
    func sight(
        of rollout: RolloutName, _ traffic: TrafficTarget, _ urgency: Urgency, isLook: Bool = false
    ) async throws(RouteFailure) -> ConsulSight {
        var target = try ConsulTarget(traffic)
        let home = traffic.namespace ?? settings.namespace
        if try await isKnownToBeResourced(target) {
            // Writes ask Consul nothing, and what takes traffic back must not wait for it.
            if isLook { try await checkEdition(target.scope) }
            target.home = home
            return try await read(target, traffic.backends, of: rollout, urgency, isLook)
        }
        try await checkEdition(target.scope)
        let sight = try await read(target, traffic.backends, of: rollout, urgency, isLook)
        guard cluster != nil, target.customResources == nil, sight.entries.contains(where: \.isOfKubernetes)
        else { return sight }
        await watch.forget(rollout)
        await resourced.insert(target)
        target.home = home
        return try await read(target, traffic.backends, of: rollout, urgency, isLook)
    }

    func store(
        for target: ConsulTarget, _ rollout: RolloutName?, _ urgency: Urgency
    ) -> any EntryStore {
        guard target.home != nil, let cluster, let drift else {
            return ConfigEntries(api: api, watch: watch, rollout: rollout)
        }
        return EntryResources(api: cluster, drift: drift, rollout: rollout, urgency: urgency)
    }

    /// Asks nobody, so that nothing is in the way of taking traffic back.
    private func isKnownToBeResourced(_ target: ConsulTarget) async throws(RouteFailure) -> Bool {
        guard cluster != nil else {
            guard target.customResources != true else {
                throw declined(
                    "customResources: the server knows no cluster where they would be; add `kubernetes` to its "
                        + "configuration")
            }
            return false
        }
        if let said = target.customResources { return said }
        guard settings.address != nil else { return true }
        return await resourced.contains(target)
    }

    private func read(
        _ target: ConsulTarget, _ backends: Backends, of rollout: RolloutName, _ urgency: Urgency,
        _ isLook: Bool
    ) async throws(RouteFailure) -> ConsulSight {
        let store = store(for: target, isLook ? nil : rollout, urgency)
        var defaults: ConsulEntry?
        if target.proto != nil { defaults = try await store.read(target.entry(.defaults)) }
        return ConsulSight(
            target: target, backends: backends, rollout: rollout,
            splitter: try await store.read(target.entry(.splitter)),
            resolver: try await store.read(target.entry(.resolver)),
            router: try await store.read(target.entry(.router)), defaults: defaults)
    }

    /// Old Consuls overlook a partition that they don't know, and would write into the only one there is.
    private func checkEdition(_ scope: ConsulScope) async throws(RouteFailure) {
        guard !scope.isDefault, settings.address != nil else { return }
        let version: String?
        do throws(ConsulError) {
            version = try await api.version()
        } catch {
            throw RouteFailure(error)
        }
        guard version?.contains("+ent") != true else { return }
        throw RouteFailure(
            .rejected,
            "namespaces and partitions are things of Consul Enterprise, and this Consul says it is "
                + "\(version ?? "nothing to this token"); leave them out, or let the token ask "
                + "(agent_prefix \"\" { policy = \"read\" })")
    }
}
