import Foundation
import Testing

@testable import Kubernetes
@testable import Transport

private let reference = ObjectReference(.lease, "headgate", in: "system")
private let wall = Date(timeIntervalSince1970: 1_764_072_917.000042)
private let refused = KubernetesError(.unavailable(retryAfter: nil), "down")
private let stale = KubernetesError(.stale, "changed")

/// A lease as the server shows it.
private func lease(
    _ holder: String, epoch: Int = 3, renewed: String = "r1", seconds: Int = 15, version: Int = 1
) -> JSON {
    [
        "metadata": ["name": "headgate", "resourceVersion": .string("\(version)"), "labels": ["a": "b"]],
        "spec": [
            "holderIdentity": .string(holder), "leaseTransitions": .integer(Int64(epoch)),
            "leaseDurationSeconds": .integer(Int64(seconds)), "renewTime": .string(renewed),
        ],
    ]
}

/// A candidate and its clock, driven by hand.
private struct Play {
    var candidacy = Candidacy(reference, "me", ElectionTerms())
    var now = Duration.zero

    mutating func next() -> (wish: Candidacy.Wish, until: Duration) {
        candidacy.next(at: now, wall: wall)
    }

    mutating func take(_ outcome: Candidacy.Outcome) -> Leadership? { candidacy.take(outcome, at: now) }

    /// What it wants to read, told that this is there.
    mutating func reads(_ lease: JSON) -> Leadership? {
        #expect(next().wish == .read)
        return take(.lease(lease))
    }

    /// What it wants to write, as the server keeps it.
    mutating func writes(after pass: Duration = .zero) -> (lease: JSON, news: Leadership?)? {
        guard case .write(let write) = next().wish, case .replace(let object) = write.deed else {
            Issue.record("it wants no write")
            return nil
        }
        now += pass
        return (object, take(.lease(object)))
    }

    mutating func rests() {
        let (wish, until) = next()
        #expect(wish == .rest)
        now = until
        #expect(take(.timeUp) == nil)
    }

    /// Leads since zero, with epoch 4.
    static var leading: Play {
        var play = Play()
        _ = play.reads(lease(""))
        #expect(play.writes()?.news == .leading(epoch: 4))
        return play
    }
}

@Suite struct CandidacyTests {
    @Test func whereNoLeaseIsItMakesOne() throws {
        var play = Play()
        #expect(play.next().wish == .read)
        #expect(play.take(.refused(KubernetesError(.missing, "none"))) == nil)
        guard case .write(let write) = play.next().wish else { return #expect(Bool(false)) }
        let time = JSON.string("2025-11-25T12:15:17.000042Z")
        #expect(
            write.deed
                == .create([
                    "apiVersion": "coordination.k8s.io/v1", "kind": "Lease",
                    "metadata": ["name": "headgate", "namespace": "system"],
                    "spec": [
                        "holderIdentity": "me", "leaseTransitions": 1, "leaseDurationSeconds": 15,
                        "acquireTime": time, "renewTime": time,
                    ],
                ]))
        #expect(play.take(.lease(lease("me", epoch: 1))) == .leading(epoch: 1))
    }

    @Test func aLeaseThatWasGivenBackIsTakenAtOnceWithAHigherEpoch() throws {
        var play = Play()
        #expect(play.reads(lease("", epoch: 7)) == nil)
        let claim = play.writes()
        let (written, news) = try #require(claim)
        #expect(news == .leading(epoch: 8))
        #expect(written["spec"]["holderIdentity"] == "me")
        #expect(written["metadata"]["resourceVersion"] == "1", "a lost race must be refused")
        #expect(written["metadata"]["labels"] == ["a": "b"], "what others wrote there stays")
    }

    @Test func aFreshLeaseOfAnotherIsWaitedFor() {
        var play = Play()
        #expect(play.reads(lease("other")) == .following("other"))
        play.rests()
        #expect(play.now == .seconds(2))
        #expect(play.reads(lease("other")) == nil, "that is no news")
    }

    @Test func aLeaseThatWasNotSeenToChangeForItsDurationIsTaken() {
        var play = Play()
        _ = play.reads(lease("other", seconds: 15))
        for _ in 0..<7 {
            play.rests()
            _ = play.reads(lease("other", seconds: 15))
        }
        #expect(play.now == .seconds(14))
        #expect(play.next().wish == .rest)
        play.rests()
        _ = play.reads(lease("other", seconds: 15))
        #expect(play.now == .seconds(16))
        #expect(play.writes()?.news == .leading(epoch: 4))
    }

    @Test func aSignOfLifeBeginsTheWaitAnew() {
        var play = Play()
        for number in 0..<50 {
            _ = play.reads(lease("other", renewed: "r\(number)", version: number))
            play.rests()
        }
        #expect(play.now == .seconds(100))
    }

    @Test func theHoldersWallClockIsNotBelieved() {
        var play = Play()
        #expect(play.reads(lease("other", renewed: "1999-01-01T00:00:00.000000Z")) == .following("other"))
        #expect(play.next().wish == .rest)
    }

