import Engine
import Kubernetes
import Rollouts
import Transport

/// The next writes for a wanted route, from the objects as they were read. Pure.
///
/// Most routes need one plan. Where subsets are re-pointed it takes several, and the objects are read anew
/// between them: whatever happened meanwhile, a crash included, the next plan starts from what is there.
struct IstioPlan: RoutePlan, Hashable {
    /// What has to pass before the writes.
    enum Pause: Hashable, Sendable {
        case none
        /// Until the data plane has what is stored.
        case untilShown
        /// Until subsets that were just re-pointed have their pods everywhere.
        case settle
    }

    let pause: Pause
    let writes: [ObjectWrite]
    let isLast: Bool
}

/// The objects of a target as they were read.
struct IstioSight: Hashable, Sendable {
    let services: [IstioObject]
    let rule: JSON?
    let ruleReference: ObjectReference?
    let target: IstioTarget
}

extension IstioPlan {
    /// Throws `rejected` with what to change, `fenced`, or `foreign`.
    init(_ write: RouteWrite, _ sight: IstioSight, epoch: Int?) throws(RouteFailure) {
        let planner = Planner(write: write, sight: sight, epoch: epoch)
        try planner.checkFence()
        self = try planner.plan()
    }
}

private struct Planner {
    let write: RouteWrite
    let sight: IstioSight
    let epoch: Int?

    func checkFence() throws(RouteFailure) {
        let fence = Fence(write: write, epoch: epoch)
        for service in sight.services {
            try fence.check(service.object, "\(service.reference)", backends: service.backends) {
                service.isIntact($0, write.target)
            }
        }
        guard let rule = sight.rule, let reference = sight.ruleReference else { return }
        try fence.check(rule, "\(reference)", backends: ruleBackends(rule)) { _ in true }
    }

    func plan() throws(RouteFailure) -> IstioPlan {
        let wanted = try NamedRoute(
            write.route, of: write.rollout, occupants: write.occupants, write.target,
            managed: sight.target.managedRoutes)
        guard let labels = try labels(), let reference = sight.ruleReference else {
            return try weigh(wanted, isLast: true)
        }
        let carrying = sight.services.reduce(into: Set<Int>()) { $0.formUnion($1.carrying) }
        let move = RoleMove(labels: labels.releases, wanted: wanted.releases, carrying: carrying)
        let refuge = RoleMove.refuge(labels: labels.releases, stable: wanted.releases[0])
        // At a promotion everything is with the stable release already: then there is time for the names.
        let isHome = carrying.allSatisfy { labels.releases[$0] == wanted.releases[0] }
        let mustReturn = write.isRollback && !isHome && carrying != [refuge]
        if mustReturn {
            return try weigh(
                move == .finish ? wanted : wanted.all(to: refuge), isLast: move == .finish, atOnce: true)
        }
        switch move {
        case .finish: return try weigh(wanted, isLast: true)
        case .gather(let backend): return try weigh(wanted.all(to: backend), isLast: false)
        case .point(let releases): return try point(releases, labels, reference)
        case .stuck: throw stuck(reference, wanted)
        }
    }

    private func stuck(_ reference: ObjectReference, _ wanted: NamedRoute) -> RouteFailure {
        let names = write.target.backends.names.joined(separator: " and ")
        let stable = wanted.releases[0] ?? "the stable release"
        return refused(
            "\(reference): the subsets \(names) both carry traffic, and none is of \(stable); give one of "
                + "them weight 0 by hand")
    }

    private func weigh(
        _ wanted: NamedRoute, isLast: Bool, atOnce: Bool = false
    ) throws(RouteFailure) -> IstioPlan {
        var mark = ObjectMark(write, epoch: epoch)
        mark.isPartial = !isLast
        var writes: [ObjectWrite] = []
        for service in sight.services {
            let object = try service.routed(wanted, mark)
            if let write = service.write(to: object) { writes.append(write) }
        }
        let pause = isUnsettled && !atOnce && !writes.isEmpty ? IstioPlan.Pause.settle : .none
        return IstioPlan(pause: pause, writes: writes, isLast: isLast)
    }

    private func point(
        _ releases: [Int: String], _ labels: SubsetLabels, _ reference: ObjectReference
    ) throws(RouteFailure) -> IstioPlan {
        var mark = ObjectMark(write, epoch: epoch)
        mark.backends = sight.rule.map(ruleBackends) ?? []
        let object = try labels.pointed(releases, mark)
        let patch = patch(from: sight.rule ?? [:], to: object, at: reference)
        return IstioPlan(pause: .untilShown, writes: [patch].compactMap(\.self), isLast: false)
    }

    /// A rule was re-pointed, and no whole route was written since.
    private var isUnsettled: Bool {
        guard let rule = sight.rule, let pointed = ObjectMark(of: write.rollout, on: rule) else {
            return false
        }
        return sight.services.contains { service in
            guard let mark = service.mark else { return true }
            return mark.isPartial || mark.since < pointed.since
        }
    }

    private func labels() throws(RouteFailure) -> SubsetLabels? {
        guard write.target.namesRoles == true, sight.target.split == .subsets,
            let object = sight.rule, let rule = sight.target.destinationRule,
            let reference = sight.ruleReference
        else { return nil }
        let labels = try SubsetLabels(object, rule, write.target.backends.names, "\(reference)")
        let items = sight.services.first?.eachSplit.first?["route"]?.array ?? []
        let item = items.first { IstioDestinations(sight.target, write.target).index(ofItem: $0) != nil }
        try labels.check(host: item?["destination"]["host"]?.string)
        return labels
    }

    private func ruleBackends(_ rule: JSON) -> [String] {
        let host = rule["spec"]["host"]?.string ?? "?"
        return write.target.backends.names.map { "\(host)/\($0)" }
    }
}

extension IstioDestinations {
    init(_ target: IstioTarget, _ traffic: TrafficTarget) {
        self.init(split: target.split, names: traffic.backends.names)
    }
}
