package import Analysis

/// One release on its way up, with the plan it was started with; or several, where a test has more arms.
package struct Flight: Hashable, Codable, Sendable {
    /// The sequence of the event that started it: no two flights share one.
    package let number: Sequence
    /// The release of each arm, in the order of `Plan.arms`.
    package let releases: [Release]
    package let plan: Plan
    package let startedAt: Moment
    package let cause: StartCause
    /// The arm that is to get all traffic in the end.
    package var arm = 0
    /// The step that the flight is at; `plan.steps.count` when all are passed.
    package var step: Int
    package var stage: Stage
    package var stageSince: Moment
    /// Since when the progress deadline counts: like `stageSince`, and anew when somebody resumes.
    package var progressSince: Moment
    /// Whether the release was given all traffic.
    package var isSummited = false
    /// Whether the bake has taken its time, while something still holds the flight.
    package var isBakeOver = false
    /// What was found before anything was moved.
    package var findings: [Finding] = []
    package var background: BackgroundRun?
    /// How many background runs there were.
    var watches = 0
    /// Where the comparisons stand. They belong to the flight, not to a run: what was seen in one step counts in the
    /// next, and the error that is allowed is spent once.
    var comparisons: [ComparisonID: ComparisonRun] = [:]
    /// Looks at the objectives from the start to the end. None: there are none, or the flight goes back.
    var slos: AnalysisRun?
    /// Since when there was anything for the release to do harm by; none before.
    var exposedSince: Moment?

    init(number: Sequence, releases: [Release], plan: Plan, startedAt: Moment, cause: StartCause) {
        self.number = number
        self.releases = releases
        self.plan = plan
        self.startedAt = startedAt
        self.cause = cause
        step = 0
        stage = .ready
        stageSince = startedAt
        progressSince = startedAt
    }

    /// The release that is to get all traffic in the end.
    package var release: Release { releases[arm] }

    /// The name that CI announced: a test of several arms starts one release for each under it.
    package var announced: String {
        guard releases.count > 1, let arm = plan.arms?.first else { return releases[0].name }
        return String(releases[0].name.dropLast(arm.count + 1))
    }

    package var isPastSteps: Bool { step >= plan.steps.count }

    /// What the steps that were entered so far give to the arms. It is worked out from them every time and is kept
    /// nowhere: so no order of events can give a release more than the step that it has come to.
    package var exposure: Exposure {
        if isSummited {
            return Exposure(shares: releases.indices.map { $0 == arm ? .all : .none }, rules: [])
        }
        return plan.exposure(through: enteredCount)
    }

    /// How many steps were entered.
    var enteredCount: Int { stage.isBeforeStep ? step : step + 1 }

    /// The share of the release that leads.
    package var weight: Weight { exposure.shares[arm] }

    /// The route of the flight, where `stable` gets what is left.
    func route(stable: Place) -> Route {
        let exposure = self.exposure
        return Route(
            giving: zip(releases, exposure.shares).map { ($0.place, $1) }, rest: stable,
            rules: exposure.rules.map { rule in
                RouteRule(
                    name: rule.name, matches: rule.matches, deed: rule.deed,
                    place: releases[min(rule.arm, releases.count - 1)].place)
            },
            stickiness: isSummited || exposure.isShareless ? nil : plan.stickiness)
    }
}

/// What arms get: a share each, and rules in the order of their precedence.
package struct Exposure: Hashable, Sendable {
    package var shares: [Weight]
    package var rules: [PlannedRule]

    /// Whether only rules give anything to an arm.
    package var isShareless: Bool { shares.allSatisfy { $0 == .none } }
    var isNothing: Bool { isShareless && rules.isEmpty }
}

extension Plan {
    /// What the first so many steps come to.
    package func exposure(through count: Int) -> Exposure {
        let nothing = Exposure(shares: Array(repeating: .none, count: armCount), rules: [])
        var exposure = steps.prefix(count).reduce(into: nothing) { $0.take($1) }
        let order = ruleOrder ?? []
        let ranked = order.compactMap { name in exposure.rules.first { $0.name == name } }
        exposure.rules = ranked + exposure.rules.filter { !order.contains($0.name) }
        return exposure
    }
}

extension Exposure {
    fileprivate mutating func take(_ step: Step) {
        switch step {
        case .setWeight(let weight): shares = shares.indices.map { $0 == 0 ? weight : .none }
        case .setShares(let weights):
            shares = shares.indices.map { weights.indices.contains($0) ? weights[$0] : .none }
        case .setRule(let rule):
            if let index = rules.firstIndex(where: { $0.name == rule.name }) {
                rules[index] = rule
            } else {
                rules.append(rule)
            }
        case .removeRule(let name): rules.removeAll { $0.name == name }
        case .setScale, .pause, .reachAge, .analysis, .gate, .conclude: break
        }
    }
}

