package import Engine
import Kubernetes
package import Rollouts
import Transport

extension IstioRouter {
    /// The route counts only where every object is as Headgate writes it: whatever else there is in one would
    /// have its effect too.
    package func observe(
        _ rollout: RolloutName, _ target: TrafficTarget
    ) async throws(RouteFailure) -> ObservedRoute? {
        let istio = try IstioTarget(target)
        do throws(RouteFailure) {
            return ObservedRoute(try await sight(of: rollout, target, istio, .ordinary), target)
        } catch  where error.kind == .rejected {
            // An object is gone, or has no split any more: that is what there is to see.
            return ObservedRoute(route: nil, since: nil, journal: nil, text: error.message)
        }
    }
}

extension ObservedRoute {
    /// None where no object bears a mark.
    init?(_ sight: IstioSight, _ target: TrafficTarget) {
        self.init(sight.services, target) { sight.ruleFlaw($0, target) }
    }
}

extension IstioSight {
    /// A subset that stands for another release than the one that has the role.
    fileprivate func ruleFlaw(_ mark: ObjectMark, _ traffic: TrafficTarget) -> String? {
        guard let object = rule, let rule = target.destinationRule, let reference = ruleReference else {
            return nil
        }
        do throws(RouteFailure) {
            let wanted = try NamedRoute(
                mark.route, of: mark.rollout, occupants: mark.occupants, traffic, managed: []
            ).releases
            let names = traffic.backends.names
            let labels = try SubsetLabels(object, rule, names, "\(reference)").releases
            guard let wrong = wanted.indices.first(where: { wanted[$0] != nil && wanted[$0] != labels[$0] })
            else { return nil }
            let owner = object.owner(of: ["spec", "subsets"]).map { " (last written by \($0))" } ?? ""
            return "\(reference): subset \(names[wrong]) has \(labels[wrong] ?? "no release") instead of "
                + "\(wanted[wrong] ?? "")\(owner)"
        } catch {
            return error.message
        }
    }
}
