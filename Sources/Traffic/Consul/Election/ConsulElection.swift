import Foundation
package import Kubernetes
package import Transport

/// Sees to it that one of several processes leads, by a lock in Consul that all of them know.
package struct ConsulElection: Sendable {
    private let key: String
    private let identity: String
    private let terms: ElectionTerms
    private let api: ConsulAPI
    private let clock: any ElectionClock

    /// Consul ends a session that is not renewed after ten seconds at the earliest.
    package static let durationMin = Duration.seconds(10)

    /// `identity` must be this process's alone: the machine's name and something that changes with every start.
    package init(
        _ key: String, identity: String, terms: ElectionTerms = ElectionTerms(), _ settings: ConsulSettings,
        sender: any HTTPSender, clock: any ElectionClock = SystemElectionClock()
    ) {
        self.key = key
        self.identity = identity
        self.terms = terms
        self.clock = clock
        api = ConsulAPI(settings: settings, sender: sender)
    }

    /// Stands for election until the task is cancelled; then gives the lock back, so that somebody else leads at once.
    /// Stop what the leader does before you cancel.
    ///
    /// `tell` hears everything as it happens, the loss of leadership at the latest when the lock may not be trusted any
    /// more; it must not wait.
    package func run(_ tell: (Leadership) -> Void) async {
        var candidacy = SessionCandidacy(identity, terms)
        while !Task.isCancelled { await step(&candidacy, tell) }
        guard let session = candidacy.held else { return }
        // A child of this task would be cancelled before it began.
        await Task { await giveBack(session) }.value
    }

    private func step(_ candidacy: inout SessionCandidacy, _ tell: (Leadership) -> Void) async {
        let (wish, until) = candidacy.next(at: clock.steady())
        await clock.first(until: until, timeUp: SessionCandidacy.Outcome.timeUp) {
            await carryOut(wish)
        } _: { outcome in
            if !Task.isCancelled, let news = candidacy.take(outcome, at: clock.steady()) { tell(news) }
        }
    }

    private func carryOut(_ wish: SessionCandidacy.Wish) async -> SessionCandidacy.Outcome? {
        do throws(ConsulError) {
            switch wish {
            case .open:
                return .opened(session: try await api.openSession(named: identity, for: terms.duration))
            case .renew(let session):
                return try await api.renew(session: session) ? .renewed : .expired
            case .read: return .lock(try await api.lock(at: key))
            case .acquire(let session):
                return .acquired(try await api.acquire(key, session: session, holder: identity))
            case .rest: return nil
            }
        } catch {
            return .failed
        }
    }

    /// A lock that is released is free at once; one whose session is ended is not.
    private func giveBack(_ session: String) async {
        await clock.within(terms.renewal) {
            do throws(ConsulError) {
                try await api.release(key, session: session)
                try await api.end(session: session)
            } catch {
                // It runs out by itself.
                return
            }
        }
    }
}