/// What a flight waits for.
package enum Stage: Hashable, Codable, Sendable {
    /// Nothing has begun; what the release needs is looked at. Leaves by `inspected`, and a person's promote passes
    /// it by.
    case inspecting
    /// Between two steps. Leaves by `stepEntered`, or by `summited` after the last.
    case ready
    /// The step's route is wanted, or its instances. Leaves by `stepPassed` when the data plane shows the one and
    /// the others are ready.
    case routing
    /// Letting the step run. Leaves by `stepPassed`: when the moment has come, or by a person's `promote`.
    case pausing(until: Moment?)
    /// The pause is over, and something else still holds the flight. Leaves by `stepPassed`.
    case paused
    /// Leaves by `stepPassed` on a good verdict, by `asked` on an undecided one, by `aborted` on a bad one.
    case analysing(AnalysisRun)
    /// Leaves by `stepPassed` on a yes, by `aborted` on a no, by `asked` or `aborted` when it is overdue.
    case gating(GateRun)
    /// A test is over, and its plan says what follows. Leaves by `stepPassed` or `kept`.
    case concluding
    /// The numbers do not decide, or were never meant to. Leaves by a person's wish: `stepPassed`, `summited`,
    /// `completed` or `aborted`.
    case asking(String)
    /// The release is to get all traffic. Leaves by `completed` when it has it, or by `bakeStarted`.
    case summiting
    /// The release has all traffic, and the former one is kept warm. Leaves by `completed` when the time is over
    /// and the metrics stayed good, by `aborted` when they did not, by `asked` where they do not decide.
    case baking(until: Moment)
}

extension Stage {
    /// Whether the flight's step is still to be entered.
    var isBeforeStep: Bool { self == .ready || self == .inspecting }
}

/// The analysis that runs beside the steps. A new one is begun after a person overruled the last.
package struct BackgroundRun: Hashable, Codable, Sendable {
    package let number: Int
    package var run: AnalysisRun
}

/// Which run a measurement belongs to.
package struct RunID: Hashable, Codable, Sendable {
    package enum Kind: Hashable, Codable, Sendable {
        case step(Int)
        case background(Int)
        /// The looks at the objectives.
        case slos
    }

    package let flight: Sequence
    package let kind: Kind

    package init(flight: Sequence, kind: Kind) {
        self.flight = flight
        self.kind = kind
    }
}

extension Flight {
    var backgroundID: RunID? {
        background.map { RunID(flight: number, kind: .background($0.number)) }
    }

    var stepID: RunID { RunID(flight: number, kind: .step(step)) }

    /// The runs that are going on, each with its name.
    package var runs: [(id: RunID, run: AnalysisRun)] {
        var runs: [(id: RunID, run: AnalysisRun)] = []
        if case .analysing(let run) = stage { runs.append((stepID, run)) }
        if let background, let backgroundID { runs.append((backgroundID, background.run)) }
        if let slos { runs.append((RunID(flight: number, kind: .slos), slos)) }
        return runs
    }

    package func run(_ id: RunID) -> AnalysisRun? {
        runs.first { $0.id == id }?.run
    }

    mutating func count(_ measurement: Measurement, ofMetric metric: Int, in id: RunID) {
        if let comparison = measurement.comparison, let metrics = run(id)?.metrics,
            metrics.indices.contains(metric), let comparisonID = metrics[metric].comparisonID
        {
            comparisons[comparisonID] = comparison
        }
        switch id.kind {
        case .background: background?.run.count(measurement, ofMetric: metric)
        case .slos: slos?.count(measurement, ofMetric: metric)
        case .step:
            guard case .analysing(var run) = stage else { return }
            run.count(measurement, ofMetric: metric)
            stage = .analysing(run)
        }
    }

    /// What the store said, where a metric that counts could not be asked.
    package var blindness: String? {
        runs.lazy.compactMap { $0.run.blindness }.first
    }

    /// What is not measured any more, where that keeps a comparison from saying anything.
    package var silence: String? {
        runs.lazy.compactMap { $0.run.silence }.first
    }

    /// The gate that is asked, and how far it has come.
    package var gate: (gate: Gate, run: GateRun)? {
        guard case .gating(let run) = stage, plan.steps.indices.contains(step),
            case .gate(let gate) = plan.steps[step]
        else { return nil }
        return (gate, run)
    }
}
