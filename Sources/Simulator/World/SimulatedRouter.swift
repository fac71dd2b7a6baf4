import Analysis
import Engine
import Rollouts

/// A mesh with an interface on the network that compares before it sets, as Kubernetes' does.
struct SimulatedRouter: TrafficRouter {
    let kind = "envoy"
    let world: World
    let life: Life

    func backend(of target: TrafficTarget) -> String { "mesh" }

    func write(_ write: RouteWrite) async throws(RouteFailure) -> RouteReceipt {
        let answer = await world.exchange(life, with: .mesh) { [world, life] in world.land(write, of: life) }
        if let failure = answer ?? RouteFailure(.unavailable, "the mesh did not answer") { throw failure }
        return RouteReceipt(write: write, text: "the mesh took #\(write.since)", token: "\(write.since)")
    }

    func confirm(_ receipt: RouteReceipt) async throws(RouteFailure) -> RouteEvidence {
        var pause = Duration.milliseconds(2)
        while await !isShown(receipt.write) {
            guard await world.course.sleep(until: world.course.now + pause, life) else {
                throw RouteFailure(.unverified, "the data plane does not show #\(receipt.token) yet")
            }
            pause = min(pause * 2, .seconds(2))
        }
        return RouteEvidence(text: "all planes show #\(receipt.token)")
    }

    private func isShown(_ write: RouteWrite) async -> Bool {
        let shown = await world.exchange(life, with: .mesh) { [world] in
            let isStale = world.happens(\.stale)
            return world.mesh.planes.map { (isStale ? $0.formerly : $0.shown)[write.rollout] }
        }
        return shown?.allSatisfy { $0?.since == write.since && $0?.route == write.route } ?? false
    }

    func observe(_ rollout: RolloutName, _ target: TrafficTarget) async throws(RouteFailure) -> ObservedRoute?
    {
        let answer = await world.exchange(life, with: .mesh) { [world] in
            world.mesh.borne[rollout]
        }
        guard let answer else { throw RouteFailure(.unavailable, "the mesh did not answer") }
        return answer.map { borne in
            ObservedRoute(
                route: borne.route, since: borne.since, journal: borne.journal, text: borne.route.words)
        }
    }

    func disturbances() -> AsyncStream<RolloutName> {
        AsyncStream { [world, life] in await world.nextTampering(life) }
    }
}

extension World {
    /// The interface takes a write, or says why not.
    fileprivate func land(_ write: RouteWrite, of life: Life) -> RouteFailure? {
        if happens(\.unavailable) { return RouteFailure(.unavailable, "503 from the mesh") }
        if happens(\.declined) { return RouteFailure(.rejected, "400 from the mesh") }
        let before = mesh.borne[write.rollout]
        if let before, let failure = objection(to: write, over: before) { return failure }
        let borne = Borne(
            route: write.route, since: write.since, journal: write.journal, occupants: write.occupants)
        guard before != borne else { return nil }
        mesh.bear(borne, for: write.rollout)
        note(.landed(write.rollout, borne, over: before))
        spread(write.rollout)
        // What somebody sent who is dead by now is nobody's own write: whoever watches the mesh hears of it.
        if !life.isAlive { tell(of: write.rollout) }
        return nil
    }

    private func objection(to write: RouteWrite, over before: Borne) -> RouteFailure? {
        guard before.journal == write.journal else {
            return RouteFailure(.foreign, "the route bears the mark of journal \(before.journal)")
        }
        let isSame = before.route == write.route
        if before.since == write.since, isSame { return nil }
        if write.mayReplace(before.since) || (before.isTampered && before.since <= write.since) { return nil }
        return RouteFailure(
            .fenced, "the mesh bears #\(before.since)", bears: before.since, isSameRoute: isSame)
    }

    /// Every data plane takes on what the interface bears, each in its own time.
    func spread(_ rollout: RolloutName) {
        for plane in mesh.planes.indices {
            let lag =
                happens(\.laggard)
                ? dice.duration(.milliseconds(100), dice.happens(0.2) ? .seconds(25) : .seconds(3))
                : dice.duration(.microseconds(500), .milliseconds(5))
            course.after(lag) { [self] in
                guard let news = mesh.takeOn(rollout, plane: plane) else { return }
                note(.carried(rollout, plane: plane, news))
            }
        }
    }

    /// Somebody else changes what the mesh bears. The marks stay.
    func tamper(_ rollout: RolloutName, _ route: Route) {
        guard var borne = mesh.borne[rollout], borne.route != route else { return }
        borne.route = route
        borne.isTampered = true
        mesh.bear(borne, for: rollout)
        note(.tampered(rollout))
        spread(rollout)
        tell(of: rollout)
    }

    /// A route changed, and not by the hand of whoever watches it.
    private func tell(of rollout: RolloutName) {
        tampered.append(rollout)
        tamperWatch.forEach(course.wake)
        tamperWatch = []
    }

    fileprivate func nextTampering(_ life: Life) async -> RolloutName? {
        while life.isAlive {
            if life.tamperingsSeen < tampered.count {
                life.tamperingsSeen += 1
                return tampered[life.tamperingsSeen - 1]
            }
            let number = course.reserve()
            tamperWatch.append(number)
            guard await course.wait(number, life) else { return nil }
        }
        return nil
    }
}
