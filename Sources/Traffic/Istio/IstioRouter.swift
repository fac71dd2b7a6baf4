package import Engine
package import Kubernetes
package import Rollouts
package import Transport

/// Moves traffic between hosts or subsets by the weights of Istio's VirtualServices.
///
/// *Accepted* is a write that the API server took; how far *applied* goes is the level of the settings, and
/// the evidence says how far it went.
package final class IstioRouter: TrafficRouter {
    package let kind = "istio"
    let settings: IstioSettings
    let api: any KubernetesAPI
    let sender: any HTTPSender
    let pace: Pace
    let drift: DriftWatch
    let claims: HostClaims
    let memory = RouteMemory()
    /// The leader's number; none where there is no election.
    private let epoch: @Sendable () -> Int?

    package init(
        _ settings: IstioSettings, api: any KubernetesAPI, sender: any HTTPSender,
        epoch: @escaping @Sendable () -> Int? = { nil },
        sleep: @escaping Sleep = { try await Task.sleep(for: $0) }
    ) {
        self.settings = settings
        self.api = api
        self.sender = sender
        self.epoch = epoch
        pace = Pace(pauses: settings.pauses, sleep: sleep)
        drift = DriftWatch(api)
        claims = HostClaims(api)
    }

    package func backend(of target: TrafficTarget) -> String { "istio" }

    package func write(_ write: RouteWrite) async throws(RouteFailure) -> RouteReceipt {
        let target = try IstioTarget(write.target)
        try target.check(write.route)
        let rounds = WriteRounds(api: api, drift: drift, write: write)
        return try await rounds.run { () async throws(RouteFailure) in
            let sight = try await sight(of: write.rollout, write.target, target, write.urgency)
            let plan = try IstioPlan(write, sight, epoch: epoch())
            try await pass(plan.pause, sight, write)
            return (plan, sight.services)
        }
    }

    /// For one reader.
    package func disturbances() -> AsyncStream<RolloutName> {
        let drift = drift
        return AsyncStream { await drift.next() }
    }

    /// Ends the watches, and with them `disturbances()`.
    package func close() async {
        await drift.close()
        await claims.close()
    }
}

extension IstioRouter {
    /// The objects of a target as they are now.
    func sight(
        of rollout: RolloutName, _ traffic: TrafficTarget, _ target: IstioTarget, _ urgency: Urgency
    ) async throws(RouteFailure) -> IstioSight {
        let references = target.virtualServices.map { service in
            ObjectReference(.virtualService, service.name, in: service.namespace ?? settings.namespace)
        }
        let rule = traffic.namesRoles == true ? target.destinationRule : nil
        let ruleReference = rule.map {
            ObjectReference(.destinationRule, $0.name, in: $0.namespace ?? settings.namespace)
        }
        let objects: [JSON]
        do throws(KubernetesError) {
            objects = try await api.readAll(references + [ruleReference].compactMap(\.self), urgency)
        } catch {
            throw RouteFailure(error)
        }
        for (reference, object) in zip(references + [ruleReference].compactMap(\.self), objects) {
            await drift.learn(object, at: reference, of: rollout)
        }
        let destinations = IstioDestinations(target, traffic)
        var services: [IstioObject] = []
        for (index, service) in target.virtualServices.enumerated() {
            services.append(
                try IstioObject(objects[index], references[index], service, target, destinations, of: rollout)
            )
        }
        return IstioSight(
            services: services, rule: ruleReference == nil ? nil : objects.last, ruleReference: ruleReference,
            target: target)
    }

    private func pass(
        _ pause: IstioPlan.Pause, _ sight: IstioSight, _ write: RouteWrite
    ) async throws(RouteFailure) {
        switch pause {
        case .none: return
        case .settle: break
        case .untilShown:
            let isShown = await memory.isShown(sight.services.map(\.mark), of: write.rollout)
            guard !isShown else { return }
            if case .acked? = try await acknowledgement(of: sight)?.outcome() { return }
        }
        do {
            try await pace.sleep(settings.settle)
        } catch {
            throw RouteFailure(
                .unavailable, "called off while the proxies were given time to follow; it is tried again")
        }
    }
}

/// Which routes the data plane was seen to have, by this process.
actor RouteMemory {
    private var shown: [RolloutName: Sequence] = [:]

    func note(_ write: RouteWrite) { shown[write.rollout] = write.since }

    /// Whether what the objects bear is just what was shown.
    func isShown(_ marks: [ObjectMark?], of rollout: RolloutName) -> Bool {
        guard let since = shown[rollout] else { return false }
        return marks.allSatisfy { $0?.since == since && $0?.isPartial == false }
    }
}
