package import Analysis
import HeapModule
package import Rollouts

/// One action of one rollout.
package struct Job: Hashable, Sendable {
    package let rollout: RolloutName
    package let action: Action

    package init(rollout: RolloutName, action: Action) {
        self.rollout = rollout
        self.action = action
    }
}

/// What is wanted, what waits for its moment, what waits for a place in its lane, and what runs.
///
/// A value without I/O: the control loop tells it what is wanted and what ended, and it says what to start
/// and what to stop. Nothing here costs time for rollouts that want nothing.
package struct Schedule {
    private var wanted: [RolloutName: Set<Action>] = [:]
    private var running: Set<Job> = []
    private var queued: Set<Job> = []
    private var timers = Heap<Timer>()
    /// How many timers were set: of two for one moment the earlier one goes first.
    private var armed = 0
    private var lanes: Lanes
    private let lane: @Sendable (Job) -> Lane

    /// `lane` says where a job runs; see `Lanes`.
    package init(capacity: Int, lane: @escaping @Sendable (Job) -> Lane) {
        lanes = Lanes(capacity: capacity)
        self.lane = lane
    }

    /// Takes the actions that a rollout wants now, and returns the running ones that it wants no longer.
    package mutating func want(_ actions: Set<Action>, of rollout: RolloutName) -> [Job] {
        let before = wanted[rollout] ?? []
        wanted[rollout] = actions.isEmpty ? nil : actions
        for action in actions.subtracting(before).inOrder {
            arm(Job(rollout: rollout, action: action))
        }
        return before.subtracting(actions).inOrder.map { Job(rollout: rollout, action: $0) }.filter {
            forget($0)
        }
    }

    /// The jobs to start at this moment. Each is running from here until `finish`.
    package mutating func start(at now: Moment) -> [Job] {
        var ready: [Job] = []
        while let timer = timers.min, timer.moment <= now {
            timers.removeMin()
            guard queued.remove(timer.job) != nil, isWanted(timer.job) else { continue }
            if lanes.enter(timer.job, lane(timer.job)) { ready.append(timer.job) }
        }
        running.formUnion(ready)
        return ready
    }

    /// Takes note that a job ended, and returns those that its place in the lane lets start. A job that ended
    /// and is wanted still is armed again: what is outstanding is always either waiting or running.
    package mutating func finish(_ job: Job) -> [Job] {
        guard running.remove(job) != nil else { return [] }
        let next = lanes.leave(lane(job)).filter { isWanted($0) }
        running.formUnion(next)
        if isWanted(job) { arm(job) }
        return next
    }

    /// When there is something to start again; none when all that is wanted runs.
    package var nextMoment: Moment? { timers.min?.moment }

    package var runningCount: Int { running.count }

    package func wants(_ job: Job) -> Bool { isWanted(job) }

    private func isWanted(_ job: Job) -> Bool {
        wanted[job.rollout]?.contains(job.action) ?? false
    }

    private mutating func arm(_ job: Job) {
        guard !running.contains(job), queued.insert(job).inserted else { return }
        armed += 1
        timers.insert(Timer(moment: job.action.notBefore, number: armed, job: job))
    }

    /// Its timer stays in the heap and finds nothing to start: taking it out would cost a search.
    private mutating func forget(_ job: Job) -> Bool {
        queued.remove(job)
        lanes.leaveQueue(job, lane(job))
        return running.contains(job)
    }
}

private struct Timer: Comparable {
    let moment: Moment
    let number: Int
    let job: Job

    static func < (left: Timer, right: Timer) -> Bool {
        (left.moment, left.number) < (right.moment, right.number)
    }

    static func == (left: Timer, right: Timer) -> Bool { left.number == right.number }
}
