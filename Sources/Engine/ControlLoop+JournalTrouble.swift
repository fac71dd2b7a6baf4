import Analysis
import Journal
import Logging
import Rollouts

// The journal comes first, with one exception: taking traffic back.
//
// While the journal can't be written no wish is taken, and nothing that was acknowledged is lost, because
// nothing was acknowledged. But a release that was found bad goes back at once. That is safe without the log:
// the write to the mesh bears the sequence that the journal will give it, and the fence refuses everything
// older. After a crash the log says "climbing", the mesh says "a later write", and the rollout is found to be
// aborted (`Draft.fail`). So the mesh remembers what the disk could not.

/// One rollback that goes ahead of the journal: each is made once, however often it is decided again.
struct Rescue: Hashable {
    let rollout: RolloutName
    let since: Sequence
}

extension ControlLoop {
    /// Lets rollbacks go ahead while the journal is slow rather than broken: those in this turn, and those
    /// that come in while it hangs. Of what waits, wishes other than aborts have no part in it: they may yet be
    /// declined.
    func takePrecaution(for submissions: [Submission]) -> Task<Void, Never> {
        begin {
            // Cut short means that the journal has answered.
            while await self.clock.hasSlept(for: self.limits.journalPatience) {
                await self.rescueAll(among: submissions)
            }
        }
    }

    private func rescueAll(among submissions: [Submission]) {
        // The journal may have answered while this waited for its turn.
        if Task.isCancelled { return }
        rescue(from: submissions + inbox.filter(\.isLasting))
    }

    /// Declines wishes, keeps reports for the next try, and takes traffic back where that was decided.
    func endure(_ error: JournalError, _ submissions: [Submission]) {
        meter { $0.journalFailures += 1 }
        if journalTrouble != error { log.error("the journal takes no entries: \(error)") }
        setTrouble(error)
        for wish in submissions where !wish.isLasting { wish.reply?(.failure(.journal(error))) }
        let safe = rescue(from: submissions.filter(\.isLasting))
        for (submission, outcome) in safe.outcomes where submission.isAbort {
            answer(submission, outcome, error)
        }
        let now = clock.now()
        stalled += submissions.filter(\.isLasting).map { $0.stalled(at: now) }
    }

    /// Starts every rollback that the reports and aborts among these come to and that is not under way.
    ///
    /// The wishes among them may be recorded, and have ended the flight; or they may be declined, and then nothing
    /// may have moved for them. So what goes back does so with them and without them.
    @discardableResult
    private func rescue(from submissions: [Submission]) -> Batch {
        let now = clock.now()
        let batch = Batch(submissions, of: rollouts, at: now, freezes)
        let sure = Batch(submissions.filter(\.isLasting), of: rollouts, at: now, freezes)
        for (name, order) in rollbacks(in: batch, and: sure) {
            let rescue = Rescue(rollout: name, since: order.since)
            guard rescues[rescue] == nil else { continue }
            rescuesUnderWay.insert(rescue)
            rescues[rescue] = begin { await self.routeUnjournaled(order, as: rescue) }
        }
        return batch
    }

    /// An abort that can't be recorded is acknowledged when the mesh has it: then the mesh remembers it.
    private func answer(_ abort: Submission, _ outcome: Result<Decision, Rejection>, _ error: JournalError) {
        guard let reply = abort.reply else { return }
        guard case .success(let decision) = outcome, let since = decision.rollout.routing?.since,
            let rescue = rescues[Rescue(rollout: abort.rollout, since: since)]
        else { return reply(outcome.map(\.undurable)) }
        works.add(
            [], begin { reply(await rescue.value ? .success(decision.undurable) : .failure(.journal(error))) }
        )
    }

    private func rollbacks(in batch: Batch, and sure: Batch) -> [(RolloutName, RouteOrder)] {
        let aborted = Set(sure.entries.filter(\.event.isAbort).map(\.rollout))
        return batch.drafts.sorted { $0.key < $1.key }.compactMap { name, draft in
            guard let order = draft.rollback else { return nil }
            let isSure = aborted.contains(name) && draft.stable == rollouts[name]?.stable
            return isSure || isDurable(order, of: name) ? (name, order) : nil
        }
    }

    /// Putting right at rest what somebody else has changed looks like a rollback and is none: a number that
    /// the log never gave must not mean anything but an abort.
    private func isDurable(_ order: RouteOrder, of name: RolloutName) -> Bool {
        rollouts[name]?.routing?.since == order.since
    }

    /// Reports nothing: when the journal is back the same order is carried out again, which is harmless.
    private func routeUnjournaled(_ order: RouteOrder, as rescue: Rescue) async -> Bool {
        let outcome = await ports.carryOut(
            order, of: rescue.rollout, journal: journal.identity, within: limits.routeDeadline, on: clock
        ) { _ in }
        rescuesUnderWay.remove(rescue)
        log.warning("\(rescue.rollout): traffic goes back ahead of the journal: \(outcome)")
        guard case .routeFailed = outcome else { return true }
        rescues[rescue] = nil
        return false
    }
}

extension Rollout {
    /// The order that takes traffic back, where one is wanted.
    fileprivate var rollback: RouteOrder? {
        outstanding.lazy.compactMap { action in
            guard case .route(let order) = action, order.isRollback else { return nil }
            return order
        }.first
    }
}

extension Event {
    fileprivate var isAbort: Bool {
        if case .aborted = self { true } else { false }
    }
}

extension Decision {
    fileprivate var undurable: Decision {
        Decision(rollout: rollout, entries: entries, isDurable: false)
    }
}

extension Submission {
    /// What is kept until it can be recorded: the world has happened, and an abort is carried out at once.
    fileprivate var isLasting: Bool { isReport || isAbort }

    /// As it waits for the journal: answered already, and decided at the moment it came.
    fileprivate func stalled(at now: Moment) -> Submission {
        var submission = Submission(
            command, to: rollout, by: who, at: arrivedAt, delivery: delivery, outcomeOf: outcomeOf)
        submission.decidedAt = decidedAt ?? now
        return submission
    }
}
