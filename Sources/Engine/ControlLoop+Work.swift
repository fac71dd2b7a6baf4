import Analysis
import Journal
import Rollouts

/// The tasks that carry out jobs. Several jobs may share one: equal queries of one tick are asked once.
struct Works {
    private struct Work {
        var jobs: Set<Job>
        let task: Task<Void, Never>
    }

    private var works: [Int: Work] = [:]
    private var numbers: [Job: Int] = [:]
    private var last = 0

    mutating func add(_ jobs: [Job], _ task: Task<Void, Never>) {
        last += 1
        works[last] = Work(jobs: Set(jobs), task: task)
        for job in jobs { numbers[job] = last }
    }

    /// The task is cancelled when the last of its jobs is no longer wanted. It still reports.
    mutating func stop(_ job: Job) {
        guard let number = numbers[job], var work = works[number] else { return }
        work.jobs.remove(job)
        works[number] = work
        if work.jobs.isEmpty { work.task.cancel() }
    }

    mutating func finish(_ jobs: [Job]) {
        for job in jobs {
            guard let number = numbers.removeValue(forKey: job) else { continue }
            works[number] = nil
        }
    }

    var isRouting: Bool {
        numbers.keys.contains { job in
            if case .route = job.action { true } else { false }
        }
    }

    /// Nothing that was started outlives the loop.
    func end() async {
        let tasks = works.sorted { $0.key < $1.key }.map(\.value.task)
        for task in tasks { task.cancel() }
        for task in tasks { await task.value }
    }
}

extension ControlLoop {
    /// Starts jobs. Those that ask the same question of the same store share the answer.
    func launch(_ jobs: [Job]) {
        var questions: [Query] = []
        var askers: [Query: [Job]] = [:]
        for job in jobs {
            switch job.action {
            case .wake(let moment): report([(job, .woke(at: moment))])
            case .route(let order): launch(order, job)
            case .scale(let order): launch(order, job)
            case .ask(let order): launch(order, job)
            case .inspect(let order): launch(order, job)
            case .measure(let order):
                if let runner = runner(of: order) {
                    launch(order, job, by: runner)
                    continue
                }
                if askers[order.query] == nil { questions.append(order.query) }
                askers[order.query, default: []].append(job)
            }
        }
        for query in questions { launch(query, askers[query] ?? []) }
    }

    private func launch(_ order: RouteOrder, _ job: Job) {
        works.add(
            [job],
            begin {
                let outcome = await self.ports.carryOut(
                    order, of: job.rollout, journal: self.journal.identity, within: self.limits.routeDeadline,
                    on: self.clock
                ) { await self.note($0, of: job.rollout) }
                await self.report([(job, outcome)])
            })
    }

    private func launch(_ order: ScaleOrder, _ job: Job) {
        works.add(
            [job],
            begin {
                let outcome = await self.ports.carryOut(
                    order, of: job.rollout, journal: self.journal.identity, within: self.limits.scaleDeadline,
                    on: self.clock)
                await self.report([(job, outcome)])
            })
    }

    private func launch(_ order: GateOrder, _ job: Job) {
        works.add(
            [job],
            begin {
                let answer = await self.ports.ask(order, of: job.rollout, on: self.clock)
                await self.report([(job, .answered(order, answer))])
            })
    }

    private func launch(_ order: InspectOrder, _ job: Job) {
        works.add(
            [job],
            begin {
                let findings = await self.ports.inspect(
                    order.inspection, of: job.rollout, within: self.limits.inspectDeadline, on: self.clock)
                await self.report([(job, .inspected(order, findings: findings))])
            })
    }

    private func launch(_ query: Query, _ jobs: [Job]) {
        meter { $0.queries += 1 }
        works.add(
            jobs,
            begin {
                let start = self.clock.now()
                let sample = await self.ports.sample(query, at: start, on: self.clock)
                let end = self.clock.now()
                await self.report(
                    jobs.compactMap { job in job.measured(sample, from: start, to: end).map { (job, $0) } })
            })
    }

    /// Every job that was started reports exactly once.
    func report(_ outcomes: [(job: Job, report: Report)]) {
        works.finish(outcomes.map(\.job))
        inbox += outcomes.map { outcome in
            Submission(
                .report(outcome.report), to: outcome.job.rollout, by: "headgate", at: clock.now(),
                outcomeOf: outcome.job)
        }
        ring()
    }

    /// A note on the way of a job that goes on.
    func note(_ report: Report, of rollout: RolloutName) {
        inbox.append(Submission(.report(report), to: rollout, by: "headgate", at: clock.now()))
        ring()
    }
}

extension Job {
    fileprivate func measured(_ sample: Sample, from start: Moment, to end: Moment) -> Report? {
        guard case .measure(let order) = action else { return nil }
        return .measured(order, sample, startedAt: start, finishedAt: end)
    }
}