    @Test func aShorterLeaseIsWaitedForLess() {
        var play = Play()
        _ = play.reads(lease("other", seconds: 2))
        play.rests()
        _ = play.reads(lease("other", seconds: 2))
        #expect(play.writes()?.news == .leading(epoch: 4))
    }

    @Test func whoeverWasFasterLeads() {
        var play = Play()
        _ = play.reads(lease(""))
        _ = play.next()
        #expect(play.take(.refused(stale)) == nil)
        play.rests()
        #expect(play.reads(lease("other", epoch: 4)) == .following("other"))
        #expect(!play.candidacy.mayHold)
    }

    @Test func aRenewalKeepsTheEpoch() throws {
        var play = Play.leading
        for _ in 0..<20 {
            play.rests()
            let renewal = play.writes()
            let (written, news) = try #require(renewal)
            #expect(news == nil)
            #expect(written["spec"]["leaseTransitions"] == 4)
        }
        #expect(play.now == .seconds(40))
    }

    @Test func aLeaderThatCannotRenewSaysSoBeforeOthersMayTakeOver() {
        var play = Play.leading
        while play.now < .seconds(10) {
            let (wish, until) = play.next()
            #expect(until <= .seconds(10))
            if wish == .rest { play.now = until }
            let news = play.take(wish == .rest ? .timeUp : .refused(refused))
            if play.now < .seconds(10) {
                #expect(news == nil)
            } else {
                #expect(news == .lost("the lease could not be renewed for 10.0 seconds"))
            }
        }
        #expect(play.now == .seconds(10))
    }

    @Test func theTimeCountsFromWhenTheRenewalWasSent() {
        var play = Play.leading
        play.rests()
        _ = play.writes(after: .seconds(5))
        #expect(play.now == .seconds(7))
        play.rests()
        #expect(play.next().until == .seconds(12), "sent at two, good for ten")
    }

    @Test func anAnswerThatComesTooLateMakesNoLeader() {
        var play = Play()
        _ = play.reads(lease(""))
        #expect(play.writes(after: .seconds(10))?.news == nil)
        #expect(play.candidacy.mayHold)
    }

    @Test func aLeaderWhoseLeaseIsAnothersHasLostAtOnce() {
        var play = Play.leading
        play.rests()
        _ = play.next()
        #expect(play.take(.refused(stale)) == nil)
        #expect(play.reads(lease("other", epoch: 5)) == .lost("\"other\" holds the lease now"))
        play.rests()
        #expect(play.reads(lease("other", epoch: 5)) == .following("other"))
    }

    @Test func aLabelThatSomebodyChangedCostsNoLeadership() {
        var play = Play.leading
        play.rests()
        _ = play.next()
        #expect(play.take(.refused(stale)) == nil)
        #expect(play.reads(lease("me", epoch: 4, version: 9)) == nil)
        #expect(play.writes()?.lease["metadata"]["resourceVersion"] == "9")
    }

    @Test func aServerThatRefusesEverythingIsNotStormed() {
        var play = Play.leading
        play.rests()
        var asked = 0
        while play.next().wish != .rest, asked < 100 {
            asked += 1
            _ = play.take(play.next().wish == .read ? .lease(lease("me", epoch: 4)) : .refused(stale))
        }
        #expect(asked <= 4)
    }

    @Test func aDeletedLeaseIsLostAndMadeAnewWithAHigherEpoch() {
        var play = Play.leading
        play.rests()
        _ = play.next()
        let missing = KubernetesError(.missing, "none")
        #expect(play.take(.refused(missing)) == nil)
        #expect(play.next().wish == .read)
        #expect(play.take(.refused(missing)) == .lost("the lease was deleted"))
        play.rests()
        _ = play.next()
        _ = play.take(.refused(missing))
        guard case .write(let write) = play.next().wish, case .create(let object) = write.deed else {
            return #expect(Bool(false))
        }
        #expect(object["spec"]["leaseTransitions"] == 5)
    }

    @Test func aClaimWithoutAnAnswerIsFoundOutAboutAndMadeAnew() {
        var play = Play()
        _ = play.reads(lease(""))
        _ = play.next()
        #expect(play.take(.timeUp) == nil)
        play.rests()
        #expect(play.reads(lease("me", epoch: 4, version: 2)) == nil)
        #expect(play.writes()?.news == .leading(epoch: 5))
    }

    @Test func onlyWhatIsOursIsGivenBack() {
        let candidacy = Candidacy(reference, "me", ElectionTerms())
        #expect(candidacy.release(lease("other"), wall: wall) == nil)
        guard case .replace(let object) = candidacy.release(lease("me"), wall: wall)?.deed else {
            return #expect(Bool(false))
        }
        #expect(object["spec"]["holderIdentity"] == "")
        #expect(object["spec"]["leaseDurationSeconds"] == 1)
        #expect(object["spec"]["leaseTransitions"] == 3, "the epochs go on")
    }
}
