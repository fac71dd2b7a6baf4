package import Engine
package import Kubernetes
package import Rollouts
package import Transport

/// Moves traffic between the subsets of a service by Consul's config entries, or by the custom resources that consul-k8s
/// makes such entries from.
///
/// *Accepted* is a write that Consul's servers took; how far *applied* goes is the level of the settings, and the
/// evidence says how far it went: Consul keeps no account of what its proxies have.
///
/// What a cancelled write may still bring about is seen by the watch: a service-router that comes late bears a number
/// that the split no longer has.
package final class ConsulRouter: TrafficRouter {
    package let kind = "consul"
    let settings: ConsulSettings
    let api: ConsulAPI
    /// Where custom resources are; none where none can be written.
    let cluster: (any KubernetesAPI)?
    let pace: Pace
    let watch: EntryWatch
    let drift: DriftWatch?
    let resourced = ResourcedTargets()
    /// The leader's number; none where there is no election.
    private let epoch: @Sendable () -> Int?

    package init(
        _ settings: ConsulSettings, sender: any HTTPSender, cluster: (any KubernetesAPI)? = nil,
        epoch: @escaping @Sendable () -> Int? = { nil },
        sleep: @escaping Sleep = { try await Task.sleep(for: $0) }
    ) {
        self.settings = settings
        self.epoch = epoch
        self.cluster = cluster
        api = ConsulAPI(settings: settings, sender: sender)
        pace = Pace(pauses: settings.pauses, sleep: sleep)
        watch = EntryWatch(api, sleep: sleep)
        drift = cluster.map(DriftWatch.init)
    }

    package func backend(of target: TrafficTarget) -> String {
        settings.address.map { "consul \($0)" } ?? "consul"
    }

    package func write(_ write: RouteWrite) async throws(RouteFailure) -> RouteReceipt {
        await watch.begin(write.rollout)
        await drift?.begin(write.rollout)
        do throws(RouteFailure) {
            let receipt = try await put(write)
            await end(write.rollout)
            return receipt
        } catch {
            await end(write.rollout)
            throw error
        }
    }

    package func observe(
        _ rollout: RolloutName, _ target: TrafficTarget
    ) async throws(RouteFailure) -> ObservedRoute? {
        let sight = try await sight(of: rollout, target, .ordinary)
        guard let mark = sight.mark else { return nil }
        let flaw =
            mark.isPartial
            ? "\(sight.splitter.name) is on its way to event \(mark.since)" : sight.flaw(of: mark)
        return ObservedRoute(
            route: flaw == nil ? mark.route : nil, since: mark.since, journal: mark.journal,
            text: flaw ?? "\(sight.splitter.name) bears \(mark.words)")
    }

    /// For one reader.
    package func disturbances() -> AsyncStream<RolloutName> {
        let (watch, drift) = (watch, drift)
        if let drift {
            // Ends when the router is closed.
            Task { while let rollout = await drift.next() { await watch.tell(rollout) } }
        }
        return AsyncStream { await watch.next() }
    }

    /// Ends the watches, and with them `disturbances()`.
    package func close() async {
        await drift?.close()
        await watch.close()
    }

    private func end(_ rollout: RolloutName) async {
        await watch.end(rollout)
        await drift?.end(rollout)
    }
}

extension ConsulRouter {
    /// Reads, plans and writes until the plan is the last one. A write that came too late is planned anew.
    private func put(_ write: RouteWrite) async throws(RouteFailure) -> RouteReceipt {
        var losses = 0
        var written: [String] = []
        for _ in 1...roundsMax {
            let sight = try await sight(of: write.rollout, write.target, write.urgency)
            let plan = try ConsulPlan(write, sight, epoch: epoch())
            if let lost = try await carryOut(plan, write, sight, &written) {
                losses += 1
                guard losses < lossesMax else {
                    throw RouteFailure(
                        .unavailable, "\(lost): somebody keeps changing it; see who, and stop it")
                }
                continue
            }
            guard plan.isLast else { continue }
            await tidy(write, sight)
            return receipt(of: write, sight, written)
        }
        throw RouteFailure(
            .unavailable,
            "the subsets of \(write.rollout) were not right after \(roundsMax) moves: somebody changes them too"
        )
    }

