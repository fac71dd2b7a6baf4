import Analysis
import Rollouts

/// A rollout and what the mesh bears of it, at one point of the search.
struct Knot {
    private(set) var rollout: Rollout
    private(set) var borne: (route: Route, since: Sequence)?
    private(set) var reading = Reading()
    private(set) var path: [String] = []
    private var unproved: String?
    /// Whether a good measurement beside the steps speaks for the flight.
    private var isProved = false

    enum Move {
        case wish(Command)
        case report(Report, String)
        /// The mesh takes a write, and nobody hears of it.
        case land(RouteOrder)
        /// The controller dies and reads its log; work is started anew.
        case drift
    }

    init(_ declaration: Declaration) {
        rollout = Rollout(name: declaration.name)
        guard let declared = try? taking(.wish(.declare(declaration))) else {
            preconditionFailure("a declaration is never refused")
        }
        self = declared
    }

    func taking(_ move: Move) throws(Refusal) -> Knot {
        var next = self
        next.path.append(move.text)
        switch move {
        case .wish(let command): try next.decide(command, by: "alice")
        case .report(let report, _): try next.decide(.report(report), by: "headgate")
        case .land(let order): next.borne = (order.route, order.since)
        case .drift: try next.decide(.report(.drifted(found: "something else", bears: nil)), by: "headgate")
        }
        return next
    }

    private mutating func decide(_ command: Command, by who: String) throws(Refusal) {
        let turn = try rollout.turn(command, by: who, at: now)
        rollout = turn.next
        for entry in turn.entries { read(entry) }
    }

    private mutating func read(_ entry: Entry) {
        switch entry.event {
        case .started: isProved = false
        case .measured(let run, _, let measurement):
            if case .background = run.kind, measurement.phase == .successful { isProved = true }
        case .summited(nil) where isProofDue && !isProved:
            unproved = "all traffic is given, and nothing was measured"
        default: break
        }
        reading.read(entry)
    }

    /// Whether a good measurement has to speak for the flight.
    private var isProofDue: Bool {
        guard reading.stable != nil, let climb = reading.climb else { return false }
        return climb.plan.background != nil && !climb.cause.skipsSteps
    }

    /// Late enough for everything that is wanted.
    private var now: Moment {
        rollout.outstanding.map(\.notBefore).filter { $0 > rollout.lastEventAt }.min() ?? rollout.lastEventAt
    }
}

// MARK: - Moves

extension Knot {
    var moves: [Move] {
        let wishes: [Command] = [
            .start(release: "v1"), .start(release: "v2"), .promote(from: nil), .promoteFully(arm: nil),
            .pause, .resume,
            .abort(why: nil), .retry, .keep, .unqueue, .keep, .unqueue, .undo(to: nil),
            .overrideFreeze(reason: "urgent"),
        ]
        return wishes.map(Move.wish) + rollout.outstanding.flatMap(moves) + (borne == nil ? [] : [.drift])
    }

    private func moves(of action: Action) -> [Move] {
        switch action {
        case .route(let order): moves(of: order)
        case .scale(let order):
            [
                .report(.scaled(since: order.since, evidence: "ready"), "the instances are ready"),
                .report(
                    .scaleFailed(
                        since: order.since, attempt: order.attempt,
                        failure: WorkloadFailure(.failing, "CrashLoopBackOff")), "instances fail"),
            ]
        case .wake(let moment): [.report(.woke(at: moment), "time passes")]
        case .inspect(let order):
            [
                .report(.inspected(order, findings: []), "nothing is in the way"),
                .report(.inspected(order, findings: [.refused]), "the start is refused"),
            ]
        case .ask(let order):
            [(GateAnswer.yes(nil), "yes"), (.no(nil), "no"), (.wait(nil), "wait")].map { answer, word in
                .report(.answered(order, answer), "the gate says \(word)")
            }
        case .measure(let order):
            [
                ("1", Sample.value(.array([.float(1)]), warnings: [])),
                ("0", .value(.array([.float(0)]), warnings: [])),
                ("nothing", .value(.array([]), warnings: [])),
                ("no answer", .failure(SampleFailure(.outage, "down"))),
            ]
            .map { word, sample in
                .report(.measured(order, sample, startedAt: now, finishedAt: now), "the store says \(word)")
            }
        }
    }

