import Analysis
import Rollouts
import Testing

/// Laws that hold whatever people, meshes and metrics stores do, in whatever order. A failure prints its seed.
@Suite struct LawTests {
    @Test(arguments: 0..<300) func theLawsHold(_ seed: Int) throws {
        var walk = RandomWalk(seed: UInt64(seed))
        for _ in 0..<120 { try walk.step() }
        var folded = Rollout(name: walk.rollout.name)
        for entry in walk.log { folded.apply(entry.event, at: entry.moment) }
        #expect(folded == walk.rollout, "the log does not lead to the state it came from")
    }
}

private struct RandomWalk {
    private(set) var rollout = Rollout(name: RolloutName("checkout"))
    private(set) var log: [Entry] = []
    private var now = Moment(microseconds: 0)
    private var random: Dice
    private var released = 0
    private var calendar = WalkCalendar()
    private let seed: UInt64

    init(seed: UInt64) {
        self.seed = seed
        random = Dice(state: seed &* 0x9E37_79B9_7F4A_7C15 | 1)
    }

    mutating func step() throws {
        now = now + .seconds(random.below(20))
        let before = rollout
        let chosen = random.below(3) > 0 ? anAnswer : nil
        if random.below(25) == 0 { calendar.freeze = aFreeze }
        let count = log.count
        take(chosen?.report ?? aWish)
        checkThatAFreezeStopsWhatAdvances(log[count...], before)
        checkThatWhatIsRetiredCarriesNothing(log[count...])
        checkThatNothingMovesWithoutACause(before)
        checkExposure()
        checkTheRollbackLane()
        checkThatTrafficHasInstances()
        checkThatNothingMovesBeforeItIsLookedAt(before)
        guard let action = chosen?.action, action.notBefore <= now else { return }
        #expect(!rollout.outstanding.contains(action), "seed \(seed): a report left its action outstanding")
    }

    private mutating func take(_ command: Command) {
        guard let turn = try? rollout.turn(command, by: "walk", at: now, freezes: calendar) else { return }
        rollout = turn.next
        log += turn.entries
    }

    // MARK: The laws

    /// A number is given once, and a route is changed by an event and by nothing else.
    private func checkThatNothingMovesWithoutACause(_ before: Rollout) {
        #expect(rollout.sequence >= before.sequence, "seed \(seed)")
        guard rollout.sequence == before.sequence else { return }
        #expect(rollout == before, "seed \(seed): the state changed without an event")
    }

    /// No order of events gives a release more than the step it has come to, unless somebody said `--full`.
    private func checkExposure() {
        guard let flight = rollout.flight, let stable = rollout.stable, !flight.isSummited,
            let route = rollout.routing?.route
        else { return }
        let entered = flight.plan.steps.prefix(flight.step + 1)
        let allowed = entered.map(\.shareOfAllArms).max() ?? .none
        let given = route.weight(of: stable.place).complement
        #expect(given <= allowed, "seed \(seed): \(given) is more than \(allowed)")
        let rules = Set(entered.compactMap { if case .setRule(let rule) = $0 { rule.name } else { nil } })
        #expect(Set(route.rules.map(\.name)).isSubset(of: rules), "seed \(seed): a rule that no step set")
    }

    /// In a freeze nothing starts and no step is entered or passed, but by an override or a return.
    private func checkThatAFreezeStopsWhatAdvances(_ entries: ArraySlice<Entry>, _ before: Rollout) {
        guard let freeze = calendar.inForce(at: now), !before.overridden.contains(freeze),
            !entries.contains(where: \.event.isOverride)
        else { return }
        for entry in entries {
            switch entry.event {
            case .started(_, _, let cause):
                #expect(cause.skipsSteps, "seed \(seed): started in a freeze: #\(entry.sequence)")
            case .stepEntered, .stepPassed, .armChosen:
                Issue.record("seed \(seed): advanced in a freeze: #\(entry.sequence) \(entry.event.sentence)")
            default: break
            }
        }
    }

    private func checkThatWhatIsRetiredCarriesNothing(_ entries: ArraySlice<Entry>) {
        for case .retired(let release) in entries.map(\.event) {
            guard let routing = rollout.routing else { continue }
            #expect(routing.isApplied, "seed \(seed): retired before the data plane shows it")
            #expect(!routing.route.reaches(release.place), "seed \(seed): \(release.name) carries traffic")
        }
    }

    /// While a start is looked at, its release gets nothing that it did not have.
    private func checkThatNothingMovesBeforeItIsLookedAt(_ before: Rollout) {
        if case .aborted(let failure) = rollout.phase, case .unfit = failure.reason {
            #expect(rollout.routing?.route == before.routing?.route, "seed \(seed): moved by a refusal")
        }
        guard let flight = rollout.flight, flight.stage == .inspecting else { return }
        if let stable = rollout.stable {
            #expect(rollout.routing?.route.isAll(to: stable.place) == true, "seed \(seed): moved unseen")
        } else {
            #expect(rollout.routing?.route == before.routing?.route, "seed \(seed): moved unseen")
        }
    }

