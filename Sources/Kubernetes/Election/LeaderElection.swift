package import Logging
import Transport

/// Sees to it that one of several processes leads, by a Lease that all of them know.
package struct LeaderElection: Sendable {
    private let lease: ObjectReference
    private let identity: String
    private let terms: ElectionTerms
    private let api: any KubernetesAPI
    private let clock: any ElectionClock
    private let log: Logger

    /// `identity` must be this process's alone: the pod's name and something that changes with every start.
    package init(
        _ lease: ObjectReference, identity: String, terms: ElectionTerms = ElectionTerms(),
        api: any KubernetesAPI, clock: any ElectionClock = SystemElectionClock(), log: Logger
    ) {
        self.lease = lease
        self.identity = identity
        self.terms = terms
        self.api = api
        self.clock = clock
        self.log = log
    }

    /// Stands for election until the task is cancelled; then gives the lease back, so that somebody else leads at
    /// once. Stop what the leader does before you cancel.
    ///
    /// `tell` hears everything as it happens, the loss of leadership at the latest when the lease may not be trusted
    /// any more; it must not wait.
    package func run(_ tell: (Leadership) -> Void) async {
        var candidacy = Candidacy(lease, identity, terms)
        while !Task.isCancelled { await step(&candidacy, tell) }
        guard candidacy.mayHold else { return }
        // A child of this task would be cancelled before it began.
        await Task { [candidacy] in await giveBack(candidacy) }.value
    }

    private func step(_ candidacy: inout Candidacy, _ tell: (Leadership) -> Void) async {
        let (wish, until) = candidacy.next(at: clock.steady(), wall: clock.wall())
        await clock.first(until: until, timeUp: Candidacy.Outcome.timeUp) {
            await carryOut(wish)
        } _: { outcome in
            if !Task.isCancelled, let news = candidacy.take(outcome, at: clock.steady()) { tell(news) }
        }
    }

    private func carryOut(_ wish: Candidacy.Wish) async -> Candidacy.Outcome? {
        do throws(KubernetesError) {
            switch wish {
            case .read: return .lease(try await api.read(lease, Self.urgency))
            case .write(let write): return .lease(try await api.write(write, Self.urgency))
            case .rest: return nil
            }
        } catch {
            // That there is no lease yet is no trouble, and what passes by itself hardly any.
            let isTrouble = !error.isTransient && error.kind != .missing && error.kind != .cancelled
            log.log(level: isTrouble ? .warning : .debug, "leader election: \(error)")
            return .refused(error)
        }
    }

    /// Read first: the last claim may have been carried out without an answer.
    private func giveBack(_ candidacy: Candidacy) async {
        await clock.within(terms.renewal) {
            guard case .lease(let found) = await carryOut(.read),
                let write = candidacy.release(found, wall: clock.wall())
            else { return }
            _ = await carryOut(.write(write))
        }
    }

    /// A request every few seconds, and the lease must not be lost to a queue: without it nobody takes traffic back.
    private static let urgency = Urgency.rollback
}
