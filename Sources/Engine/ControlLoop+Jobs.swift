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
        let wish = jobOrder(order, of: job.rollout)
        if runner.stages { staged[job.rollout] = wish }
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
    private func end(_ wish: JobOrder, _ job: Job, after sample: Sample, by runner: any JobRunner) {
        if case .ended = sample { return }
        if Task.isCancelled, !schedule.wants(job) { takeAway(wish, by: runner) }
    }

    /// What was staged for a run that is over is taken away.
    func strike(_ name: RolloutName) {
        guard let wish = staged[name], let runner = runner(of: wish.measurement) else { return }
        let isWanted = (rollouts[name]?.outstanding ?? []).contains { action in
            guard case .measure(let order) = action else { return false }
            return order.run == wish.measurement.run && order.query.provider == runner.kind
        }
        guard !isWanted else { return }
        staged[name] = nil
        takeAway(wish, by: runner)
    }

    /// In a task of its own, which nobody has cancelled with the job.
    private func takeAway(_ wish: JobOrder, by runner: any JobRunner) {
        farewellCount += 1
        let number = farewellCount
        farewells[number] = begin {
            await self.end(wish, by: runner)
            await self.forgetFarewell(number)
        }
    }

    private func forgetFarewell(_ number: Int) { farewells[number] = nil }

    /// Until it is done, or the loop stops: then the sweep after the next start sees to it.
    private func end(_ wish: JobOrder, by runner: any JobRunner) async {
        while !Task.isCancelled {
            let trouble = await clock.within(limits.routeDeadline) { () async -> SampleFailure? in
                do throws(SampleFailure) {
                    try await runner.end(wish)
                    return nil
                } catch {
                    return error
                }
            }
            guard let trouble else { return }
            log.warning("\(wish.rollout): \(wish.measurement.name) runs on, unwanted: \(trouble.message)")
            guard trouble.kind == .outage, await clock.hasSlept(for: limits.driftRetry) else { return }
        }
    }

    private func jobOrder(_ order: MeasureOrder, of name: RolloutName) -> JobOrder {
        JobOrder(
            rollout: name, journal: journal.identity, measurement: order,
            workload: rollouts[name]?.declaration?.workload)
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
                return jobOrder(order, of: rollout.name)
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