    private func checkTheRollbackLane() {
        guard case .aborted = rollout.phase, let stable = rollout.stable else { return }
        #expect(
            rollout.routing?.route == .all(to: stable.place), "seed \(seed): an abort left traffic behind")
        for case .route(let order) in rollout.outstanding { #expect(order.isRollback, "seed \(seed)") }
        let isAwaited = rollout.routing?.isApplied == false
        #expect(isAwaited == rollout.outstanding.contains(where: \.isRoute), "seed \(seed): it waits")
    }

    /// Up first, down last: what gets traffic, or got some and was not shown to have none, is not without instances;
    /// and no weight goes up before they are ready.
    private func checkThatTrafficHasInstances() {
        guard let scaling = rollout.scaling, let routing = rollout.routing else { return }
        for release in (rollout.flight?.releases ?? []) + [rollout.stable].compactMap(\.self)
        where routing.route.reaches(release.place) {
            #expect(scaling.sizes[release.name, default: 0] > 0, "seed \(seed): \(release.name) has none")
        }
        for case .route(let order) in rollout.outstanding where !order.isRollback {
            #expect(scaling.isReady, "seed \(seed): traffic goes where nothing is ready")
        }
    }

    // MARK: What happens

    private var anAnswer: (action: Action, report: Command)? {
        mutating get {
            let actions = rollout.outstanding.sorted { "\($0)" < "\($1)" }
            guard !actions.isEmpty else { return nil }
            let action = actions[random.below(actions.count)]
            if action.notBefore > now { now = action.notBefore }
            return (action, .report(answer(to: action)))
        }
    }

    private mutating func answer(to action: Action) -> Report {
        switch action {
        case .inspect(let order):
            return .inspected(order, findings: random.below(4) > 0 ? [] : [aFinding])
        case .ask(let order): return .answered(order, anAnswerOfAGate)
        case .wake(let moment): return .woke(at: moment)
        case .scale(let order):
            if random.below(3) > 0 { return .scaled(since: order.since, evidence: "ready") }
            let failure = WorkloadFailure(random.below(2) == 0 ? .failing : .unready, "no")
            return .scaleFailed(since: order.since, attempt: order.attempt, failure: failure)
        case .measure(let order): return .measured(order, aSample, startedAt: now, finishedAt: now)
        case .route(let order):
            if random.below(4) > 0 { return .routed(since: order.since, evidence: "seen") }
            let kinds: [RouteFailure.Kind] = [.unavailable, .rejected, .unverified, .fenced]
            let failure = RouteFailure(kinds[random.below(4)], "no", bears: order.since + 3)
            return .routeFailed(since: order.since, attempt: order.attempt, failure: failure)
        }
    }

    private var aFinding: Finding {
        Finding(
            .error, "objects", "the route", "is not there", why: "it holds the weights", mend: "create it")
    }

    private var anAnswerOfAGate: GateAnswer {
        mutating get {
            switch random.below(6) {
            case 0: .no(nil)
            case 1: .trouble("connection refused")
            case 2, 3: .wait(nil)
            default: .yes(nil)
            }
        }
    }

    private var aSample: Sample {
        mutating get {
            switch random.below(8) {
            case 0: .failure(SampleFailure(.outage, "refused"))
            case 1: .value(.array([]), warnings: [])
            case 2: .value(.array([.float(0.7)]), warnings: [])
            case 3: .value(.array([.float(0.1)]), warnings: [])
            default: .value(.array([.float(0.99)]), warnings: [])
            }
        }
    }

    private var aWish: Command {
        mutating get {
            switch random.below(16) {
            case 14: return .report(.shrunk(since: rollout.scaling?.since ?? 0, found: "one is gone"))
            case 0, 1: return .declare(aDeclaration)
            case 2, 3, 4:
                released += random.below(3) == 0 ? 0 : 1
                return .start(release: "v\(released)")
            case 5: return .promote(from: nil)
            case 6: return .promoteFully(arm: nil)
            case 7: return .pause
            case 8: return .resume
            case 9: return .abort(why: nil)
            case 10: return .retry
            case 11: return .undo(to: random.below(2) == 0 ? nil : "v\(random.below(released + 1))")
            case 12: return .overrideFreeze(reason: "because")
            case 13: return .promoteFully(arm: random.below(2) == 0 ? "blue" : "red")
            default: return .report(.drifted(found: "something else", bears: nil))
            }
        }
    }

