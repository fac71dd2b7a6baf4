import Foundation
import Synchronization
import Testing

@testable import Kubernetes
@testable import Transport

private let reference = ObjectReference(.lease, "headgate", in: "system")

/// Time passes when a test says so.
private final class HandClock: ElectionClock {
    private struct State {
        var now = Duration.zero
        var last = 0
        var sleepers: [Int: (until: Duration, wake: CheckedContinuation<Void, Never>)] = [:]
        var cancelled: Set<Int> = []
    }

    private let state = Mutex(State())

    func steady() -> Duration { state.withLock { $0.now } }

    func wall() -> Date { Date(timeIntervalSince1970: steady() / .seconds(1)) }

    func sleep(until time: Duration) async {
        let number = state.withLock { state in
            state.last += 1
            return state.last
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { wake in
                let isOver = state.withLock { state in
                    if state.now >= time || state.cancelled.contains(number) { return true }
                    state.sleepers[number] = (time, wake)
                    return false
                }
                if isOver { wake.resume() }
            }
        } onCancel: {
            state.withLock { state in
                state.cancelled.insert(number)
                return state.sleepers.removeValue(forKey: number)
            }?.wake.resume()
        }
    }

    func pass(_ duration: Duration) {
        let due = state.withLock { state in
            state.now += duration
            let due = state.sleepers.filter { $0.value.until <= state.now }
            for number in due.keys { state.sleepers[number] = nil }
            return due.values.map(\.wake)
        }
        for wake in due { wake.resume() }
    }

    /// Until when the nearest sleeper sleeps.
    var nearest: Duration? { state.withLock { $0.sleepers.values.map(\.until).min() } }
}

/// One candidate that runs, and what it was told.
private final class Candidate: Sendable {
    private let heard = Mutex<[Leadership]>([])
    private let task = Mutex<Task<Void, Never>?>(nil)

    init(_ name: String, _ api: any KubernetesAPI, _ clock: any ElectionClock) {
        let election = LeaderElection(reference, identity: name, api: api, clock: clock, log: quiet)
        task.withLock { task in
            task = Task { await election.run { news in self.heard.withLock { $0.append(news) } } }
        }
    }

    var news: [Leadership] { heard.withLock { $0 } }

    func stop() async {
        let task = task.withLock { $0 }
        task?.cancel()
        await task?.value
    }
}

@Suite struct LeaderElectionTests {
    private let api = MemoryAPI()
    private let clock = HandClock()

    /// Lets time pass in small steps until it is so.
    private func passing(until isSo: () -> Bool) async -> Bool {
        for _ in 0..<2_000 {
            if isSo() { return true }
            clock.pass(.milliseconds(100))
            try? await Task.sleep(for: .milliseconds(2))
        }
        return false
    }

    @Test func oneCandidateLeadsAndGivesTheLeaseBack() async {
        let me = Candidate("me", api, clock)
        #expect(await eventually { me.news == [.leading(epoch: 1)] })
        #expect(api.object["spec"]["holderIdentity"] == "me")
        await me.stop()
        #expect(api.object["spec"]["holderIdentity"] == "")
        #expect(me.news == [.leading(epoch: 1)])
    }

    @Test func aSuccessorTakesOverAtItsNextLook() async {
        let first = Candidate("first", api, clock)
        #expect(await eventually { first.news == [.leading(epoch: 1)] })
        let second = Candidate("second", api, clock)
        #expect(await eventually { second.news == [.following("first")] })
        await first.stop()
        let stopped = clock.steady()
        #expect(await passing { second.news == [.following("first"), .leading(epoch: 2)] })
        #expect(clock.steady() - stopped < .seconds(10), "and does not wait for the lease to run out")
        await second.stop()
    }

    @Test func whileOneRenewsNoOtherLeads() async {
        let first = Candidate("first", api, clock)
        #expect(await eventually { first.news == [.leading(epoch: 1)] })
        let second = Candidate("second", api, clock)
        #expect(await passing { api.writes > 20 })
        #expect(first.news == [.leading(epoch: 1)])
        #expect(second.news == [.following("first")])
        await second.stop()
        #expect(api.object["spec"]["holderIdentity"] == "first", "who only waited gives nothing back")
        await first.stop()
    }

    @Test func aServerThatHangsCostsTheLeadershipInTime() async {
        let me = Candidate("me", api, clock)
        #expect(await eventually { me.news == [.leading(epoch: 1)] })
        api.setFault(.hangs)
        #expect(await passing { me.news.count == 2 })
        #expect(me.news.last == .lost("the lease could not be renewed for 10.0 seconds"))
        api.setFault(nil)
        #expect(await passing { me.news.count == 3 })
        #expect(me.news.last == .leading(epoch: 2), "it is another reign")
        await me.stop()
    }

    @Test func aServerThatIsDownForAMomentCostsNothing() async {
        let me = Candidate("me", api, clock)
        #expect(await eventually { me.news == [.leading(epoch: 1)] })
        api.setFault(.fails(.unavailable(retryAfter: nil)))
        for _ in 0..<3 {
            #expect(await eventually { clock.nearest != nil })
            clock.pass(.seconds(2))
        }
        api.setFault(nil)
        let writes = api.writes
        #expect(await passing { api.writes > writes })
        #expect(me.news == [.leading(epoch: 1)])
        await me.stop()
    }

    @Test func whoeverIsStoppedInTheMiddleOfAClaimGivesItBackToo() async {
        let me = Candidate("me", api, clock)
        #expect(await eventually { me.news == [.leading(epoch: 1)] })
        api.setFault(.answerLost)
        let writes = api.writes
        #expect(await passing { api.writes > writes })
        api.setFault(nil)
        await me.stop()
        #expect(api.object["spec"]["holderIdentity"] == "")
    }
}
