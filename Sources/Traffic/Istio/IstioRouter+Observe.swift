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
        let marks = sight.services.compactMap(\.mark)
        guard let latest = marks.max(by: { $0.since < $1.since }) else { return nil }
        let flaws =
            sight.services.compactMap { $0.flaw(latest, target) }
            + [sight.ruleFlaw(latest, target)].compactMap(\.self)
        let names = sight.services.map { "\($0.reference)" }.joined(separator: ", ")
        self.init(
            route: flaws.isEmpty ? latest.route : nil, since: latest.since, journal: latest.journal,
            text: flaws.isEmpty ? "\(names) bears \(latest.words(target))" : flaws.joined(separator: "; "))
    }
}

extension ObjectMark {
    /// `event 12 (stable 80%, canary 20%; rule beta)`
    func words(_ target: TrafficTarget) -> String {
        let shares = route.shares.sorted { $0.key < $1.key }.map { "\($0.key.rawValue) \($0.value)" }
        let rules = route.rules.map { "rule \($0.name)" }
        let sticky = route.stickiness.map { ["users stay by cookie \($0.cookie)"] } ?? []
        return
            "event \(since) (\(([shares.joined(separator: ", ")] + rules + sticky).joined(separator: "; ")))"
    }
}

extension IstioObject {
    /// What is not as the latest mark of all objects says.
    fileprivate func flaw(_ latest: ObjectMark, _ target: TrafficTarget) -> String? {
        guard let mark else { return "\(reference) bears no mark of ours" }
        guard mark.since == latest.since, mark.journal == latest.journal else {
            return "\(reference) bears event \(mark.since), and another object event \(latest.since)"
        }
        guard !mark.isPartial else {
            return "\(reference) bears event \(mark.since) in part: subsets are re-pointed"
        }
        return isIntact(mark, target)
            ? nil : "\(reference) was edited: \(difference(from: mark, target))"
    }

    /// Which fields, by whom: `spec.http[1].route[0].weight should be 9000 (last written by kubectl-edit at
    /// …)`.
    func difference(from mark: ObjectMark, _ target: TrafficTarget) -> String {
        let words: [String]
        do throws(RouteFailure) {
            words = edits(from: object["spec"] ?? [:], to: try routed(mark, target)["spec"] ?? [:]).map(
                \.words)
        } catch {
            words = [error.message]
        }
        let section = IstioSplits.sections.first { !splits[$0].isEmpty } ?? "http"
        let owner = object.owner(of: ["spec", section]).map { " (last written by \($0))" } ?? ""
        let more = words.count > 4 ? ", and \(words.count - 4) more" : ""
        return words.prefix(4).joined(separator: ", ") + more + owner
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
