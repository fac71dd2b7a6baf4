import Analysis

/// What divides a rollout's traffic without a mesh. The route is in force then when the instances are as ordered.
package enum Division: Hashable, Codable, Sendable {
    /// Their number: each gets as much as any other. Where more than all are allowed for a while (`canSurge`), one more
    /// may come nearer to a weight.
    case instances(canSurge: Bool)
    /// A name that is pointed at one release or the other: it gives everything or nothing.
    case names
}

extension Rollout {
    var division: Division? { declaration?.workload?.division }

    /// Whether an order of instances is what takes the traffic back.
    var returnsByScale: Bool { division != nil && isReturning && routing?.isApplied == false }

    /// Each instance gets its share of the traffic, so none is kept for later, and those of the stable release go as
    /// the others come.
    func dividedSizes(of workload: WorkloadTarget, canSurge: Bool) -> [String: Int] {
        guard let stable else { return flight.map { [$0.release.name: workload.replicas] } ?? [:] }
        guard let flight, flight.release.name != stable.name else { return [stable.name: workload.replicas] }
        let ratio = ReplicaRatio(flight.weight, of: workload.replicas, canSurge: canSurge)
        return [flight.release.name: ratio.canary, stable.name: ratio.stable].filter { $0.value > 0 }
    }

    /// The name that carries everything stands for the release that is to have it; the other one may be pointed as
    /// one likes.
    func dividedRoles(for sizes: [String: Int]) -> ScaleRoles {
        let releases = [flight?.release, stable].compactMap(\.self)
        let leading = releases.first { routing?.route.weight(of: $0.place) == .all }
        let next = flight.map(\.release.name).flatMap { sizes[$0] == nil ? nil : $0 }
        return ScaleRoles(stable: (leading ?? stable)?.name, canary: next ?? stable?.name)
    }

    /// Nobody else is to be asked whether the route is in force. Whether it came to be so now.
    mutating func settleDividedRoute() -> Bool {
        guard division != nil, let evidence = scaling?.evidence, routing?.isApplied == false else {
            return false
        }
        routing?.evidence = evidence
        routing?.lastFailure = nil
        return true
    }
}