    /// Returns the entry that somebody else had changed meanwhile.
    private func carryOut(
        _ plan: ConsulPlan, _ write: RouteWrite, _ sight: ConsulSight, _ written: inout [String]
    ) async throws(RouteFailure) -> EntryName? {
        let store = store(for: sight.target, write.rollout, write.urgency)
        do throws(RouteFailure) {
            for newcomer in plan.newcomers { try await meet(newcomer, sight.target) }
            if written.isEmpty { try await resume(plan.resumed, store, write) }
            for (number, order) in plan.writes.enumerated() {
                guard try await store.put(order) else { return order.name }
                if !written.contains("\(order.name)") { written.append("\(order.name)") }
                let isBuiltOn = number + 1 < plan.writes.count || order.settles
                if isBuiltOn, !write.isRollback { try await awaitMaking(of: order.name, store, write) }
                if order.settles { try await settle() }
            }
            return nil
        } catch {
            guard !written.isEmpty else { throw error }
            let names = written.joined(separator: ", ")
            throw RouteFailure(error.kind, "wrote \(names); then: \(error.message)")
        }
    }

    /// A subset whose filter nobody fits is no place for requests, and Consul takes any filter.
    private func meet(
        _ newcomer: ConsulPlan.Newcomer, _ target: ConsulTarget
    ) async throws(RouteFailure) {
        guard settings.address != nil else { return }
        let filter = newcomer.filter.flatMap { $0.isEmpty ? nil : $0 }
        let count: Int
        do throws(ConsulError) {
            count = try await api.instances(of: target.service, in: target.scope, filter: filter)
        } catch {
            throw RouteFailure(error)
        }
        guard count == 0 else { return }
        throw RouteFailure(
            .unavailable,
            "no healthy instance with a sidecar is in subset \(newcomer.subset) of \(target.service) "
                + "(\(filter ?? "no filter")): register one, see to its checks, and let the token read nodes "
                + "(node_prefix \"\" { policy = \"read\" })")
    }

    /// What an interrupted writer did not wait for to its end.
    private func resume(
        _ names: [EntryName], _ store: any EntryStore, _ write: RouteWrite
    ) async throws(RouteFailure) {
        guard !names.isEmpty else { return }
        for name in names { try await awaitMaking(of: name, store, write) }
        try await settle()
    }

    private func settle() async throws(RouteFailure) {
        do {
            try await pace.sleep(settings.settle)
        } catch {
            throw RouteFailure(
                .unavailable, "called off while the proxies were given time to follow; it is tried again")
        }
    }

    /// A service-router that was made for our routes alone goes with the last of them.
    private func tidy(_ write: RouteWrite, _ sight: ConsulSight) async {
        let wasOurs = sight.router.mark(of: write.rollout)?.inserted.contains(EntryWrite.madeByUs) == true
        guard wasOurs, write.route.rules.isEmpty, write.route.stickiness == nil else { return }
        let store = store(for: sight.target, write.rollout, write.urgency)
        do throws(RouteFailure) {
            let entry = try await store.read(sight.router.name)
            let isOurs = entry.mark(of: write.rollout)?.inserted.contains(EntryWrite.madeByUs) == true
            guard isOurs, entry.document?["Routes"]?.array?.isEmpty != false else { return }
            try await store.delete(entry)
        } catch {
            // An entry without routes does nothing, and the next write tries again.
            return
        }
    }

    private func receipt(of write: RouteWrite, _ sight: ConsulSight, _ written: [String]) -> RouteReceipt {
        let text =
            written.isEmpty
            ? "found in place: \(sight.splitter.name)" : "wrote " + written.joined(separator: ", ")
        return RouteReceipt(write: write, text: text, token: "event \(write.since)")
    }
}

private let roundsMax = 10
private let lossesMax = 5
