import Engine
import Kubernetes
import Rollouts
import Testing
import Transport

@testable import Traffic

@Suite struct IstioFenceTests {
    @Test func aNewerWriteIsNotReplaced() throws {
        let object = try routed(write(20, since: 5, previous: 4), on: virtualService())
        let failure = failure { _ = try plan(write(10, since: 4, previous: 3), on: object) }
        #expect(failure?.kind == .fenced && failure?.bears == 5 && failure?.isSameRoute == false)
        #expect(failure?.message.hasPrefix("VirtualService shop/web bears event 5") == true)
    }

    @Test func aWriteThatTheLogDoesNotKnowIsNotReplacedEither() throws {
        let object = try routed(write(0, since: 5, previous: 4), on: virtualService())
        #expect(failure { _ = try plan(write(30, since: 9, previous: 4), on: object) }?.kind == .fenced)
        #expect(try plan(write(30, since: 9, previous: 5), on: object).writes.count == 1)
    }

    @Test func anEditedObjectGivesWayToTheSameEvent() throws {
        var object = try routed(write(20, since: 5, previous: 4), on: virtualService())
        object = try object.patched([.replace("/spec/http/1/route/0/weight", 1)])
        let mended = try routed(write(20, since: 5, previous: 4), on: object)
        #expect(mended.weights() == [8_000, 2_000])
    }

    @Test func theMarkOfAnotherJournalIsLeftAlone() throws {
        let object = try routed(write(20, since: 5), on: virtualService())
        let other = istioWrite(try split(20), try istioTarget(), since: 9, previous: 8, journal: "south")
        #expect(failure { _ = try plan(other, on: object) }?.kind == .foreign)
    }

    @Test func twoRolloutsShareAnObjectButNotABackend() throws {
        let object = try routed(write(20, since: 5), on: virtualService())
        let mine = write(20, since: 1)
        let other = RouteWriteOfOther(mine).write
        #expect(
            failure { _ = try plan(other, on: object) }?.message.contains("rollout web for web/a, web/b")
                == true)
    }

    @Test func aLaterLeadersWriteStays() throws {
        let write = write(20, since: 5)
        let object = try applied(plan(write, on: virtualService(), epoch: 3), on: virtualService())
        #expect(
            failure { _ = try plan(self.write(30, since: 6, previous: 5), on: object, epoch: 2) }?.kind
                == .fenced)
        #expect(try plan(self.write(30, since: 6, previous: 5), on: object, epoch: 3).writes.count == 1)
    }

    @Test func aMarkIsReadBackAsItWasWritten() throws {
        let route = try split(
            20, rules: [istioSend("r", betaHeader), istioMirror("m", percent: 3)], stickyBy: "u", home: .b)
        let mark = ObjectMark(
            rollout: RolloutName("web"), since: 7, journal: "n", epoch: 2, route: route,
            occupants: [.a: "v1"],
            backends: ["web/a"], inserted: ["x"], before: [[100, nil], [1]], isPartial: true)
        #expect(ObjectMark(parsing: mark.text, of: RolloutName("web")) == mark)
        #expect(ObjectMark(parsing: "{}", of: RolloutName("web")) == nil)
    }

    @Test func aNameThatCannotBeAKeyIsRepresented() {
        #expect(ObjectMark.key(of: RolloutName("web")) == "headgate.dev/web")
        let long = ObjectMark.key(of: RolloutName(String(repeating: "w", count: 80)))
        #expect(long.hasPrefix("headgate.dev/rollout-") && long.count < 63)
    }

    private func write(
        _ percent: Int, since: Rollouts.Sequence, previous: Rollouts.Sequence? = nil
    ) -> RouteWrite {
        do {
            return istioWrite(try split(percent), try istioTarget(), since: since, previous: previous)
        } catch {
            preconditionFailure("\(error)")
        }
    }
}

/// The same wish, of a rollout with another name.
private struct RouteWriteOfOther {
    let write: RouteWrite

    init(_ write: RouteWrite) {
        self.write = RouteWrite(
            rollout: RolloutName("shop"), target: write.target, route: write.route, since: write.since,
            journal: write.journal)
    }
}
