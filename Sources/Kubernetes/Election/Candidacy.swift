import Foundation
import Transport

/// One candidate's way through an election: pure, the caller has the clock and the server.
///
/// It does in turn what `next` wants, and says with `take` what came of it. No clock but our own counts: a lease has
/// run out when it was not seen to change for as long as its holder had asked for.
struct Candidacy {
    enum Wish: Hashable {
        case read
        case write(ObjectWrite)
        case rest
    }

    enum Outcome {
        case lease(JSON)
        case refused(KubernetesError)
        /// Nothing came in time; of a rest: it is over.
        case timeUp
    }

    private enum Phase: Hashable {
        /// Leaves by what the lease says.
        case reading
        /// Takes the lease, or renews it. Leaves by the server's answer.
        case claiming(sentAt: Duration)
        case resting(until: Duration)
    }

    private struct Sighting {
        var record: LeaseRecord
        /// When we saw it change for the last time.
        var since: Duration
    }

    private struct Reign {
        let epoch: Int
        let goodUntil: Duration
    }

    let lease: ObjectReference
    /// No other process's, now or ever: a restart is another candidate.
    let identity: String
    let terms: ElectionTerms
    private var phase = Phase.reading
    private var seen: Sighting?
    private var reign: Reign?
    /// Of all leases seen, so that one that was deleted and made anew begins no second count.
    private var highestEpoch = 0
    /// Renewals refused in a row as if somebody else had been faster.
    private var refusals = 0
    private var told: Leadership?
    /// Whether the server may have our name in the lease.
    private(set) var mayHold = false

    init(_ lease: ObjectReference, _ identity: String, _ terms: ElectionTerms) {
        self.lease = lease
        self.identity = identity
        self.terms = terms
    }
}

// MARK: - What to do

extension Candidacy {
    /// And until when at most.
    mutating func next(at now: Duration, wall: Date) -> (wish: Wish, until: Duration) {
        let limit = reign?.goodUntil ?? now + terms.renewal
        switch phase {
        case .reading: return (.read, limit)
        case .claiming:
            phase = .claiming(sentAt: now)
            mayHold = true
            return (.write(claim(wall)), limit)
        case .resting(let end): return (.rest, min(end, limit))
        }
    }

    private var claimedEpoch: Int { reign?.epoch ?? highestEpoch + 1 }

    private func claim(_ wall: Date) -> ObjectWrite {
        let record = (seen?.record ?? LeaseRecord(new: lease))
            .held(by: identity, epoch: claimedEpoch, for: terms.duration, at: wall)
        return write(seen == nil ? .create(record.object) : .replace(record.object))
    }

    /// Gives back a lease that was just read; none where it isn't ours.
    func release(_ object: JSON, wall: Date) -> ObjectWrite? {
        let record = LeaseRecord(object)
        return record.holder == identity ? write(.replace(record.givenBack(at: wall).object)) : nil
    }

    private func write(_ deed: ObjectWrite.Deed) -> ObjectWrite {
        ObjectWrite(lease, deed, manager: "headgate")
    }
}

// MARK: - What came of it

extension Candidacy {
    /// What is new about who leads.
    mutating func take(_ outcome: Outcome, at now: Duration) -> Leadership? {
        if let reign, now >= reign.goodUntil {
            return lose("the lease could not be renewed for \(terms.renewal)", at: now)
        }
        switch (phase, outcome) {
        case (.reading, .lease(let object)): return read(LeaseRecord(object), at: now)
        case (.reading, .refused(let error)) where error.kind == .missing: return missed(at: now)
        case (.claiming(let sentAt), .lease(let object)):
            return claimed(LeaseRecord(object), sentAt, at: now)
        case (.claiming, .refused(let error)) where error.isLostRace: return overtaken(at: now)
        case (.resting(let end), _) where now < end: return nil
        case (.resting, _):
            phase = reign == nil ? .reading : .claiming(sentAt: now)
            return nil
        // Whatever came of it: the next attempt finds out.
        case (.reading, _), (.claiming, _): return rest(at: now)
        }
    }

    private mutating func read(_ record: LeaseRecord, at now: Duration) -> Leadership? {
        see(record, at: now)
        mayHold = record.holder == identity
        if let reign {
            let isOurs = record.holder == identity && record.epoch == reign.epoch
            guard isOurs else { return lose("\"\(record.holder)\" holds the lease now", at: now) }
            // Somebody changed a label, or an answer of ours was lost.
            return refusals > 1 ? rest(at: now) : claim(at: now)
        }
        if mayTake(record, at: now) { return claim(at: now) }
        return rest(at: now, telling: .following(record.holder))
    }

    private func mayTake(_ record: LeaseRecord, at now: Duration) -> Bool {
        if record.holder.isEmpty || record.holder == identity { return true }
        guard let seen else { return false }
        return seen.since + (record.duration ?? terms.duration) <= now
    }

    private mutating func missed(at now: Duration) -> Leadership? {
        seen = nil
        mayHold = false
        return reign == nil ? claim(at: now) : lose("the lease was deleted", at: now)
    }

    private mutating func claimed(
        _ record: LeaseRecord, _ sentAt: Duration, at now: Duration
    ) -> Leadership? {
        let epoch = claimedEpoch
        see(record, at: now)
        refusals = 0
        // The time counts from when it was sent: nobody knows when the server took it.
        let goodUntil = sentAt + terms.renewal
        guard now < goodUntil else { return rest(at: now) }
        reign = Reign(epoch: epoch, goodUntil: goodUntil)
        return rest(at: now, telling: .leading(epoch: epoch))
    }

    private mutating func overtaken(at now: Duration) -> Leadership? {
        guard reign != nil else {
            mayHold = false
            return rest(at: now)
        }
        refusals += 1
        phase = .reading
        return nil
    }
}

// MARK: - Steps of it

extension Candidacy {
    private mutating func see(_ record: LeaseRecord, at now: Duration) {
        let isSame = seen?.record.spec == record.spec
        seen = Sighting(record: record, since: isSame ? seen?.since ?? now : now)
        highestEpoch = max(highestEpoch, record.epoch)
    }

    private mutating func claim(at now: Duration) -> Leadership? {
        phase = .claiming(sentAt: now)
        return nil
    }

    private mutating func lose(_ reason: String, at now: Duration) -> Leadership? {
        reign = nil
        refusals = 0
        return rest(at: now, telling: .lost(reason))
    }

    private mutating func rest(at now: Duration, telling news: Leadership? = nil) -> Leadership? {
        phase = .resting(until: now + terms.retry)
        guard let news, news != told else { return nil }
        told = news
        return news
    }
}

extension KubernetesError {
    fileprivate var isLostRace: Bool {
        switch kind {
        case .stale, .exists, .missing: true
        default: false
        }
    }
}
