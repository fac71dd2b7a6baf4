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
    private let seed: UInt64

    init(seed: UInt64) {
        self.seed = seed
        random = Dice(state: seed &* 0x9E37_79B9_7F4A_7C15 | 1)
    }

    mutating func step() throws {
        now = now + .seconds(random.below(20))
        let before = rollout
        let chosen = random.below(3) > 0 ? anAnswer : nil
        take(chosen?.report ?? aWish)
        checkThatNothingMovesWithoutACause(before)
        checkExposure()
        checkTheRollbackLane()
        guard let action = chosen?.action, action.notBefore <= now else { return }
        #expect(!rollout.outstanding.contains(action), "seed \(seed): a report left its action outstanding")
    }

    private mutating func take(_ command: Command) {
        guard let turn = try? rollout.turn(command, by: "walk", at: now) else { return }
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
        guard let flight = rollout.flight, let stable = rollout.stable, !flight.isSummited else { return }
        let allowed =
            flight.plan.steps.prefix(flight.step + 1).map { step in
                if case .setWeight(let weight) = step { weight } else { Weight.none }
            }.max() ?? .none
        let given = rollout.routing?.route.weight(of: stable.place).complement ?? .none
        #expect(given <= allowed, "seed \(seed): \(given) is more than \(allowed)")
    }

    private func checkTheRollbackLane() {
        guard case .aborted = rollout.phase, let stable = rollout.stable else { return }
        #expect(
            rollout.routing?.route == .all(to: stable.place), "seed \(seed): an abort left traffic behind")
        for case .route(let order) in rollout.outstanding { #expect(order.isRollback, "seed \(seed)") }
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
        case .ask(let order): return .answered(order, anAnswerOfAGate)
        case .wake(let moment): return .woke(at: moment)
        case .measure(let order): return .measured(order, aSample, startedAt: now, finishedAt: now)
        case .route(let order):
            if random.below(4) > 0 { return .routed(since: order.since, evidence: "seen") }
            let kinds: [RouteFailure.Kind] = [.unavailable, .rejected, .unverified, .fenced]
            let failure = RouteFailure(kinds[random.below(4)], "no", bears: order.since + 3)
            return .routeFailed(since: order.since, attempt: order.attempt, failure: failure)
        }
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
            switch random.below(12) {
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
            let menu: [Step] = [
                .setWeight(.percent(5)), .setWeight(.percent(40)), .pause(nil), .pause(.seconds(15)),
                .analysis([metric]),
                .setWeight(.percent(20)),
            ]
            let steps = (0..<(1 + random.below(6))).map { _ in menu[random.below(menu.count)] }
            let plan = Plan(
                steps: steps, background: random.below(2) == 0 ? nil : BackgroundAnalysis(metrics: [watch]),
                judgement: random.below(2) == 0 ? .safe : .argo)
            return Declaration(
                name: rollout.name, traffic: TrafficTarget(router: "envoy", backends: .init(a: "a", b: "b")),
                plan: plan, isPaused: random.below(6) == 0, source: "rollouts/checkout.yaml")
        }
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
