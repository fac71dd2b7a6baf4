import Analysis
import Foundation
import Rollouts
import Server
import Testing

/// The status is a function of the rollout and the moment: each state has its word and its sentence.
@Suite struct StatusTests {
    private static let noon = Moment(microseconds: 1_800_000_000_000_000)

    /// A rollout to which this happened, one thing a second from noon on; the data plane shows every route at once.
    private func rollout(_ steps: [Step], background: [Metric] = [], _ commands: Command...) throws -> Rollout
    {
        var rollout = Rollout(name: RolloutName("checkout"))
        let declared: [Command] = [.declare(.checkout(steps, background: background)), .start(release: "v1")]
        for (second, command) in (declared + [.start(release: "v2")] + commands).enumerated() {
            let now = Self.noon + .seconds(Int64(second))
            rollout = try rollout.turn(command, by: "token:alice", at: now).next
            try show(&rollout, at: now)
        }
        return rollout
    }

    private func show(_ rollout: inout Rollout, at now: Moment) throws {
        while let routing = rollout.routing, !routing.isApplied {
            let report = Report.routed(since: routing.since, evidence: "envoy shows it")
            rollout = try rollout.turn(.report(report), by: "headgate", at: now).next
        }
    }

    private func status(_ rollout: Rollout, after seconds: Int64 = 2) -> RolloutStatus {
        RolloutStatus(rollout, at: Self.noon + .seconds(seconds))
    }

    @Test func aRolloutWithoutAReleaseSaysWhereTheFirstOneGoes() throws {
        var rollout = Rollout(name: RolloutName("checkout"))
        rollout = try rollout.turn(.declare(.checkout([])), by: "git", at: Self.noon).next
        let status = status(rollout)
        #expect(status.phase == .pending && status.idleBackend == "web-a")
        #expect(status.message == "no release yet: deploy one to web-a and announce it")
        #expect(status.stable == nil && status.routing == nil && status.step == nil)
    }

    @Test func aTimedPauseSaysWhenItEnds() throws {
        let rollout = try rollout([.setWeight(weight(20)), .pause(.seconds(60))])
        let status = status(rollout, after: 12)
        #expect(status.phase == .paused)
        #expect(status.message == "pause of step 2 ends at 2027-01-15T08:01:02.000Z")
        #expect(status.weight == 20)
        #expect(status.canary == ReleaseStatus(release: "v2", backend: "web-b"))
        #expect(status.step?.number == 2 && status.step?.count == 2 && status.step?.text == "pause 1m")
        #expect(status.step?.endsAt == "2027-01-15T08:01:02.000Z")
        #expect(status.step?.remainingSeconds == 50 && status.step?.sinceSeconds == 10)
        #expect(status.steps == ["setWeight 20%", "pause 1m"])
        #expect(status.routing?.wanted == ["web-a": 80, "web-b": 20])
        #expect(status.routing?.evidence == "envoy shows it")
    }

    @Test func aPauseWithoutAnEndWaitsForAPerson() throws {
        let rollout = try rollout([.setWeight(weight(20)), .pause(nil)])
        #expect(status(rollout).phase == .paused)
        #expect(status(rollout).message == "waiting for a person at step 2: promote or abort")
    }

    @Test func whoPausedItIsTold() throws {
        let rollout = try rollout([.setWeight(weight(20)), .pause(.seconds(60))], .pause)
        #expect(status(rollout).phase == .paused && status(rollout).hold?.kind == .command)
        #expect(status(rollout).message == "paused by token:alice")
    }

