package import Analysis
package import Journal
package import Logging
package import Rollouts

/// The one loop that runs all rollouts.
///
/// Wishes and reports wait in the inbox. A turn takes all of them at once: decide, append to the journal in
/// one transaction, apply, compare what is wanted with what runs, start and stop the difference. Between two
/// turns the loop sleeps until somebody submits something or the next timer is due; idle rollouts cost it
/// nothing.
package actor ControlLoop {
    let journal: any EngineJournal
    let ports: Ports
    let clock: any EngineClock
    let limits: EngineLimits
    /// Where the work runs; none: where all of Swift's does.
    private let executor: (any TaskExecutor)?
    let log: Logger

    private(set) var freezes: any FreezeCalendar = NoFreezes()
    private var calendars: [FreezeOrigin: any FreezeCalendar] = [:]
    var rollouts: [RolloutName: Rollout] = [:]
    var schedule: Schedule
    var inbox: [Submission] = []
    /// Reports that could not be made durable yet. They go first in every turn until they are.
    var stalled: [Submission] = []
    /// Rollbacks that went ahead of the journal, since it last took entries.
    var rescues: [Rescue: Task<Bool, Never>] = [:]
    /// Those of them that have not ended.
    var rescuesUnderWay: Set<Rescue> = []
    var works = Works()
    /// What was staged last for each rollout, until it is taken away; and what takes it away now.
    var staged: [RolloutName: JobOrder] = [:]
    var farewells: [Int: Task<Void, Never>] = [:]
    var farewellCount = 0
    /// Flights that do not go on before the mesh was asked, and the wishes that wait for that.
    var unexamined: Set<RolloutName> = []
    var early: [Submission] = []
    /// Rollouts whose routes are to be looked at once more, and what says that there are some.
    var doubtful: Set<RolloutName> = []
    let doubts = Bell()
    /// When the verdict fell, or the abort was wished, for rollouts whose traffic is on its way back.
    var returningSince: [RolloutName: Moment] = [:]
    package private(set) var meters = Meters()
    /// Set while the journal does not take what it must.
    package private(set) var journalTrouble: JournalError?
    private var isStopping = false
    private var observers: [Changes] = []

    private let bell = Bell()

    /// - Parameters:
    ///   - executor: where all of its work runs; none: where Swift's does.
    ///   - lane: where a job runs; none: as its ports say.
    package init(
        journal: any EngineJournal, ports: Ports, clock: any EngineClock,
        limits: EngineLimits = EngineLimits(), executor: (any TaskExecutor)? = nil,
        lane: (@Sendable (Job) -> Lane)? = nil, log: Logger
    ) {
        self.journal = journal
        self.ports = ports
        self.clock = clock
        self.limits = limits
        self.executor = executor
        self.log = log
        schedule = Schedule(capacity: limits.jobsPerBackend, lane: lane ?? { ports.lane(of: $0) })
    }

    func ring() { bell.ring() }

    /// Every task of the loop begins here, so that all of it runs where it was told to.
    func begin<Value: Sendable>(_ work: @escaping @Sendable () async -> Value) -> Task<Value, Never> {
        Task(executorPreference: executor, operation: work)
    }

    func meter(_ body: (inout Meters) -> Void) { body(&meters) }

    func setTrouble(_ error: JournalError?) { journalTrouble = error }
}

// MARK: - What callers need

extension ControlLoop {
    /// Folds the journal. Afterwards the loop knows every rollout; nothing is started before `run`.
    package func recover() async throws(JournalError) {
        var folded: [RolloutName: Rollout] = [:]
        try await journal.replay { entry throws(JournalError) in
            folded[entry.rollout, default: Rollout(name: entry.rollout)].apply(entry.event, at: entry.moment)
        }
        rollouts = folded
    }

    /// Runs until `stop` or cancellation, and ends when everything it started has ended.
    package func run() async {
        holdUnexamined()
        names.forEach(reschedule)
        let watchers =
            ports.allRouters.map { router in begin { await self.watch(router) } }
            + ports.allWorkloads.map { controller in begin { await self.watch(controller) } }
        let surveys = [
            begin { await self.examineAll() }, begin { await self.examineAgain() },
            begin { await self.sweepJobs() },
        ]
        await turnUntilStopped()
        isStopping = true
        (watchers + surveys).forEach { $0.cancel() }
        // An answer to an abort, which is among the works, waits for its rescue.
        let rescues = Array(rescues.values)
        for rescue in rescues { rescue.cancel() }
        await works.end()
        let farewells = Array(farewells.values)
        for farewell in farewells { farewell.cancel() }
        for farewell in farewells { await farewell.value }
        for rescue in rescues { _ = await rescue.value }
        decline(early + inbox)
        // Somebody who looks at the mesh still may answer those that waited for it.
        early = []
    }

    /// Hands in a wish and waits for what became of it. A decision that returns is durable.
    package func submit(
        _ command: Command, to rollout: RolloutName, by who: String, delivery: Delivery? = nil
    ) async throws(Rejection) -> Decision {
        if isStopping { throw .stopping }
        let result = await withCheckedContinuation { (waiting: CheckedContinuation<Outcome, Never>) in
            inbox.append(
                Submission(command, to: rollout, by: who, at: clock.now(), delivery: delivery) {
                    waiting.resume(returning: $0)
                })
            ring()
        }
        return try result.get()
    }

