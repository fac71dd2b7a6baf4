import Engine
import Kubernetes
import Rollouts
import Transport

/// One VirtualService as it was read, and what it is to become for a rollout.
struct IstioObject: RoutedObject, Hashable {
    let object: JSON
    let reference: ObjectReference
    let service: IstioService
    let target: IstioTarget
    let destinations: IstioDestinations
    let rollout: RolloutName
    let mark: ObjectMark?
    /// The routes without anything of ours: those that are there, or those that the target gives.
    let base: JSON
    let splits: IstioSplits

    init(
        _ object: JSON, _ reference: ObjectReference, _ service: IstioService, _ target: IstioTarget,
        _ destinations: IstioDestinations, of rollout: RolloutName
    ) throws(RouteFailure) {
        (self.object, self.reference, self.service) = (object, reference, service)
        (self.target, self.destinations, self.rollout) = (target, destinations, rollout)
        mark = ObjectMark(of: rollout, on: object)
        let ours = OurRoutes(rollout, mark, target.managedRoutes, on: object)
        base = service.base ?? ours.removed(from: object["spec"] ?? [:])
        splits = try IstioSplits(in: base, of: service, destinations)
    }

    /// `web/stable`, for all that the splits lead to and that is ours to weigh.
    var backends: [String] {
        let items = eachSplit.flatMap { $0["route"]?.array ?? [] }
        let names = items.filter { destinations.index(ofItem: $0) != nil }.map {
            destinationName($0["destination"])
        }
        return Set(names).sorted()
    }

    /// The splits in the order of their numbers.
    var eachSplit: [JSON] {
        IstioSplits.sections.flatMap { section in
            splits[section].compactMap { base[section][$0] }
        }
    }

    /// Which backends get requests now: by weight, or by a rule or a mirror of ours.
    var carrying: Set<Int> {
        let spec = object["spec"] ?? [:]
        let ours = OurRoutes(rollout, mark, target.managedRoutes, on: object)
        let inserted = (spec["http"]?.array ?? []).filter(ours.contains)
        return Set((eachSplit + inserted).flatMap { carried(by: $0) })
    }

    /// The whole object as it is to be, with its mark.
    func routed(_ wanted: NamedRoute, _ mark: ObjectMark) throws(RouteFailure) -> JSON {
        var marked = mark
        marked.backends = backends
        marked.before = self.mark?.before ?? (target.ownership == .adopt ? eachSplit.map(weights) : [])
        var spec = object["spec"] ?? [:]
        let table = IstioRoutes(wanted: wanted, destinations: destinations) { items, number in
            weights(of: items, number, wanted, before: marked.before)
        }
        try fill(&spec, table, wanted)
        let http = spec["http"]?.array ?? []
        let names = Set(base["http"]?.array?.compactMap { $0["name"]?.string } ?? [])
        marked.inserted = Set(http.compactMap { $0["name"]?.string }).subtracting(names).sorted()
        var result = object
        result["spec"] = spec
        result["metadata"]["annotations"][ObjectMark.key(of: rollout)] = .string(marked.text)
        return result
    }

    func routed(_ mark: ObjectMark, _ traffic: TrafficTarget) throws(RouteFailure) -> JSON {
        let wanted = try NamedRoute(
            mark.route, of: rollout, occupants: mark.occupants, traffic, managed: target.managedRoutes)
        return try routed(wanted, mark)
    }
}

extension IstioObject {
    var ownership: Ownership { target.ownership }

    var ownedSections: [String] { IstioSplits.sections.filter { base[$0] != nil } }

    var splitPath: [String] { ["spec", IstioSplits.sections.first { !splits[$0].isEmpty } ?? "http"] }
}

extension IstioObject {
    private func fill(
        _ spec: inout JSON, _ table: IstioRoutes, _ wanted: NamedRoute
    ) throws(RouteFailure) {
        var number = 0
        for section in IstioSplits.sections {
            guard let routes = base[section]?.array else { continue }
            let indices = splits[section]
            if section == "http" {
                spec[section] = .array(try table.routes(routes, splits: indices))
            } else {
                try checkPlain(wanted, section, indices)
                spec[section] = .array(
                    routes.enumerated().map { index, route in
                        guard let place = indices.firstIndex(of: index) else { return route }
                        return table.plain(route, number + place)
                    })
            }
            number += indices.count
        }
    }

    private func checkPlain(
        _ wanted: NamedRoute, _ section: String, _ indices: [Int]
    ) throws(RouteFailure) {
        guard !indices.isEmpty, splits["http"].isEmpty else { return }
        let what =
            wanted.rules.first.map { "rule \($0.rule.name)" }
            ?? wanted.stickiness.map { "cookie \($0.cookie)" }
        guard let what else { return }
        throw refused(
            "\(service.name): the \(what) needs an HTTP route, and only \(section) routes are split: their "
                + "requests can't be looked into")
    }

    private func weights(
        of items: [JSON], _ number: Int, _ wanted: NamedRoute, before: [[Int?]]
    ) -> [Int?] {
        SplitWeights(
            backends: items.map(destinations.index(ofItem:)), present: weights(items),
            before: target.restores && number < before.count ? before[number] : nil
        ).weights(for: wanted)
    }

    private func weights(_ route: JSON) -> [Int?] { weights(route["route"]?.array ?? []) }

    private func weights(_ items: [JSON]) -> [Int?] { items.map { $0["weight"]?.integer } }

    private func carried(by route: JSON) -> [Int] {
        let items = route["route"]?.array ?? []
        let weighty = items.count == 1 ? items : items.filter { ($0["weight"]?.integer ?? 0) > 0 }
        return (weighty + (route["mirrors"]?.array ?? [])).compactMap(destinations.index(ofItem:))
    }
}

/// Tells the routes that this rollout put in from all others.
struct OurRoutes {
    private let prefix: String
    private let names: Set<String>
    /// Of rollouts whose names begin like ours.
    private let others: Set<String>

    init(_ rollout: RolloutName, _ mark: ObjectMark?, _ managed: [String], on object: JSON) {
        prefix = NamedRoute.prefix(rollout)
        names = Set(managed + (mark?.inserted ?? []))
        others = Set(ObjectMark.others(than: rollout, on: object).flatMap(\.inserted))
    }

    func contains(_ route: JSON) -> Bool {
        guard let name = route["name"]?.string, !others.contains(name) else { return false }
        return names.contains(name) || name.hasPrefix(prefix)
    }

    /// Without them, and without the cookies that the others give out for us.
    func removed(from spec: JSON) -> JSON {
        var rest = spec
        rest["http"] = spec["http"]?.array.map { routes in
            .array(routes.filter { !contains($0) }.map(withoutOurCookies))
        }
        return rest
    }

    private func withoutOurCookies(_ route: JSON) -> JSON {
        guard let items = route["route"]?.array else { return route }
        var route = route
        route["route"] = .array(items.map(\.withoutOurCookie))
        return route
    }
}
