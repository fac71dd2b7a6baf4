import Journal
import Logging
import Rollouts

extension ControlLoop {
    /// After a start: what the mesh really bears is compared with what the log says it was shown.
    func examineAll() async {
        for name in names {
            if Task.isCancelled { return }
            await examine(name)
        }
    }

    func watch(_ router: any TrafficRouter) async {
        for await name in router.disturbances() {
            await examine(name)
            // Somebody who keeps changing a route is put right at a bounded pace; cancelled means the loop ends.
            guard await clock.hasSlept(for: limits.driftPause) else { return }
        }
    }

    /// Looks at the route of a rollout that should be at rest there, and wants it again if it is not.
    private func examine(_ name: RolloutName) async {
        guard let (routing, target) = settledRoute(of: name), let router = ports.routers[target.router] else {
            return
        }
        do throws(RouteFailure) {
            let observed = try await router.observe(name, target)
            guard let found = observed.difference(from: routing), settledRoute(of: name)?.0 == routing else {
                return
            }
            meter { $0.drifts += 1 }
            log.warning("\(name): the route was changed by somebody else: \(found)")
            let bears = observed?.journal == journal.identity ? observed?.since : nil
            note(.drifted(found: found, bears: bears), of: name)
        } catch {
            log.warning("\(name): the route could not be read back: \(error.message)")
        }
    }

    private func settledRoute(of name: RolloutName) -> (Routing, TrafficTarget)? {
        guard let rollout = rollouts[name], let routing = rollout.routing, routing.isApplied,
            let target = rollout.declaration?.traffic
        else { return nil }
        return (routing, target)
    }
}

extension ObservedRoute? {
    /// What differs, in words; none when the mesh bears what it should.
    fileprivate func difference(from routing: Routing) -> String? {
        guard let self else { return "the route is gone" }
        let isSame = self.route == routing.route && self.since == routing.since
        return isSame ? nil : self.text
    }
}
