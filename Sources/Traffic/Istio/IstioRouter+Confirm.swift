package import Engine
import Foundation
import Kubernetes
package import Rollouts
import Transport

extension IstioRouter {
    /// Climbs the levels of proof as far as is wanted and can be.
    package func confirm(_ receipt: RouteReceipt) async throws(RouteFailure) -> RouteEvidence {
        let write = receipt.write
        let target = try IstioTarget(write.target)
        let sight = try await sight(of: write.rollout, write.target, target, write.urgency)
        var proof = Proof(stored: receipt.token)
        if settings.level >= .accepted {
            for service in sight.services { try service.checkAcceptance(of: write) }
            proof.reach(.accepted)
        }
        if settings.level >= .acked { try await prove(.acked, &proof, sight) }
        if settings.level >= .observed { try await observeCounts(&proof, write, target, sight) }
        await memory.note(write)
        if let rivals = await rivals(of: sight, write) { proof.note(rivals) }
        return RouteEvidence(text: "\(proof)")
    }

    /// None where no istiod is configured.
    func acknowledgement(of sight: IstioSight) -> Acknowledgement? {
        guard !settings.istiods.isEmpty else { return nil }
        let istiods = settings.istiods.map {
            Istiod(address: $0, timeout: settings.timeout, sender: sender)
        }
        return Acknowledgement(
            istiods: istiods, namespaces: Set(sight.services.compactMap(\.reference.namespace)).sorted(),
            writtenAt: sight.services.compactMap(\.writtenAt).max(),
            isOfListeners: sight.services.allSatisfy { $0.splits["http"].isEmpty }, settle: settings.settle,
            pace: pace)
    }
}

extension IstioRouter {
    private func prove(
        _ level: ProofLevel, _ proof: inout Proof, _ sight: IstioSight
    ) async throws(RouteFailure) {
        guard let acknowledgement = acknowledgement(of: sight) else {
            return proof.note("not asked for acks: no istiod is configured")
        }
        switch try await acknowledgement.outcome() {
        case .acked(let count): proof.reach(level, "by \(count) of \(count) proxies")
        case .unknown(let reason): proof.note("acks unknown: \(reason)")
        }
    }

    /// Looks a bounded number of times: without traffic there is nothing to see, and nothing to wait for.
    private func observeCounts(
        _ proof: inout Proof, _ write: RouteWrite, _ target: IstioTarget, _ sight: IstioSight
    ) async throws(RouteFailure) {
        let wanted = try NamedRoute(
            write.route, of: write.rollout, occupants: write.occupants, write.target, managed: [])
        guard let counter = counter(write.target, target, sight) else {
            return proof.note(
                "not observed: no Prometheus, or nothing that tells the backends apart (`counts`)")
        }
        guard wanted.rules.isEmpty, wanted.stickiness == nil else {
            return proof.note("not observed: rules and cookies move the shares")
        }
        do throws(CountFailure) {
            switch try await observed(counter, wanted.shares, write.target.backends.names) {
            case .agrees(let text): proof.reach(.observed, text)
            case .tooFew(let text): proof.note("not observed: \(text)")
            case .differs(let text):
                throw CountFailure(message: "the callers' proxies counted \(text)")
            }
        } catch {
            // Counts are late, and a share says nothing against an ack: it is said, and the route stands.
            proof.note("not observed: \(error.message)")
        }
    }

    private func observed(
        _ counter: RequestCounter, _ shares: [Weight], _ names: [String]
    ) async throws(CountFailure) -> RequestCounts.Verdict {
        let start = try await counter.read()
        var verdict = RequestCounts.Verdict.tooFew("no requests")
        for look in 1...max(settings.countsMax, 1) {
            let pause = settings.pauses.dropFirst(look).first ?? settings.pauses.last ?? .seconds(1)
            do { try await pace.sleep(pause) } catch { return verdict }
            verdict = try await counter.read().since(start).verdict(on: shares, names)
            if case .agrees = verdict { return verdict }
        }
        return verdict
    }

    private func counter(
        _ traffic: TrafficTarget, _ target: IstioTarget, _ sight: IstioSight
    ) -> RequestCounter? {
        let hosts = BackendCounts(label: "destination_service_name", values: traffic.backends.names)
        guard let address = settings.prometheus,
            let counts = target.counts ?? (target.split == .hosts ? hosts : nil),
            let namespace = sight.services.first?.reference.namespace
        else { return nil }
        return RequestCounter(
            address: address, timeout: settings.timeout, sender: sender, counts: counts, namespace: namespace)
    }

    /// Other VirtualServices for the same hosts in the mesh: which one counts is not defined. Never in the way of a
    /// rollback.
    private func rivals(of sight: IstioSight, _ write: RouteWrite) async -> String? {
        guard !write.isRollback else { return nil }
        let hosts = sight.services.reduce(into: Set()) { $0.formUnion($1.object.meshHosts) }
        var found: [String] = []
        for (namespace, services) in Dictionary(grouping: sight.services, by: \.reference.namespace) {
            do throws(KubernetesError) {
                let claimants = try await claims.claimants(of: hosts, in: namespace ?? settings.namespace)
                found += claimants.subtracting(services.map(\.reference.name))
            } catch {
                return "not known whether another VirtualService claims its hosts: \(error.message)"
            }
        }
        guard !found.isEmpty else { return nil }
        return
            "\(found.sorted().joined(separator: ", ")) claims a host of it too; which of the two counts is "
            + "undefined"
    }
}

extension IstioObject {
    /// When the API server noted that we wrote it.
    var writtenAt: Date? {
        let entries = object["metadata"]["managedFields"]?.array ?? []
        let ours = entries.filter {
            [FieldManager.apply, FieldManager.patch].contains($0["manager"]?.string ?? "")
        }
        return ours.compactMap { $0["time"]?.string.flatMap(moment) }.max()
    }

    /// Throws where what is stored is no longer, or never was, what we wrote: a webhook, or somebody else.
    func checkAcceptance(of write: RouteWrite) throws(RouteFailure) {
        guard let mark, mark.since == write.since, mark.journal == write.journal else {
            let bears = mark.map { "event \($0.since)" } ?? "no mark of ours"
            let kind: RouteFailure.Kind = (mark?.since ?? 0) > write.since ? .fenced : .unverified
            throw RouteFailure(
                kind, "\(reference) bears \(bears) and not event \(write.since)", bears: mark?.since)
        }
        guard !isIntact(mark, write.target) else { return }
        throw RouteFailure(
            .unverified, "\(reference) is not as it was written: \(difference(from: mark, write.target))")
    }
}
