import Analysis
import Engine
import Rollouts
import Testing

@Suite struct ScheduleTests {
    private static let checkout = RolloutName("checkout")
    private static let noon = Moment(microseconds: 0)

    private func wake(_ seconds: Int64) -> Action { .wake(at: Self.noon + .seconds(seconds)) }

    private func job(_ seconds: Int64, _ name: RolloutName = checkout) -> Job {
        Job(rollout: name, action: wake(seconds))
    }

    private func schedule(capacity: Int = 1, lane: Lane = .free) -> Schedule {
        Schedule(capacity: capacity) { _ in lane }
    }

    @Test func nothingStartsBeforeItsMoment() {
        var schedule = schedule()
        _ = schedule.want([wake(10)], of: Self.checkout)
        #expect(schedule.start(at: Self.noon + .seconds(9)).isEmpty)
        #expect(schedule.nextMoment == Self.noon + .seconds(10))
        #expect(schedule.start(at: Self.noon + .seconds(10)) == [job(10)])
    }

    @Test func whatIsWantedTwiceStartsOnce() {
        var schedule = schedule()
        _ = schedule.want([wake(1)], of: Self.checkout)
        _ = schedule.want([wake(1)], of: Self.checkout)
        #expect(schedule.start(at: Self.noon + .seconds(5)) == [job(1)])
        #expect(schedule.start(at: Self.noon + .seconds(5)).isEmpty)
    }

    @Test func whatIsNoLongerWantedNeverStarts() {
        var schedule = schedule()
        _ = schedule.want([wake(1)], of: Self.checkout)
        #expect(schedule.want([], of: Self.checkout).isEmpty)
        #expect(schedule.start(at: Self.noon + .seconds(5)).isEmpty)
    }

    @Test func whatRunsAndIsNoLongerWantedIsToBeStopped() {
        var schedule = schedule()
        _ = schedule.want([wake(1)], of: Self.checkout)
        _ = schedule.start(at: Self.noon + .seconds(5))
        #expect(schedule.want([wake(9)], of: Self.checkout) == [job(1)])
    }

    @Test func whatEndedAndIsWantedStillIsStartedAgain() {
        var schedule = schedule()
        _ = schedule.want([wake(1)], of: Self.checkout)
        _ = schedule.start(at: Self.noon + .seconds(5))
        #expect(schedule.finish(job(1)).isEmpty)
        #expect(schedule.start(at: Self.noon + .seconds(5)) == [job(1)])
    }

    @Test func aFullLaneLetsTheNextOneInWhenAPlaceIsFree() {
        var schedule = schedule(capacity: 2, lane: .backend("prometheus"))
        let names = ["a", "b", "c", "d"].map(RolloutName.init)
        for name in names { _ = schedule.want([wake(0)], of: name) }
        let started = schedule.start(at: Self.noon)
        #expect(started.count == 2)
        _ = schedule.want([], of: started[0].rollout)
        #expect(schedule.finish(started[0]).count == 1)
        #expect(schedule.runningCount == 2)
    }

    @Test func whoeverWaitsForAPlaceAndIsNoLongerWantedLeavesTheQueue() {
        var schedule = schedule(capacity: 1, lane: .backend("prometheus"))
        for name in ["a", "b"] { _ = schedule.want([wake(0)], of: RolloutName(name)) }
        let started = schedule.start(at: Self.noon)
        for name in ["a", "b"] { _ = schedule.want([], of: RolloutName(name)) }
        #expect(schedule.finish(started[0]).isEmpty)
        #expect(schedule.runningCount == 0)
    }

    @Test func aRollbackWaitsForNobody() {
        var schedule = Schedule(capacity: 1) { job in
            job.rollout == RolloutName("bad") ? .free : .backend("envoy")
        }
        for name in ["a", "b", "c"] { _ = schedule.want([wake(0)], of: RolloutName(name)) }
        #expect(schedule.start(at: Self.noon).count == 1)
        _ = schedule.want([wake(0)], of: RolloutName("bad"))
        #expect(schedule.start(at: Self.noon) == [job(0, RolloutName("bad"))])
    }
}