    @Test func aRouteThatIsNotThereYetIsToldWithWhatTheMeshSaid() throws {
        var rollout = try rollout([.setWeight(weight(20)), .pause(nil), .setWeight(weight(50))])
        rollout = try rollout.turn(.promote(from: nil), by: "token:alice", at: Self.noon + .seconds(5)).next
        #expect(status(rollout).phase == .progressing)
        #expect(status(rollout).message == "waiting for envoy to show 50% on web-b")
        let failed = Report.routeFailed(
            since: rollout.routing?.since ?? 0, attempt: 0,
            failure: RouteFailure(.unavailable, "connection refused"))
        rollout = try rollout.turn(.report(failed), by: "headgate", at: Self.noon + .seconds(6)).next
        #expect(status(rollout).message == "waiting for envoy to show 50% on web-b: connection refused")
        #expect(status(rollout).routing?.lastFailure == "unavailable: connection refused")
        #expect(status(rollout).routing?.failures == 1 && status(rollout).routing?.isApplied == false)
    }

    private func measured(_ rollout: Rollout, _ sample: Sample, after seconds: Int64) throws -> Rollout {
        let orders = rollout.outstanding.compactMap { action -> MeasureOrder? in
            guard case .measure(let order) = action else { return nil }
            return order
        }
        let now = Self.noon + .seconds(seconds)
        let order = try #require(orders.first)
        return try rollout.turn(
            .report(.measured(order, sample, startedAt: now, finishedAt: now)), by: "headgate", at: now
        ).next
    }

    @Test func anOutageOfTheMetricsStoreIsNoPauseAndNoFailure() throws {
        let started = try rollout([.setWeight(weight(20)), .analysis([.success(count: 3)])])
        let rollout = try measured(
            started, .failure(SampleFailure(.outage, "connection refused")), after: 3)
        #expect(status(rollout).phase == .progressing && status(rollout).hold?.kind == .outage)
        #expect(
            status(rollout).message
                == "the metrics store can't be asked: success-rate: connection refused; the weight holds")
        #expect(status(rollout).analyses.first?.metrics.first?.errors == 1)
    }

    @Test func aRunningAnalysisSaysHowFarItIs() throws {
        let started = try rollout([.setWeight(weight(20)), .analysis([.success(count: 3)])])
        let rollout = try measured(started, .value(.array([.float(0.99)]), warnings: []), after: 3)
        #expect(status(rollout).message == "analysing at step 2: success-rate 1 good of 3")
        let metric = try #require(status(rollout).analyses.first?.metrics.first)
        #expect(metric.lastValue == "[0.99]" && metric.dueAt == "2027-01-15T08:00:03.020Z")
        #expect(metric.query == #"rate{cluster="web-b"}"#)
    }

    @Test func aReleaseThatWasTakenBackSaysWhy() throws {
        let rollout = try rollout([.setWeight(weight(20)), .pause(nil)], .abort(why: "errors"))
        let status = status(rollout)
        #expect(status.phase == .degraded && status.weight == 0 && status.canary == nil)
        #expect(status.message == "v2 was taken back at step 2 of 2: aborted by token:alice: errors")
        #expect(status.failure?.backend == "web-b" && status.failure?.at == "2027-01-15T08:00:03.000Z")
    }

    @Test func aReleaseThatMadeItIsHealthyAndThePlacesSwap() throws {
        let status = status(try rollout([.setWeight(weight(20)), .pause(nil)], .promoteFully(arm: nil)))
        #expect(status.phase == .healthy && status.message == "v2 has all traffic")
        #expect(status.stable?.backend == "web-b" && status.idleBackend == "web-a")
    }

    @Test func aWithdrawnManifestIsTold() throws {
        let status = status(try rollout([.pause(nil)], .promoteFully(arm: nil), .withdraw))
        #expect(status.isWithdrawn)
        #expect(
            status.message
                == "v2 has all traffic; its manifest is gone: what runs goes on, nothing new starts")
    }

    @Test func itReadsItself() throws {
        let status = status(
            try rollout([.setWeight(weight(20)), .pause(.seconds(60))], background: [.success()]))
        #expect(try JSONDecoder().decode(RolloutStatus.self, from: JSONEncoder().encode(status)) == status)
    }
}
