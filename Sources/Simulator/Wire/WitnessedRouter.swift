import Engine
import Rollouts

/// A router under the eyes of the laws; and under the hands of who sabotages it.
struct WitnessedRouter: TrafficRouter {
    private let router: any TrafficRouter
    private let world: World
    private let life: Life

    var kind: String { router.kind }

    init(_ router: any TrafficRouter, world: World, life: Life) {
        (self.router, self.world, self.life) = (router, world, life)
    }

    func backend(of target: TrafficTarget) -> String { router.backend(of: target) }

    func write(_ write: RouteWrite) async throws(RouteFailure) -> RouteReceipt {
        if life.isAlive, !life.isRival {
            world.note(.sent(write.rollout, since: write.since, route: write.route, life: life.number))
        }
        return try await router.write(world.sabotage == .noFence ? write.unfenced : write)
    }

    func confirm(_ receipt: RouteReceipt) async throws(RouteFailure) -> RouteEvidence {
        try await router.confirm(receipt)
    }

    func observe(_ rollout: RolloutName, _ target: TrafficTarget) async throws(RouteFailure) -> ObservedRoute?
    {
        try await router.observe(rollout, target)
    }

    func disturbances() -> AsyncStream<RolloutName> { router.disturbances() }
}

extension RouteWrite {
    /// It takes the place of anything.
    fileprivate var unfenced: RouteWrite {
        RouteWrite(
            rollout: rollout, target: target, route: route, since: since, previous: .max, journal: journal)
    }
}
