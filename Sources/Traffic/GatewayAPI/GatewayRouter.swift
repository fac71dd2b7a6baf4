package import Engine
package import Kubernetes
package import Rollouts
package import Transport

/// Moves traffic between Services by the weights of the Gateway API's routes, and of SMI's TrafficSplits.
///
/// *Accepted* is a route that whoever carries it out has taken, where they say so; how far *applied* goes is the level
/// of the settings, and the evidence says how far it went.
package final class GatewayRouter: TrafficRouter {
    package let kind: String
    let settings: GatewaySettings
    let api: any KubernetesAPI
    let sender: any HTTPSender
    let pace: Pace
    let drift: DriftWatch
    let implementations: Implementations
    let preflight: Preflight
    private let kinds: any KindDiscovery
    /// The leader's number; none where there is no election.
    private let epoch: @Sendable () -> Int?

    package init(
        _ settings: GatewaySettings, of kind: String = "gatewayAPI",
        api: any KubernetesAPI & KindDiscovery, sender: any HTTPSender,
        epoch: @escaping @Sendable () -> Int? = { nil },
        sleep: @escaping Sleep = { try await Task.sleep(for: $0) }
    ) {
        self.kind = kind
        self.settings = settings
        self.api = api
        self.sender = sender
        self.epoch = epoch
        kinds = api
        pace = Pace(pauses: settings.pauses, sleep: sleep)
        drift = DriftWatch(api)
        implementations = Implementations(api)
        preflight = Preflight(api)
    }

    /// The same for Linkerd, which manifests name by itself.
    package static func linkerd(
        _ settings: GatewaySettings, api: any KubernetesAPI & KindDiscovery, sender: any HTTPSender,
        epoch: @escaping @Sendable () -> Int? = { nil }
    ) -> GatewayRouter {
        GatewayRouter(settings, of: LinkerdProfile.router, api: api, sender: sender, epoch: epoch)
    }

    package func backend(of target: TrafficTarget) -> String { kind }

    package func write(_ write: RouteWrite) async throws(RouteFailure) -> RouteReceipt {
        let target = try GatewayTarget(write.target)
        try write.route.stickiness?.checkName(kind)
        let wanted = try NamedRoute(write, managed: [])
        let rounds = WriteRounds(api: api, drift: drift, write: write)
        return try await rounds.run { () async throws(RouteFailure) in
            let objects = try await sight(of: write.rollout, write.target, target, write.urgency)
            let plan = try GatewayPlan(write, objects, epoch: epoch())
            // What takes traffic back waits for no question.
            if !write.isRollback { try await check(objects, wanted) }
            return (plan, objects)
        }
    }

    package func observe(
        _ rollout: RolloutName, _ target: TrafficTarget
    ) async throws(RouteFailure) -> ObservedRoute? {
        let gateway = try GatewayTarget(target)
        do throws(RouteFailure) {
            return ObservedRoute(try await sight(of: rollout, target, gateway, .ordinary), target)
        } catch  where error.kind == .rejected {
            // An object is gone, or has no split any more: that is what there is to see.
            return ObservedRoute(route: nil, since: nil, journal: nil, text: error.message)
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
    }
}

extension GatewayRouter {
    /// The objects of a target as they are now.
    func sight(
        of rollout: RolloutName, _ traffic: TrafficTarget, _ target: GatewayTarget, _ urgency: Urgency
    ) async throws(RouteFailure) -> [GatewayObject] {
        let references: [ObjectReference]
        let objects: [JSON]
        do throws(KubernetesError) {
            references = try await self.references(of: target)
            objects = try await api.readAll(references, urgency)
        } catch {
            throw RouteFailure(error)
        }
        var sight: [GatewayObject] = []
        for (index, route) in target.routes.enumerated() {
            await drift.learn(objects[index], at: references[index], of: rollout)
            sight.append(
                try GatewayObject(
                    objects[index], references[index], route, target, traffic.backends.names, of: rollout))
        }
        return sight
    }

    /// By the versions that are served.
    private func references(
        of target: GatewayTarget
    ) async throws(KubernetesError) -> [ObjectReference] {
        var references: [ObjectReference] = []
        for route in target.routes {
            let candidates = route.kind.kinds(in: route.group)
            guard let kind = try await kinds.served(among: candidates) else {
                let names = candidates.map(\.apiVersion).joined(separator: ", ")
                throw KubernetesError(
                    .unsupported,
                    "the server has no \(route.kind.name) (\(names)); install its CustomResourceDefinition")
            }
            references.append(ObjectReference(kind, route.name, in: route.namespace ?? settings.namespace))
        }
        return references
    }

    private func check(_ objects: [GatewayObject], _ wanted: NamedRoute) async throws(RouteFailure) {
        for object in objects {
            let implementations = await implementations.of(object)
            for implementation in implementations { try implementation.check(wanted, in: object.route) }
            if object.route.keepsSessions, wanted.stickiness != nil {
                try await preflight.checkSessions(of: object)
            }
            try await preflight.check(object, implementations)
        }
    }
}
