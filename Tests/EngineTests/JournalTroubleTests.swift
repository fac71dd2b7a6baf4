import Analysis
import Engine
import GRDB
import Journal
import Rollouts
import Testing

/// The journal comes first, but for a rollback. The trouble is real: another connection holds the file.
@Suite struct JournalTroubleTests {
    @Test func whileTheJournalIsLockedWishesAreDeclinedAndNothingMoves() async throws {
        let world = World()
        try await world.run { loop in
            try await world.launch(loop, world.declaration([.setWeight(weight(5)), .pause(nil)]))
            try await world.until(loop) { $0.flight?.stage == .pausing(until: nil) }
            let lock = try Lock(world.path)
            let refusal = await #expect(throws: Rejection.self) {
                try await loop.submit(.promote(from: nil), to: world.checkout, by: "alice")
            }
            guard case .journal(let trouble)? = refusal else { throw Impatient(state: "\(refusal as Any)") }
            #expect(trouble.kind == .locked)
            #expect(await loop.rollout(world.checkout)?.flight?.step == 1)
            try lock.release()
            _ = try await loop.submit(.promote(from: nil), to: world.checkout, by: "alice")
            try await world.until(loop) { $0.stable?.name == "v2" }
        }
    }

    /// The release that is stable is announced while the journal is locked: that would take traffic back too, but the
    /// wish is declined, so nothing may come of it.
    @Test func aWishThatIsDeclinedMovesNoTraffic() async throws {
        let world = World()
        try await world.run { loop in
            try await world.launch(loop, world.declaration([.setWeight(weight(20)), .pause(nil)]))
            try await world.until(loop) { $0.flight?.stage == .pausing(until: nil) }
            let lock = try Lock(world.path)
            await #expect(throws: Rejection.self) {
                try await loop.submit(.start(release: "v1"), to: world.checkout, by: "ci")
            }
            try lock.release()
            #expect(await world.mesh.borne[world.checkout]?.route.weight(of: .b) == weight(20))
            #expect(await loop.rollout(world.checkout)?.flight?.release.name == "v2")
        }
    }

    /// What passes while the journal is in trouble does not change what a report comes to: the pause is over when the
    /// abort is recorded, and the release is aborted all the same.
    @Test func whatWasDecidedInTroubleIsRecordedAsItWasDecided() async throws {
        let world = World()
        try await world.run { loop in
            let steps: [Step] = [.setWeight(weight(100)), .pause(.milliseconds(900))]
            try await world.launch(loop, world.declaration(steps))
            try await world.until(loop) { $0.flight?.step == 1 }
            let lock = try Lock(world.path)
            _ = try await loop.submit(.abort(why: "errors"), to: world.checkout, by: "alice")
            try await isBack(world)
            try await Task.sleep(for: .seconds(1))
            try lock.release()
            try await world.until(loop) { $0.isAborted && $0.routing?.isApplied == true }
            #expect(await loop.rollout(world.checkout)?.stable?.name == "v1")
        }
    }

    @Test func aBadVerdictTakesTrafficBackWhileTheJournalIsLocked() async throws {
        let world = World()
        try await world.run { loop in
            try await world.launch(
                loop, world.declaration([.setWeight(weight(20)), .pause(nil)], background: [world.metric()]))
            try await world.until(loop) { $0.flight?.stage == .pausing(until: nil) }
            let lock = try Lock(world.path)
            await world.store.answer(0.1)
            try await isBack(world)
            #expect(await loop.rollout(world.checkout)?.isAborted == false, "nothing durable says so yet")
            try lock.release()
            try await world.until(loop) { $0.isAborted && $0.routing?.isApplied == true }
        }
        #expect(try await isChainWhole(world))
    }

    @Test func anAbortIsCarriedOutWhileTheJournalIsLocked() async throws {
        let world = World()
        try await world.run { loop in
            try await world.launch(loop, world.declaration([.setWeight(weight(20)), .pause(nil)]))
            try await world.until(loop) { $0.flight?.stage == .pausing(until: nil) }
            let lock = try Lock(world.path)
            let decision = try await loop.submit(.abort(why: "errors"), to: world.checkout, by: "alice")
            #expect(!decision.isDurable)
            try await isBack(world)
            try lock.release()
            try await world.until(loop) { $0.isAborted && $0.routing?.isApplied == true }
        }
    }

    /// At rest a number that the log never gave would be told to a person, and nothing would be put right from then
    /// on: only an abort may go ahead of the journal.
    @Test func whatSomebodyChangedAtRestIsPutRightWhenTheJournalHasIt() async throws {
        let world = World()
        try await world.run { loop in
            try await world.launch(loop, world.declaration([.setWeight(weight(20))]))
            try await world.until(loop) { $0.stable?.name == "v2" && $0.flight == nil }
            let lock = try Lock(world.path)
            await world.mesh.disturb(world.checkout, .all(to: .a))
            try await Task.sleep(for: .milliseconds(700))
            #expect(await world.mesh.borne[world.checkout]?.route == .all(to: .a), "nothing is written yet")
            try lock.release()
            try await isBack(world, to: .b)
        }
    }

    @Test func aCrashAfterAnUnjournaledRollbackDoesNotUndoIt() async throws {
        let world = World()
        let lock = try await world.run { loop in
            try await world.launch(loop, world.declaration([.setWeight(weight(20)), .pause(nil)]))
            try await world.until(loop) { $0.flight?.stage == .pausing(until: nil) }
            let lock = try Lock(world.path)
            _ = try await loop.submit(.abort(why: nil), to: world.checkout, by: "alice")
            try await isBack(world)
            return lock
        }
        try lock.release()
        try await world.run { loop in
            try await world.until(loop) { $0.isAborted && $0.routing?.isApplied == true }
        }
        #expect(await world.mesh.borne[world.checkout]?.route == .all(to: .a))
    }

    private func isBack(_ world: World, to place: Place = .a) async throws {
        let deadline = ContinuousClock.now + .seconds(5)
        while await world.mesh.borne[world.checkout]?.route != .all(to: place) {
            guard ContinuousClock.now < deadline else { throw Impatient(state: "traffic is not back") }
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    private func isChainWhole(_ world: World) async throws -> Bool {
        try await EventJournal.openReading(at: world.path).verify().flaw == nil
    }
}

/// Another connection that holds the file's write lock.
private final class Lock: Sendable {
    private let queue: DatabaseQueue

    init(_ path: String) throws {
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        // The journal may be in the middle of a write of its own.
        configuration.busyMode = .timeout(5)
        queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
    }

    func release() throws {
        try queue.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
    }
}