    private var aDeclaration: Declaration {
        mutating get {
            let metric = Metric(
                name: "success", query: Query(provider: "prometheus", text: "q"), interval: .seconds(10),
                count: 1 + random.below(3), successCondition: "result[0] >= 0.95",
                failureCondition: "result[0] < 0.5",
                failureLimit: random.below(2), consecutiveErrorLimit: 2)
            var watch = metric
            watch.count = nil
            let steps = (0..<(1 + random.below(8))).map { _ in aStep(metric) }
            var plan = Plan(
                steps: steps, background: random.below(2) == 0 ? nil : BackgroundAnalysis(metrics: [watch]),
                judgement: random.below(2) == 0 ? .safe : .argo)
            if random.below(3) == 0 { plan.bake = Bake(duration: .seconds(30)) }
            if random.below(4) == 0 { plan.arms = ["blue", "red"] }
            if random.below(4) == 0 { plan.stickiness = Stickiness(cookie: "who") }
            return Declaration(
                name: rollout.name,
                traffic: TrafficTarget(
                    router: "envoy", backends: Backends(names: ["a", "b", "c"]) ?? Backends(a: "a", b: "b")),
                plan: plan, isPaused: random.below(6) == 0, source: "rollouts/checkout.yaml",
                inFlight: InFlightPolicy.allCases[random.below(3)], rollbackWindow: random.below(3),
                progressDeadline: aDeadline, workload: aWorkload,
                preflight: seed.isMultiple(of: 3) ? Preflight() : nil)
        }
    }

    private var aWorkload: WorkloadTarget? {
        mutating get {
            guard random.below(2) == 0 else { return nil }
            return WorkloadTarget(
                controller: "kubernetes", release: "v\(released)", replicas: 1 + random.below(12),
                replicasMin: random.below(3) == 0 ? 2 : nil)
        }
    }

    private mutating func aStep(_ metric: Metric) -> Step {
        let menu: [Step] = [
            .setWeight(.percent(5)), .setWeight(.percent(40)), .pause(nil), .pause(.seconds(15)),
            .analysis([metric]), .setWeight(.percent(20)), .setShares([.percent(10), .percent(30)]),
            .setRule(PlannedRule(name: "staff", matches: [], deed: .send, arm: random.below(2))),
            .setRule(PlannedRule(name: "copies", matches: [], deed: .mirror(.percent(50)))),
            .removeRule("staff"), .reachAge(.seconds(40)),
            .gate(
                Gate(
                    name: "qa", url: "http://qa/", deadline: random.below(2) == 0 ? nil : .seconds(60),
                    whenOverdue: Overdue.allCases[random.below(2)])),
            .conclude(Conclusion.allCases[random.below(3)]),
            .setScale([.traffic, .share(.percent(30)), .instances(random.below(3))][random.below(3)]),
        ]
        return menu[random.below(menu.count)]
    }

    private var aDeadline: ProgressDeadline? {
        mutating get {
            guard random.below(3) == 0 else { return nil }
            return ProgressDeadline(duration: .seconds(30), whenOverdue: Overdue.allCases[random.below(2)])
        }
    }

    private var aFreeze: Freeze? {
        mutating get {
            guard random.below(2) == 0 else { return nil }
            let end = random.below(5) == 0 ? nil : now + .seconds(random.below(120))
            return Freeze(name: "freeze-\(random.below(3))", reason: "quiet", until: end)
        }
    }
}

private struct WalkCalendar: FreezeCalendar {
    var freeze: Freeze?

    func inForce(at moment: Moment) -> Freeze? {
        freeze.flatMap { freeze in freeze.until.map { $0 > moment } ?? true ? freeze : nil }
    }

    /// Says what it was told, over or not: the machine must look at the end itself.
    func freeze(of declaration: Declaration, at moment: Moment, beside overridden: [Freeze]) -> Freeze? {
        freeze.flatMap { overridden.contains($0) ? nil : $0 }
    }
}

extension Step {
    fileprivate var shareOfAllArms: Weight {
        switch self {
        case .setWeight(let weight): weight
        case .setShares(let weights): weights.reduce(Weight.all) { $0.minus($1) }.complement
        default: .none
        }
    }
}

extension Action {
    fileprivate var isRoute: Bool {
        if case .route = self { true } else { false }
    }
}

extension Event {
    fileprivate var isOverride: Bool {
        if case .freezeOverridden = self { true } else { false }
    }
}

extension Weight {
    fileprivate static func percent(_ number: Int) -> Weight { Weight(percent: number) ?? .none }
}

/// xorshift: the same walk for the same seed, everywhere.
private struct Dice {
    var state: UInt64

    mutating func below(_ bound: Int) -> Int {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Int(state % UInt64(bound))
    }
}