    private func moves(of order: RouteOrder) -> [Move] {
        let failure = RouteFailure(.unavailable, "down")
        let failed = Move.report(
            .routeFailed(since: order.since, attempt: order.attempt, failure: failure),
            "the mesh does not answer")
        let isBorne = borne.map { $0.since == order.since && $0.route == order.route } ?? false
        let routed = Move.report(
            .routed(since: order.since, evidence: "shown"), "the mesh shows #\(order.since)")
        return [failed, isBorne ? routed : .land(order)]
    }
}

extension Knot.Move {
    var text: String {
        switch self {
        case .wish(let command): command.word
        case .report(_, let text): text
        case .land(let order): "the mesh takes \(order.route.words)"
        case .drift: "somebody changes the route"
        }
    }
}

// MARK: - Laws

extension Knot {
    /// What is wrong with the state.
    var flaws: [String] {
        [excess, notReturned, deadEnd, unproved].compactMap(\.self)
    }

    private var excess: String? {
        rollout.routing.flatMap { reading.bound.excess(of: $0.route) }.map { "wanted: \($0)" }
    }

    private var notReturned: String? {
        guard reading.isAborted, let stable = reading.stable, let routing = rollout.routing,
            !routing.route.isAll(on: stable.place)
        else { return nil }
        return "aborted, and \(routing.route.words) is wanted"
    }

    /// Nothing is to be done, and nobody is waited for.
    private var deadEnd: String? {
        guard let flight = rollout.flight, rollout.outstanding.isEmpty, !rollout.waitsForPerson(flight) else {
            return nil
        }
        return "nothing is wanted in \(rollout.stageName), and no person is waited for"
    }
}

// MARK: - What makes two states one

extension Knot {
    struct Shape: Hashable {
        let stage: String
        let step: Int
        let flags: [Bool]
        let stable: Release?
        let releases: [Release]
        let route: Route?
        let borne: Route?
        let sizes: [String: Int]
        let tallies: [[Int]]
        let warm: [Release]
        let history: [Release]
        let queued: String?
        let landed: String?
        let blindness: String?
    }

    var shape: Shape {
        let flight = rollout.flight
        return Shape(
            stage: rollout.stageName, step: flight?.step ?? 0, flags: flags, stable: rollout.stable,
            releases: flight?.releases ?? [], route: rollout.routing?.route, borne: borne?.route,
            sizes: rollout.scaling?.sizes ?? [:],
            tallies: flight?.runs.flatMap { $0.run.tallies.map(\.shape) } ?? [],
            warm: rollout.warm.map(\.release),
            history: rollout.history, queued: rollout.queued?.name,
            landed: rollout.landed, blindness: flight?.blindness)
    }

    private var flags: [Bool] {
        let (flight, routing) = (rollout.flight, rollout.routing)
        return [
            rollout.heldBy != nil, rollout.isWithdrawn, routing?.isApplied ?? false,
            routing?.lastFailure != nil,
            borne.map { $0.since == routing?.since } ?? false, flight?.isSummited ?? false,
            flight?.isBakeOver ?? false,
            flight?.background != nil, flight?.cause == .retry, flight?.cause == .undo,
            flight?.cause == .returned,
            (flight?.gate?.run.asked ?? 0) > 0, unproved != nil, isProved,
            rollout.scaling?.isReady ?? true, rollout.scaling?.lastFailure != nil,
        ] + rollout.warm.map(\.isProved)
    }
}

extension Tally {
    /// More of the same makes no difference.
    fileprivate var shape: [Int] {
        [
            min(successful, 2), min(failed, 3), min(inconclusive, 2), min(consecutiveErrors, 6),
            min(consecutiveSuccesses, 3),
            min(errors, 1), verdict == nil ? 0 : 1,
        ]
    }
}

extension Finding {
    fileprivate static let refused = Finding(
        .error, "objects", "VirtualService shop/web", "is not there", why: "it holds the weights",
        mend: "create it")
}
