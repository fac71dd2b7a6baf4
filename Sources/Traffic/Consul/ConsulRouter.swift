package import Engine
package import Rollouts
package import Transport

/// Moves traffic between the subsets of a service by Consul's config entries.
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
    let pace: Pace
    let watch: EntryWatch
    /// The leader's number; none where there is no election.
    private let epoch: @Sendable () -> Int?

    package init(
        _ settings: ConsulSettings, sender: any HTTPSender, epoch: @escaping @Sendable () -> Int? = { nil },
        sleep: @escaping Sleep = { try await Task.sleep(for: $0) }
    ) {
        self.settings = settings
        self.epoch = epoch
        api = ConsulAPI(settings: settings, sender: sender)
        pace = Pace(pauses: settings.pauses, sleep: sleep)
        watch = EntryWatch(api, sleep: sleep)
    }

    package func backend(of target: TrafficTarget) -> String { "consul \(settings.address)" }

    package func write(_ write: RouteWrite) async throws(RouteFailure) -> RouteReceipt {
        let target = try ConsulTarget(write.target)
        await watch.begin(write.rollout)
        do throws(RouteFailure) {
            let receipt = try await put(write, target)
            await watch.end(write.rollout)
            return receipt
        } catch {
            await watch.end(write.rollout)
            throw error
        }
    }

    package func observe(
        _ rollout: RolloutName, _ target: TrafficTarget
    ) async throws(RouteFailure) -> ObservedRoute? {
        let sight = try await sight(of: rollout, target, try ConsulTarget(target))
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
        let watch = watch
        return AsyncStream { await watch.next() }
    }

    /// Ends the watches, and with them `disturbances()`.
    package func close() async { await watch.close() }
}

extension ConsulRouter {
    /// Reads, plans and writes until the plan is the last one. A write that came too late is planned anew.
    private func put(_ write: RouteWrite, _ target: ConsulTarget) async throws(RouteFailure) -> RouteReceipt {
        var losses = 0
        var written: [String] = []
        for _ in 1...roundsMax {
            let sight = try await sight(of: write.rollout, write.target, target)
            let plan = try ConsulPlan(write, sight, epoch: epoch())
            if let lost = try await carryOut(plan, sight, &written) {
                losses += 1
                guard losses < lossesMax else {
                    throw RouteFailure(.unavailable, "somebody keeps changing \(lost); see who, and stop it")
                }
                continue
            }
            guard plan.isLast else { continue }
            await tidy(write, target, sight)
            return receipt(of: write, sight, written)
        }
        throw RouteFailure(
            .unavailable,
            "\(target.entry(.resolver)) was not right after \(roundsMax) moves: somebody changes it too")
    }

    /// Returns the entry that somebody else had changed meanwhile.
    private func carryOut(
        _ plan: ConsulPlan, _ sight: ConsulSight, _ written: inout [String]
    ) async throws(RouteFailure) -> EntryName? {
        do throws(ConsulError) {
            for newcomer in plan.newcomers { try await meet(newcomer, sight.target) }
            for write in plan.writes {
                guard try await api.put(write) else { return write.name }
                await watch.learn(write.document, at: write.name, of: sight.rollout)
                if !written.contains("\(write.name)") { written.append("\(write.name)") }
                if write.settles { try await settle() }
            }
            return nil
        } catch {
            let failure = RouteFailure(error)
            guard !written.isEmpty else { throw failure }
            let names = written.joined(separator: ", ")
            throw RouteFailure(failure.kind, "wrote \(names); then: \(failure.message)")
        }
    }

    /// A subset whose filter nobody fits is no place for requests, and Consul takes any filter.
    private func meet(_ newcomer: ConsulPlan.Newcomer, _ target: ConsulTarget) async throws(ConsulError) {
        let filter = newcomer.filter.flatMap { $0.isEmpty ? nil : $0 }
        let count = try await api.instances(of: target.service, in: target.scope, filter: filter)
        guard count == 0 else { return }
        throw ConsulError(
            .unavailable,
            "no healthy instance with a sidecar is in subset \(newcomer.subset) of \(target.service) "
                + "(\(filter ?? "no filter")): register one, see to its checks, and let the token read nodes "
                + "(node_prefix \"\" { policy = \"read\" })")
    }

    private func settle() async throws(ConsulError) {
        do {
            try await pace.sleep(settings.settle)
        } catch {
            throw ConsulError(
                .unavailable, "called off while the proxies were given time to follow; it is tried again")
        }
    }

    /// The entries of a target as they are now.
    func sight(
        of rollout: RolloutName, _ traffic: TrafficTarget, _ target: ConsulTarget
    ) async throws(RouteFailure) -> ConsulSight {
        do throws(ConsulError) {
            try await checkEdition(target.scope)
            var defaults: ConsulEntry?
            if target.proto != nil { defaults = try await api.read(target.entry(.defaults)) }
            let sight = ConsulSight(
                target: target, backends: traffic.backends, rollout: rollout,
                splitter: try await api.read(target.entry(.splitter)),
                resolver: try await api.read(target.entry(.resolver)),
                router: try await api.read(target.entry(.router)), defaults: defaults)
            for entry in [sight.splitter, sight.resolver, sight.router] {
                await watch.learn(entry, of: rollout)
            }
            return sight
        } catch {
            throw RouteFailure(error)
        }
    }

    /// Old Consuls overlook a partition that they don't know, and would write into the only one there is.
    private func checkEdition(_ scope: ConsulScope) async throws(ConsulError) {
        guard !scope.isDefault else { return }
        let version = try await api.version()
        guard version?.contains("+ent") != true else { return }
        throw ConsulError(
            .unsupported,
            "namespaces and partitions are things of Consul Enterprise, and this Consul says it is "
                + "\(version ?? "nothing to this token"); leave them out, or let the token ask "
                + "(agent_prefix \"\" { policy = \"read\" })")
    }

    /// A service-router that was made for our routes alone goes with the last of them.
    private func tidy(_ write: RouteWrite, _ target: ConsulTarget, _ sight: ConsulSight) async {
        let wasOurs = sight.router.mark(of: write.rollout)?.inserted.contains(EntryWrite.madeByUs) == true
        guard wasOurs, write.route.rules.isEmpty, write.route.stickiness == nil else { return }
        do throws(ConsulError) {
            let entry = try await api.read(target.entry(.router))
            let isOurs = entry.mark(of: write.rollout)?.inserted.contains(EntryWrite.madeByUs) == true
            guard isOurs, entry.document?["Routes"]?.array?.isEmpty != false else { return }
            try await api.delete(entry)
            await watch.learn(ConsulEntry(entry.name, nil), of: write.rollout)
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
