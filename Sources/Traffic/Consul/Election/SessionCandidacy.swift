import Kubernetes

/// One candidate's way through an election by a lock of Consul's: pure, the caller has the clock and the server.
///
/// It does in turn what `next` wants, and says with `take` what came of it. A session lives for the terms' duration after
/// it was last renewed, and Consul gives its lock to nobody for as long again: so whoever can't renew gives up well before.
struct SessionCandidacy {
    enum Wish: Hashable {
        case open
        case renew(session: String)
        case read
        case acquire(session: String)
        case rest
    }

    enum Outcome: Hashable {
        case opened(session: String)
        case renewed
        /// Consul knows the session no more.
        case expired
        case lock(ConsulLock)
        /// Of a claim: whether the lock is ours.
        case acquired(Bool)
        case failed
        /// Nothing came in time; of a rest: it is over.
        case timeUp
    }

    private enum Phase: Hashable {
        /// Opens a session, or renews ours. Leaves by the answer.
        case calling(sentAt: Duration)
        case reading
        /// Leaves by a look at the lock, which says what came of it.
        case acquiring
        case resting(until: Duration)
    }

    private struct Session: Hashable {
        let id: String
        /// From when the request was sent: nobody knows when the server took it.
        var goodUntil: Duration
    }

    let identity: String
    let terms: ElectionTerms
    private var phase = Phase.calling(sentAt: .zero)
    private var session: Session?
    private var epoch: Int?
    private var told: Leadership?

    init(_ identity: String, _ terms: ElectionTerms) {
        self.identity = identity
        self.terms = terms
    }

    /// What may be given back at the end.
    var held: String? { session?.id }
}

extension SessionCandidacy {
    /// What to do, and until when at most.
    mutating func next(at now: Duration) -> (wish: Wish, until: Duration) {
        let limit = epoch == nil ? now + terms.renewal : session?.goodUntil ?? now
        switch phase {
        case .calling:
            phase = .calling(sentAt: now)
            return (session.map { .renew(session: $0.id) } ?? .open, limit)
        case .reading: return (.read, limit)
        case .acquiring: return (session.map { .acquire(session: $0.id) } ?? .read, limit)
        case .resting(let end): return (.rest, min(end, limit))
        }
    }

    /// What is new about who leads.
    mutating func take(_ outcome: Outcome, at now: Duration) -> Leadership? {
        if epoch != nil, let session, now >= session.goodUntil {
            return lose("the session could not be renewed for \(terms.renewal)", at: now)
        }
        switch (phase, outcome) {
        case (.calling(let sentAt), .opened(let id)):
            session = Session(id: id, goodUntil: sentAt + terms.renewal)
            phase = .reading
        case (.calling(let sentAt), .renewed):
            session?.goodUntil = sentAt + terms.renewal
            phase = .reading
        case (.calling, .expired):
            session = nil
            if epoch != nil { return lose("Consul has ended the session", at: now) }
            phase = .calling(sentAt: now)
        case (.reading, .lock(let lock)): return read(lock, at: now)
        // It is looked at again: who holds it, and by which number.
        case (.acquiring, .acquired(true)): phase = .reading
        case (.resting(let end), _) where now < end: break
        case (.resting, _): phase = .calling(sentAt: now)
        default: phase = .resting(until: now + terms.retry)
        }
        return nil
    }

    private mutating func read(_ lock: ConsulLock, at now: Duration) -> Leadership? {
        guard let session else { return rest(at: now) }
        guard lock.session != session.id else {
            // A session that was too old when this was heard leads nobody.
            guard now < session.goodUntil else { return rest(at: now) }
            let number = epoch ?? lock.index
            epoch = number
            return rest(at: now, telling: .leading(epoch: number))
        }
        if epoch != nil { return lose("\"\(lock.holder)\" holds the lock now", at: now) }
        guard lock.session == nil else { return rest(at: now, telling: .following(lock.holder)) }
        phase = .acquiring
        return nil
    }

    private mutating func lose(_ reason: String, at now: Duration) -> Leadership? {
        epoch = nil
        return rest(at: now, telling: .lost(reason))
    }

    private mutating func rest(at now: Duration, telling news: Leadership? = nil) -> Leadership? {
        phase = .resting(until: now + terms.retry)
        guard let news, news != told else { return nil }
        told = news
        return news
    }
}

/// The key that says who leads.
struct ConsulLock: Hashable, Sendable {
    /// None: nobody holds it.
    let session: String?
    /// Who holds it, or did so last.
    let holder: String
    /// Consul's number of the last change: it grows for ever, also when the key is deleted and made anew.
    let index: Int
}
