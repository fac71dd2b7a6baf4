import Analysis
import Logging
import Rollouts

// Measurements that are taken by running something. They pass the lanes: a lane is for what asks and goes, and these
// stay; what they ask of a cluster is paced by its client.

extension ControlLoop {
    /// Who runs it; none where a store is asked.
    func runner(of order: MeasureOrder) -> (any JobRunner)? { ports.jobs[order.query.provider] }

    func launch(_ order: MeasureOrder, _ job: Job, by runner: any JobRunner) {
        meter { $0.queries += 1 }
        let wish = JobOrder(rollout: job.rollout, journal: journal.identity, measurement: order)
        works.add(
            [job],
            begin {
                let start = self.clock.now()
                let sample = await runner.run(wish)
                await self.end(wish, job, after: sample, by: runner)
                await self.report([
                    (job, .measured(order, sample, startedAt: start, finishedAt: self.clock.now()))
                ])
            })
    }

    /// What is not wanted any more is taken away. What is cancelled because the loop stops goes on: the next process
    /// finds it.
    private func end(
        _ wish: JobOrder, _ job: Job, after sample: Sample, by runner: any JobRunner
    ) async {
        if case .ended = sample { return }
        guard Task.isCancelled, !schedule.wants(job) else { return }
        let (clock, limit) = (clock, limits.routeDeadline)
        // In a task of its own, which nobody has cancelled.
        let trouble = await begin {
            await clock.within(limit) { () async -> SampleFailure? in
                do throws(SampleFailure) {
                    try await runner.end(wish)
                    return nil
                } catch {
                    return error
                }
            }
        }.value
        if let trouble {
            log.warning("\(job.rollout): \(wish.measurement.name) runs on, unwanted: \(trouble.message)")
        }
    }

    /// Once after a start, and only where a rollout runs anything: others need no right to look.
    func sweepJobs() async {
        for runner in ports.jobs.values where rollouts.values.contains(where: { $0.runs(runner.kind) }) {
            while !Task.isCancelled {
                do throws(SampleFailure) {
                    try await runner.sweep(journal.identity) { await self.wanted(runner.kind) }
                    break
                } catch {
                    log.warning("what may run unwanted can't be looked for: \(error.message)")
                    guard error.kind == .outage, await clock.hasSlept(for: limits.driftRetry) else { break }
                }
            }
        }
    }

    private func wanted(_ kind: String) -> [JobOrder] {
        rollouts.values.flatMap { rollout in
            rollout.outstanding.compactMap { action in
                guard case .measure(let order) = action, order.query.provider == kind else { return nil }
                return JobOrder(rollout: rollout.name, journal: journal.identity, measurement: order)
            }
        }
    }
}

extension Rollout {
    fileprivate func runs(_ kind: String) -> Bool {
        [flight?.plan, declaration?.plan].compactMap(\.self).contains { plan in
            plan.metrics.contains { $0.query.provider == kind }
        }
    }
}

extension Plan {
    fileprivate var metrics: [Metric] {
        let steps = steps.flatMap { step in
            if case .analysis(let metrics) = step { metrics } else { [Metric]() }
        }
        return steps + (background?.metrics ?? []) + (bake?.metrics ?? [])
    }
}
