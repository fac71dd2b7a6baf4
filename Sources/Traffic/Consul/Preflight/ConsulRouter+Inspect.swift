import Engine
import Kubernetes
package import Rollouts
import Transport

extension ConsulRouter {
    package func inspect(
        _ inspection: Inspection, of rollout: RolloutName
    ) async throws(RouteFailure) -> [Finding] {
        let sight = try await sight(of: rollout, inspection.target, .ordinary, isLook: true)
        let resources = sight.target.home == nil ? [] : await resourceFindings(sight)
        guard settings.address != nil else { return resources + [.consulUnseen] }
        let found = try await findings(sight)
        return resources + found + (await placesSeen(inspection, sight)) + (await securityFindings(sight))
            + (await resilienceFindings(sight))
            + (await sessionFindings(sight, isSticky: inspection.isSticky))
    }

    private func placesSeen(_ inspection: Inspection, _ sight: ConsulSight) async -> [Finding] {
        do throws(ConsulError) {
            return try await placeFindings(inspection, sight)
        } catch {
            return [.unread("the instances of \(sight.target.service)", error.message)]
        }
    }

    /// Where the release goes; a place that has requests already is among the findings of its subsets.
    private func placeFindings(
        _ inspection: Inspection, _ sight: ConsulSight
    ) async throws(ConsulError) -> [Finding] {
        let (target, resolver) = (sight.target, sight.resolver)
        guard target.releaseMeta == nil else { return [] }
        var findings: [Finding] = []
        for name in inspection.canaries {
            let written = resolver.document?["Subsets"][name]["Filter"]?.string
            let places = inspection.target.backends.names
            let own = places.firstIndex(of: name).flatMap {
                target.filters.indices.contains($0) ? target.filters[$0] : nil
            }
            guard let filter = own ?? written, !filter.isEmpty else { continue }
            let count = try await api.instances(of: target.service, in: target.scope, filter: filter)
            guard count == 0 else { continue }
            findings.append(
                Finding(
                    inspection.isStart ? .error : .warning, "endpoints",
                    "subset \(name) of service \(target.service)", "no healthy instance fits \(filter)",
                    why: "requests that are sent there fail, or fall back to the stable release",
                    mend: "register the release's instances before it is announced, and see to their checks"))
        }
        return findings
    }
}
