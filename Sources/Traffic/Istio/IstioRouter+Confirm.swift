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
        if settings.level >= .observed { try await observe(&proof, write, target, sight) }
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

    private func observe(
        _ proof: inout Proof, _ write: RouteWrite, _ target: IstioTarget, _ sight: IstioSight
    ) async throws(RouteFailure) {
        let wanted = try NamedRoute(
            write.route, of: write.rollout, occupants: write.occupants, write.target, managed: [])
        let look = CountedShares(
            counter: counter(write.target, target, sight), wanted: wanted,
            names: write.target.backends.names, pace: pace, looksMax: settings.countsMax)
        await look.prove(&proof)
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
            address: address, timeout: settings.timeout, sender: sender, counts: counts,
            series: .istio(in: namespace))
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
