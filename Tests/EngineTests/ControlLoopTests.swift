import Analysis
import Engine
import Journal
import Rollouts
import Testing

@Suite struct ControlLoopTests {
    @Test func aGoodReleaseClimbsToTheTop() async throws {
        let world = World()
        let steps: [Step] = [
            .setWeight(weight(5)), .analysis([world.metric(count: 3)]), .setWeight(weight(50)),
        ]
        try await world.run { loop in
            try await world.launch(loop, world.declaration(steps))
            try await world.until(loop) { $0.stable?.name == "v2" }
        }
        let shares = await world.mesh.writes.map { $0.route.weight(of: .b).percent }
        #expect(shares == [0, 5, 50, 100])
    }

    @Test func aBadReleaseIsTakenBack() async throws {
        let world = World()
        await world.store.answer(0.5)
        try await world.run { loop in
            try await world.launch(
                loop, world.declaration([.setWeight(weight(20)), .pause(nil)], background: [world.metric()]))
            try await world.until(loop) { $0.isAborted && $0.routing?.isApplied == true }
            #expect(await loop.meters.verdictToApplied.total == 1)
        }
        #expect(await world.mesh.borne[world.checkout]?.route == .all(to: .a))
    }

    @Test func aRestartGoesOnWhereTheLogEnds() async throws {
        let world = World()
        try await world.run { loop in
            try await world.launch(
                loop, world.declaration([.setWeight(weight(5)), .pause(nil), .setWeight(weight(50))]))
            try await world.until(loop) { $0.flight?.stage == .pausing(until: nil) }
        }
        try await world.run { loop in
            try await world.until(loop) { $0.flight?.step == 1 }
            _ = try await loop.submit(.promote(from: 1), to: world.checkout, by: "alice")
            try await world.until(loop) { $0.stable?.name == "v2" }
        }
        #expect(await world.mesh.borne[world.checkout]?.route == .all(to: .b))
    }

    @Test func equalQueriesOfOneTickAreAskedOnce() async throws {
        let world = World()
        let names = (0..<20).map { RolloutName("r\($0)") }
        try await world.run { loop in
            for name in names {
                try await world.launch(
                    loop, world.declaration([.setWeight(weight(5)), .pause(nil)], name: name))
            }
            let metric = world.metric(every: .seconds(3600))
            for name in names {
                _ = try await loop.submit(
                    .declare(world.declaration([.analysis([metric]), .pause(nil)], name: name)), to: name,
                    by: "git")
            }
            await withTaskGroup { group in
                for name in names {
                    group.addTask { _ = try? await loop.submit(.start(release: "v3"), to: name, by: "ci") }
                }
            }
            for name in names {
                try await world.until(loop, name) { $0.flight?.runs.first?.run.tallies[0].count == 1 }
            }
        }
        #expect(await world.store.asked < names.count / 2)
    }

    @Test func aFailedWriteIsTriedAgain() async throws {
        let world = World()
        await world.mesh.fail(RouteFailure(.unavailable, "connection refused"))
        await world.mesh.fail(RouteFailure(.rejected, "unknown cluster"))
        try await world.run { loop in
            try await world.launch(loop, world.declaration([.setWeight(weight(5))]))
            try await world.until(loop) { $0.stable?.name == "v2" }
            #expect(await loop.meters.routeFailures == 2)
        }
    }

    @Test func aRouteThatSomebodyChangesIsPutRight() async throws {
        let world = World()
        try await world.run { loop in
            try await world.launch(loop, world.declaration([.setWeight(weight(5)), .pause(nil)]))
            try await world.until(loop) { $0.flight?.stage == .pausing(until: nil) }
            await world.mesh.disturb(world.checkout, .all(to: .b))
            try await world.until(loop) { $0.routing?.isApplied == true && $0.sequence > 12 }
        }
        #expect(await world.mesh.borne[world.checkout]?.route.weight(of: .b) == weight(5))
    }

