import Kubernetes
import Lab
import Testing
import Transport

@testable import Traffic

/// A candidate for a lock of Consul's, step by step.
@Suite struct SessionCandidacyTests {
    private let terms = ElectionTerms(duration: .seconds(15), renewal: .seconds(10), retry: .seconds(2))
    private let free = ConsulLock(session: nil, holder: "", index: 7)
    private let ours = ConsulLock(session: "s1", holder: "me", index: 8)
    private let theirs = ConsulLock(session: "s2", holder: "other", index: 9)

    @Test func whoFindsTheLockFreeTakesItAndLeadsByItsNumber() {
        var candidacy = SessionCandidacy("me", terms)
        #expect(candidacy.wish(at: 0) == .open)
        #expect(candidacy.take(.opened(session: "s1"), at: .seconds(0)) == nil)
        #expect(candidacy.wish(at: 0) == .read)
        #expect(candidacy.take(.lock(free), at: .seconds(0)) == nil)
        #expect(candidacy.wish(at: 0) == .acquire(session: "s1"))
        #expect(candidacy.take(.acquired(true), at: .seconds(0)) == nil)
        #expect(candidacy.wish(at: 0) == .read)
        #expect(candidacy.take(.lock(ours), at: .seconds(0)) == .leading(epoch: 8))
        // A note that somebody writes beside it changes nothing.
        _ = candidacy.take(.timeUp, at: .seconds(2))
        #expect(candidacy.wish(at: 2) == .renew(session: "s1"))
        _ = candidacy.take(.renewed, at: .seconds(2))
        let later = ConsulLock(session: "s1", holder: "me", index: 11)
        #expect(candidacy.take(.lock(later), at: .seconds(2)) == nil)
    }

    @Test func whoCannotRenewGivesUpBeforeTheSessionCanHaveEnded() {
        var candidacy = leading()
        // The last renewal was sent at 0: at 10 it is over, and the session ends at 15 at the earliest.
        _ = candidacy.take(.timeUp, at: .seconds(2))
        #expect(candidacy.next(at: .seconds(2)).until == .seconds(10))
        #expect(candidacy.take(.failed, at: .seconds(9)) == nil)
        #expect(candidacy.next(at: .seconds(9)).until == .seconds(10))
        guard case .lost? = candidacy.take(.timeUp, at: .seconds(10)) else {
            Issue.record("it goes on leading")
            return
        }
    }

    @Test func aRenewalThatIsAnsweredTooLateDoesNotCount() {
        var candidacy = leading()
        _ = candidacy.take(.timeUp, at: .seconds(2))
        _ = candidacy.next(at: .seconds(2))
        guard case .lost? = candidacy.take(.renewed, at: .seconds(11)) else {
            Issue.record("it goes on leading")
            return
        }
    }

    @Test func aSessionThatConsulEndedIsTheEndOfTheLeadership() {
        var candidacy = leading()
        _ = candidacy.take(.timeUp, at: .seconds(2))
        _ = candidacy.next(at: .seconds(2))
        #expect(candidacy.take(.expired, at: .seconds(2)) == .lost("Consul has ended the session"))
    }

    @Test func aLockThatSomebodyElseHoldsIsTheEndToo() {
        var candidacy = leading()
        _ = candidacy.take(.timeUp, at: .seconds(2))
        _ = candidacy.next(at: .seconds(2))
        _ = candidacy.take(.renewed, at: .seconds(2))
        #expect(candidacy.take(.lock(theirs), at: .seconds(2)) == .lost("\"other\" holds the lock now"))
    }

    @Test func whoWaitsSaysOnceWhoLeadsAndAsksAgain() {
        var candidacy = SessionCandidacy("me", terms)
        _ = candidacy.next(at: .zero)
        _ = candidacy.take(.opened(session: "s1"), at: .zero)
        #expect(candidacy.take(.lock(theirs), at: .zero) == .following("other"))
        #expect(candidacy.wish(at: 1) == .rest)
        _ = candidacy.take(.timeUp, at: .seconds(2))
        _ = candidacy.next(at: .seconds(2))
        _ = candidacy.take(.renewed, at: .seconds(2))
        #expect(candidacy.take(.lock(theirs), at: .seconds(2)) == nil)
    }

    @Test func aLockThatConsulHoldsBackIsAskedForAgain() {
        var candidacy = SessionCandidacy("me", terms)
        _ = candidacy.next(at: .zero)
        _ = candidacy.take(.opened(session: "s1"), at: .zero)
        _ = candidacy.take(.lock(free), at: .zero)
        #expect(candidacy.take(.acquired(false), at: .zero) == nil)
        #expect(candidacy.wish(at: 0) == .rest)
    }

    private func leading() -> SessionCandidacy {
        var candidacy = SessionCandidacy("me", terms)
        _ = candidacy.next(at: .zero)
        _ = candidacy.take(.opened(session: "s1"), at: .zero)
        _ = candidacy.take(.lock(ours), at: .zero)
        return candidacy
    }
}

extension SessionCandidacy {
    fileprivate mutating func wish(at seconds: Int) -> Wish { next(at: .seconds(seconds)).wish }
}
