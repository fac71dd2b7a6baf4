import Journal
import Logging
import Rollouts

// The journal comes first, with one exception: taking traffic back.
//
// While the journal can't be written no wish is taken, and nothing that was acknowledged is lost, because nothing
// was acknowledged. But a release that was found bad goes back at once. That is safe without the log: the write to
// the mesh bears the sequence that the journal will give it, and the fence refuses everything older. After a crash
// the log says "climbing", the mesh says "a later write", and the rollout is found to be aborted
// (`Draft.fail`). So the mesh remembers what the disk could not.

extension ControlLoop {
    /// Lets a rollback go ahead when the journal is slow rather than broken.
    func takePrecaution(for batch: Batch) -> Task<Void, Never>? {
        let rollbacks = rollbacks(in: batch)
        guard !rollbacks.isEmpty else { return nil }
        return Task {
            guard (try? await Task.sleep(for: self.limits.journalPatience)) != nil else { return }
            self.log.warning("the journal is slow; traffic goes back before it is written")
            for (name, order) in rollbacks { await self.routeUnjournaled(order, of: name) }
        }
    }

    /// Declines wishes, keeps reports for the next try, and takes traffic back where that was decided.
    func endure(_ error: JournalError, _ submissions: [Submission]) {
        meter { $0.journalFailures += 1 }
        if journalTrouble != error { log.error("the journal takes no entries: \(error)") }
        setTrouble(error)
        let lasting = submissions.filter { $0.isReport || $0.isAbort }
        for wish in submissions where !wish.isReport && !wish.isAbort {
            wish.reply?(.failure(.journal(error)))
        }
        let safe = Batch(lasting, of: rollouts, at: clock.now())
        for (name, order) in rollbacks(in: safe) where unjournaled.insert(order).inserted {
            works.add([], Task { await self.routeUnjournaled(order, of: name) })
        }
        for (submission, outcome) in safe.outcomes where submission.isAbort {
            submission.reply?(outcome.map(\.undurable))
        }
        stalled += lasting.map(\.withoutReply)
    }

    private func rollbacks(in batch: Batch) -> [(RolloutName, RouteOrder)] {
        batch.drafts.flatMap { name, draft in
            draft.outstanding.compactMap { action in
                guard case .route(let order) = action, order.isRollback else { return nil }
                return (name, order)
            }
        }
    }

    /// Reports nothing: when the journal is back the same order is carried out again, which is harmless.
    private func routeUnjournaled(_ order: RouteOrder, of name: RolloutName) async {
        let outcome = await ports.carryOut(
            order, of: name, journal: journal.identity, within: limits.routeDeadline
        ) { _ in }
        if case .routeFailed = outcome { unjournaled.remove(order) }
        log.warning("\(name): traffic was taken back without the journal: \(outcome)")
    }
}

extension Decision {
    fileprivate var undurable: Decision {
        Decision(rollout: rollout, entries: entries, isDurable: false)
    }
}

extension Submission {
    fileprivate var withoutReply: Submission {
        Submission(command, to: rollout, by: who, delivery: delivery, outcomeOf: outcomeOf)
    }
}