    @Test func aChangeThatIsToStandIsLeftUntilSomebodyPutsItRight() async throws {
        let world = World()
        var declaration = world.declaration([.setWeight(weight(5)), .pause(.milliseconds(300))])
        declaration.drift = .alarm
        try await world.run { [declaration] loop in
            try await world.launch(loop, declaration)
            try await world.until(loop) { $0.flight?.weight == weight(5) && $0.routing?.isApplied == true }
            await world.mesh.disturb(world.checkout, .all(to: .b))
            try await world.until(loop) { $0.flight?.stage == .paused }
            #expect(await loop.rollout(world.checkout)?.routing?.stray == "a=0%")
            #expect(await world.mesh.borne[world.checkout]?.route == .all(to: .b))
            let wanted = try #require(await loop.rollout(world.checkout)?.routing?.route)
            await world.mesh.disturb(world.checkout, wanted)
            try await world.until(loop) { $0.stable?.name == "v2" }
        }
    }

    /// A disturbance is told once: one that could not be judged must not be forgotten.
    @Test func aDriftThatCouldNotBeReadIsLookedAtAgain() async throws {
        let world = World()
        try await world.run(limits: EngineLimits(driftRetry: .milliseconds(50))) { loop in
            try await world.launch(loop, world.declaration([.setWeight(weight(5)), .pause(nil)]))
            try await world.until(loop) { $0.flight?.stage == .pausing(until: nil) }
            await world.mesh.hideFrom(looks: 2)
            await world.mesh.disturb(world.checkout, .all(to: .b))
            try await world.until(loop) { $0.routing?.isApplied == true && $0.sequence > 12 }
        }
        #expect(await world.mesh.borne[world.checkout]?.route.weight(of: .b) == weight(5))
    }

    @Test func aRouteThatChangedWhileNobodyWatchedIsPutRightAfterTheStart() async throws {
        let world = World()
        let declaration = world.declaration([.setWeight(weight(5)), .pause(nil)])
        try await world.run { loop in
            try await world.launch(loop, declaration)
            try await world.until(loop) { $0.flight?.stage == .pausing(until: nil) }
        }
        await world.mesh.disturb(world.checkout, .all(to: .b))
        try await world.run { loop in
            try await world.until(loop) { $0.routing.map { $0.since > 10 && $0.isApplied } ?? false }
        }
        #expect(await world.mesh.borne[world.checkout]?.route.weight(of: .b) == weight(5))
    }

    @Test func aMeshThatHangsIsGivenUpAtTheDeadlineAndTriedAgain() async throws {
        let world = World()
        await world.mesh.freeze(true)
        try await world.run(limits: EngineLimits(routeDeadline: .milliseconds(50))) { loop in
            _ = try await loop.submit(
                .declare(world.declaration([.pause(nil)])), to: world.checkout, by: "git")
            _ = try await loop.submit(.start(release: "v1"), to: world.checkout, by: "ci")
            try await world.until(loop) { ($0.routing?.failures ?? 0) > 0 }
            await world.mesh.freeze(false)
            try await world.until(loop) { $0.stable?.name == "v1" }
        }
    }

    @Test func aStoppedEngineTakesNoWishes() async throws {
        let world = World()
        let loop = try await world.run { loop in
            _ = try await loop.submit(
                .declare(world.declaration([.pause(nil)])), to: world.checkout, by: "git")
            return loop
        }
        await #expect(throws: Rejection.self) {
            try await loop.submit(.start(release: "v1"), to: world.checkout, by: "ci")
        }
    }

    @Test func anUnknownRolloutIsRefusedAndNotMade() async throws {
        let world = World()
        try await world.run { loop in
            await #expect(throws: Rejection.self) {
                try await loop.submit(.start(release: "v1"), to: world.checkout, by: "ci")
            }
            #expect(await loop.names.isEmpty)
        }
    }

    @Test func aDeliveryThatComesTwiceIsCarriedOutOnce() async throws {
        let world = World()
        try await world.run { loop in
            _ = try await loop.submit(
                .declare(world.declaration([.pause(nil)])), to: world.checkout, by: "git")
            let delivery = Delivery(
                hook: "ci", id: "1", bodyHash: [1], moment: Moment(microseconds: 0), answer: "taken")
            _ = try await loop.submit(.start(release: "v1"), to: world.checkout, by: "ci", delivery: delivery)
            await #expect(throws: Rejection.self) {
                try await loop.submit(.start(release: "v9"), to: world.checkout, by: "ci", delivery: delivery)
            }
            try await world.until(loop) { $0.stable?.name == "v1" }
        }
    }
}