    package typealias Outcome = Result<Decision, Rejection>

    /// Who tells of freezes.
    package enum FreezeOrigin: Hashable, Sendable {
        case files, cluster
    }

    /// Takes a new calendar in the place of the one from there, and lets the rollouts that are frozen look at it.
    package func use(_ calendar: any FreezeCalendar, of origin: FreezeOrigin = .files) {
        calendars[origin] = calendar
        freezes = JoinedFreezes(Array(calendars.values))
        for rollout in all where rollout.frozen != nil {
            note(.woke(at: clock.now()), of: rollout.name)
        }
    }

    package func rollout(_ name: RolloutName) -> Rollout? { rollouts[name] }

    /// What is or may be in the way of a rollout's next release; none where no manifest declares it. Changes nothing.
    package func findings(of name: RolloutName) async -> [Finding]? {
        guard let inspection = rollouts[name]?.inspection else { return nil }
        return await ports.inspect(inspection, of: name, within: limits.inspectDeadline, on: clock)
    }

    package var names: [RolloutName] { rollouts.keys.sorted() }

    package var all: [Rollout] { rollouts.values.sorted { $0.name < $1.name } }

    /// Tells from now on what changes, and all that is there at first.
    package func changes() -> Changes {
        let changes = Changes(rollouts.keys)
        observers.append(changes)
        return changes
    }

    package var runningCount: Int { schedule.runningCount }

    package var now: Moment { clock.now() }

    /// Takes no more wishes and lets what is on its way to the mesh arrive, for so long at the most.
    package func stop(within limit: Duration) async {
        isStopping = true
        let deadline = clock.now() + limit
        while works.isRouting || !rescuesUnderWay.isEmpty, clock.now() < deadline {
            // Cut short means that the caller has no more time: then there is nothing to wait for.
            guard await clock.hasSlept(for: .milliseconds(10)) else { break }
        }
        bell.silence()
    }
}

// MARK: - The loop

extension ControlLoop {
    private func turnUntilStopped() async {
        var alarm: Task<Void, Never>?
        ring()
        for await _ in bell.rings {
            await turn()
            alarm?.cancel()
            alarm = nextMoment.map { moment in begin { await self.ring(at: moment) } }
        }
        alarm?.cancel()
    }

    private var nextMoment: Moment? {
        let retry = stalled.isEmpty ? nil : clock.now() + limits.journalRetry
        return [schedule.nextMoment, retry].compactMap(\.self).min()
    }

    private func ring(at moment: Moment) async {
        do {
            try await clock.sleep(until: moment)
            ring()
        } catch {
            // An earlier alarm took its place.
        }
    }

    /// Until nothing waits: what one turn starts may have ended before the next one looks.
    private func turn() async {
        launch(schedule.start(at: clock.now()))
        repeat {
            let submissions = withoutEarly(stalled + inbox)
            stalled = []
            inbox = []
            await process(Batch.split(submissions))
            launch(schedule.start(at: clock.now()))
        } while !inbox.isEmpty
    }

    /// Once a group could not be recorded, those behind it are not tried: what they come to may depend on it.
    private func process(_ groups: [[Submission]]) async {
        var trouble: JournalError?
        for group in groups {
            if let trouble { endure(trouble, group) } else { trouble = await process(group) }
        }
    }

    private func process(_ submissions: [Submission]) async -> JournalError? {
        let now = clock.now()
        let submissions = submissions.map { $0.decided(at: now) }
        let batch = Batch(submissions, of: rollouts, at: now, freezes)
        let precaution = takePrecaution(for: submissions)
        defer { precaution.cancel() }
        do throws(JournalError) {
            switch try await record(batch) {
            case .new: commit(batch)
            case .repeated(let delivery): submissions.forEach { $0.reply?(.failure(.repeated(delivery))) }
            }
            return nil
        } catch {
            endure(error, submissions)
            return error
        }
    }

    private func record(_ batch: Batch) async throws(JournalError) -> DeliveryOutcome {
        if let delivery = batch.delivery {
            return try await journal.append(batch.entries, delivery: delivery)
        }
        if batch.entries.isEmpty { return .new }
        try await journal.append(batch.entries)
        meter { $0.commits += 1 }
        return .new
    }

    private func commit(_ batch: Batch) {
        if !batch.entries.isEmpty { recoverFromTrouble() }
        rollouts.merge(batch.drafts) { $1 }
        for observer in observers where !batch.drafts.isEmpty { observer.add(batch.drafts.keys) }
        batch.drafts.keys.sorted().forEach(reschedule)
        count(batch)
        for (submission, outcome) in batch.outcomes {
            if let job = submission.outcomeOf { launch(schedule.finish(job)) }
            submission.reply?(outcome)
        }
    }

    private func recoverFromTrouble() {
        if journalTrouble != nil { log.notice("the journal takes entries again") }
        setTrouble(nil)
        rescues = rescues.filter { rescuesUnderWay.contains($0.key) }
    }

    func reschedule(_ name: RolloutName) {
        schedule.want(startable(of: name), of: name).forEach { works.stop($0) }
        if staged[name] != nil { strike(name) }
    }

    private func decline(_ submissions: [Submission]) {
        submissions.forEach { $0.reply?(.failure(.stopping)) }
    }
}
