import Analysis
import Engine
package import Rollouts

/// One scenario lived through with one seed.
package struct Simulation {
    package var scenario: Scenario
    package var seed: UInt64
    package var faults: Faults
    package var sabotage: Sabotage?
    /// The number of the crash point at which the process is to die; see `CrashSweep`.
    package var crashAt: Int?

    package init(
        _ scenario: Scenario, seed: UInt64, faults: Faults = .none, sabotage: Sabotage? = nil,
        crashAt: Int? = nil
    ) {
        self.scenario = scenario
        self.seed = seed
        self.faults = faults
        self.sabotage = sabotage
        self.crashAt = crashAt
    }

    package func run() -> Outcome {
        let world = World(scenario, faults: faults, sabotage: sabotage, seed: seed, crashAt: crashAt)
        world.liveThrough()
        return Outcome(
            seed: seed, violations: world.violations, timeline: Timeline(world.sights),
            crashPoints: world.crashPointsReached, virtualTime: world.course.now - Scenario.start,
            states: world.states)
    }
}

/// What became of it.
package struct Outcome: Sendable {
    package let seed: UInt64
    package let violations: [Violation]
    package let timeline: Timeline
    package let crashPoints: Int
    package let virtualTime: Duration
    /// Where the rollouts stood in the end.
    package let states: [Rollout]
}

extension World {
    /// How long after it nothing is over yet: somebody's last deed may not have been noticed.
    private static let grace = Duration.seconds(90)
    private var lookEvery: Duration { max(.seconds(15), scenario.patience / 2_000) }

    func liveThrough() {
        boot(Disk(identity: "journal"))
        for (delay, deed) in scenario.deeds { course.after(delay) { [self] in carryOut(deed) } }
        course.after(scenario.calmAfter) { [self] in calmDown() }
        course.after(lookEvery) { [self] in look() }
        let end = Scenario.start + scenario.calmAfter + scenario.patience
        course.run { [self] in !isOver && course.now < end && violations.isEmpty }
        if violations.isEmpty { note(.ended(states)) }
        wind()
    }

    private func calmDown() {
        faults = .none
        outages = [:]
        lives.first?.disk.isFull = false
        for rival in lives where rival.isRival { kill(rival, at: nil) }
        note(.calmed)
        course.after(Self.grace) { [self] in isCalm = true }
    }

    /// Looks at the controller's state from outside, now and then.
    private func look() {
        _ = Task(executorPreference: executor) { [self] in
            guard let life = keeper, let loop = life.loop else { return }
            states = await loop.all
            for state in states { note(.rested(state, life: life.number)) }
            isOver = isCalm && !states.isEmpty && states.allSatisfy(\.isSettled)
        }
        course.after(lookEvery) { [self] in look() }
    }

    /// Lets all tasks come to their end, so that nothing is left behind; and lets go of all that still holds on to the
    /// world, which would never be freed otherwise.
    private func wind() {
        for life in lives where life.isAlive {
            life.isAlive = false
            life.task?.cancel()
            course.rouse(life)
        }
        executor.runAll()
        course.stop()
        for life in lives { life.leave() }
        lives = []
    }
}

extension Rollout {
    /// Whether it is healthy, rolled back, or waits for a person and says so; and the mesh has what it
    /// should.
    var isSettled: Bool {
        guard routing?.isApplied != false, scaling?.isReady != false else { return false }
        guard let flight else { return warm.isEmpty && (queued == nil || queueWaitsForPerson) }
        return waitsForPerson(flight)
    }

    /// A release that waits starts when its manifest is back, or when the freeze is gone that only a manifest
    /// ends.
    private var queueWaitsForPerson: Bool {
        isWithdrawn || frozen.map { $0.until == nil } == true
    }

    func waitsForPerson(_ flight: Flight) -> Bool {
        switch hold {
        case .command, .manifest: return true
        case .freeze(let freeze): return freeze.until == nil
        // A budget is whole again some day; nobody can say when.
        case .slo: return flight.isHeldBySLO
        case .outage, .noData, .route, .instances: return false
        case nil: break
        }
        switch flight.stage {
        case .asking, .pausing(until: nil): return true
        default: return false
        }
    }
}

extension Flight {
    /// An objective was seen, and not found to be met.
    fileprivate var isHeldBySLO: Bool {
        runs.contains { id, run in
            id.kind == .slos && run.tallies.contains { $0.recent.last?.phase == .held }
        }
    }
}
