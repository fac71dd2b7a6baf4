import Journal
import Logging
import Rollouts

extension ControlLoop {
    /// After a start: what the mesh really bears is compared with what the log says it was shown.
    func examineAll() async {
        for name in unexamined.sorted() + names.filter({ !unexamined.contains($0) }) {
            if Task.isCancelled { return }
            await examine(name)
            await inspect(name)
        }
    }

    func watch(_ router: any TrafficRouter) async {
        for await name in router.disturbances() {
            await examine(name)
            // Somebody who keeps changing a route is put right at a bounded pace; cut short means the loop
            // ends.
            guard await clock.hasSlept(for: limits.driftPause) else { return }
        }
    }

    /// Looks again at what could not be judged: the mesh could not be reached, or the route was on its way. A
    /// disturbance is told once only, and must not be forgotten over that.
    func examineAgain() async {
        for await _ in doubts.rings {
            while !doubtful.isEmpty {
                guard await clock.hasSlept(for: limits.driftRetry) else { return }
                let names = doubtful.sorted()
                doubtful = []
                for name in names {
                    await examine(name)
                    await inspect(name)
                }
            }
        }
    }

    func doubt(_ name: RolloutName) {
        doubtful.insert(name)
        doubts.ring()
    }

    /// Looks at the route of a rollout that should be at rest there, and wants it again if it is not.
    private func examine(_ name: RolloutName) async {
        guard let rollout = rollouts[name], let routing = rollout.routing,
            let target = rollout.declaration?.traffic, let router = ports.routers[target.router]
        else { return release(name) }
        guard !routing.isAwaited else {
            // Its write asks the mesh.
            release(name)
            return doubt(name)
        }
        do throws(RouteFailure) {
            let observed = try await observe(name, target, by: router)
            guard rollouts[name]?.routing == routing else { return doubt(name) }
            defer { release(name) }
            guard let found = observed.difference(from: routing) else {
                // Whoever had changed it has put it right.
                if routing.stray != nil {
                    note(.routed(since: routing.since, evidence: "put back"), of: name)
                }
                return
            }
            guard routing.stray != found else { return }
            meter { $0.drifts += 1 }
            log.warning("\(name): the route was changed by somebody else: \(found)")
            let bears = observed?.journal == journal.identity ? observed?.since : nil
            note(.drifted(found: found, bears: bears), of: name)
        } catch {
            log.warning("\(name): the route could not be read back: \(error.message)")
            declineEarly(name, because: error.message)
            doubt(name)
        }
    }

    /// A mesh that hangs must not keep the others from being looked at.
    private func observe(
        _ name: RolloutName, _ target: TrafficTarget, by router: any TrafficRouter
    ) async throws(RouteFailure) -> ObservedRoute? {
        let result = await clock.within(limits.routeDeadline) {
            () async -> Result<ObservedRoute?, RouteFailure> in
            do throws(RouteFailure) {
                return .success(try await router.observe(name, target))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
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
