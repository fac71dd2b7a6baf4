import Rollouts

/// The laws' own reading of a rollout's log, apart from the code that they judge: what a careful person would
/// conclude from it about what each place may get.
struct Reading {
    private(set) var plan: Plan?
    private(set) var stable: Release?
    private(set) var climb: Climb?
    private(set) var isAborted = false

    struct Climb {
        let number: Sequence
        let releases: [Release]
        let plan: Plan
        let cause: StartCause
        var arm = 0
        var entered: Int?
        var isSummited = false
        var summitedBy: String?
        var isBaking = false

        var release: Release { releases[arm] }
    }

    mutating func read(_ entry: Entry) {
        switch entry.event {
        case .declared(let declaration): plan = declaration.plan
        case .started(let release, let others, let cause):
            guard let plan else { return }
            isAborted = false
            climb = Climb(
                number: entry.sequence, releases: [release] + (others ?? []), plan: plan, cause: cause)
        case .stepEntered(let step), .stepPassed(let step, _): climb?.entered = step
        case .armChosen(let arm): climb?.choose(arm)
        case .summited(let who):
            climb?.isSummited = true
            climb?.summitedBy = who
        case .bakeStarted: climb?.isBaking = true
        case .completed(let release):
            stable = release
            climb = nil
        case .kept, .restored:
            climb = nil
            isAborted = false
        case .aborted:
            isAborted = climb != nil
            climb = nil
        default: break
        }
    }

    /// The most that each place may get, and the rules that may be there. The stable release may get
    /// everything.
    var bound: Bound {
        var bound = Bound()
        if let stable { bound.shares[stable.place] = .all }
        guard let climb else { return bound }
        bound.allow(climb)
        if stable == nil { bound.shares[climb.release.place] = .all }
        return bound
    }
}

extension Reading.Climb {
    fileprivate mutating func choose(_ name: String) {
        arm = plan.arms?.firstIndex(of: name) ?? arm
    }
}

/// What a mesh may carry at the most.
struct Bound: Hashable {
    var shares: [Place: Weight] = [:]
    var rules: [String: AllowedRule] = [:]

    struct AllowedRule: Hashable {
        let deed: RouteRule.Deed
        let place: Place
    }

    mutating func allow(_ climb: Reading.Climb) {
        if climb.isSummited {
            shares[climb.release.place] = .all
            return
        }
        guard let entered = climb.entered else { return }
        for step in climb.plan.steps.prefix(entered + 1) { take(step, climb) }
    }

    private mutating func take(_ step: Step, _ climb: Reading.Climb) {
        let places = climb.releases.map(\.place)
        switch step {
        case .setWeight(let weight):
            for place in places { shares[place] = Weight.none }
            shares[places[0]] = weight
        case .setShares(let weights):
            for (place, weight) in zip(places, weights) { shares[place] = weight }
        case .setRule(let rule):
            let place = places[min(rule.arm, places.count - 1)]
            rules[rule.name] = AllowedRule(deed: rule.deed, place: place)
        case .removeRule(let name): rules[name] = nil
        default: break
        }
    }

    /// What a route takes beyond the bound, in words.
    func excess(of route: Route) -> String? {
        for (place, weight) in route.shares.sorted(by: { $0.key < $1.key }) {
            let most = shares[place] ?? .none
            if weight > most { return "place \(place) gets \(weight), and the log allows \(most)" }
        }
        let stray = route.rules.first { rule in
            !rules.values.contains(AllowedRule(deed: rule.deed, place: rule.place))
        }
        return stray.map { "rule \($0.name) reaches place \($0.place), and the log allows none" }
    }
}
