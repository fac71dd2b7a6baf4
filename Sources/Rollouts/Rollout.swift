package import Analysis

/// A rollout: the fold of its log.
///
/// `decide` turns wishes and reports into facts, `apply` folds facts into the state, and `outstanding` says which
/// work the state wants. After a crash the log is folded again and everything outstanding is started: recovery is
/// the ordinary path.
package struct Rollout: Hashable, Sendable {
    package let name: RolloutName
    /// The sequence of the last event; see `Sequence`.
    package internal(set) var sequence: Sequence = 0
    package internal(set) var declaration: Declaration?
    package internal(set) var isWithdrawn = false
    package internal(set) var stable: Release?
    package internal(set) var phase = Phase.empty
    package internal(set) var routing: Routing?
    /// None where the instances are left to whoever deploys them.
    package internal(set) var scaling: Scaling?
    /// The sizes that were ready last. Nothing else can carry traffic: a route waits for its instances.
    var provided: [String: Int] = [:]
    /// The release that the platform's stable name was last seen to stand for.
    var pointed: String?
    /// Who paused it, while it is paused by command.
    package internal(set) var heldBy: String?
    /// What keeps it from advancing since it was about to; none when nothing is frozen, or nobody has tried.
    package internal(set) var frozen: Freeze?
    /// The freezes that a person has overridden.
    package internal(set) var overridden: [Freeze] = []
    /// The number of the last flight that was started.
    var lastFlight: Sequence = 0
    /// What was announced last, once its flight has ended: announcing it again starts nothing.
    package internal(set) var landed: String?
    /// The release that is started when what it waits for is over.
    package internal(set) var queued: QueuedRelease?
    /// Releases that carry nothing any more and are kept for a while.
    package internal(set) var warm: [WarmRelease] = []
    /// The stable releases before this one, the latest last.
    package internal(set) var history: [Release] = []
    /// Analyses that are over, the latest last; see `Declaration.showsRuns`.
    package internal(set) var pastRuns: [PastRun] = []
    package internal(set) var lastEventAt = Moment(microseconds: 0)

    /// How many former stable releases are remembered.
    package static let historyMax = 20

    package init(name: RolloutName) {
        self.name = name
    }

    package var flight: Flight? {
        guard case .climbing(let flight) = phase else { return nil }
        return flight
    }

    /// What keeps a flight from going on, although its step would let it; none when nothing does.
    package var hold: Hold? {
        guard let flight else { return nil }
        if let heldBy { return .command(by: heldBy) }
        if let declaration, declaration.isPaused, !isWithdrawn {
            return .manifest(source: declaration.source)
        }
        if let frozen { return .freeze(frozen) }
        if let blindness = flight.blindness { return .outage(blindness) }
        if let silence = flight.silence { return .noData(silence) }
        if let obstacle = flight.obstacle { return .slo(obstacle) }
        if isRouteAwaited(by: flight) { return .route(routing?.trouble) }
        return isScaleAwaited(by: flight) ? .instances(scaling?.lastFailure?.message) : nil
    }

    /// Whether a freeze is all that holds the flight. It does not hold back the end of a bake, which moves nothing.
    var isFrozenOnly: Bool {
        guard case .freeze = hold, let flight else { return false }
        return flight.blindness == nil && flight.silence == nil && flight.obstacle == nil
            && !isRouteAwaited(by: flight)
            && !isScaleAwaited(by: flight)
    }

    /// Whether the declaration is in force already: who follows manifests hands in nothing then.
    package func bears(_ declaration: Declaration) -> Bool {
        self.declaration == declaration && !isWithdrawn
    }

    package func backend(of place: Place) -> String {
        declaration?.traffic.backends.name(of: place) ?? place.rawValue
    }

    /// Whether the weight that an earlier step gave is not (or no longer) what the data plane shows. A step that
    /// sets a weight waits for it anyway.
    private func isRouteAwaited(by flight: Flight) -> Bool {
        guard let routing, !routing.isApplied else { return false }
        return flight.stage != .routing && flight.stage != .summiting
    }

    /// Whether instances are missing. A step that waits for its route waits for them anyway.
    private func isScaleAwaited(by flight: Flight) -> Bool {
        guard let scaling, !scaling.isReady else { return false }
        return flight.stage != .routing && flight.stage != .summiting
    }

    /// The route that the phase wants; none before the first release.
    var wantedRoute: Route? {
        guard var route = phaseRoute, declaration?.traffic.namesRoles == true else { return phaseRoute }
        route.home = stable?.place ?? flight?.release.place
        return route
    }

    private var phaseRoute: Route? {
        switch phase {
        case .empty: return nil
        case .resting, .aborted: return stable.map { .all(to: $0.place) }
        // Whoever is first gets everything, and nothing before it was looked at.
        case .climbing(let flight) where stable == nil && flight.stage == .inspecting: return nil
        case .climbing where awaitsOwnName: return stable.map { .all(to: $0.place) }
        case .climbing(let flight): return flight.route(stable: stable?.place ?? flight.release.place)
        }
    }
}

package enum Hold: Hashable, Sendable {
    case command(by: String)
    case manifest(source: String)
    case freeze(Freeze)
    /// The metrics store can't be asked: the weight holds, nobody is rolled back or promoted.
    case outage(String)
    /// A release that is compared is not measured any more: nobody can say whether it is good.
    case noData(String)
    /// An objective has too little left of its budget, burns it, or is not proved to do neither.
    case slo(String)
    /// The data plane does not show the weight that was passed before: somebody changed it, or it was re-declared.
    case route(String?)
    /// Instances are missing, of the release or of the stable one.
    case instances(String?)
}

/// A release that was announced and has to wait.
package struct QueuedRelease: Hashable, Sendable {
    package let name: String
    package let cause: StartCause
    package let reason: QueueReason
}

/// A release that carries nothing and is kept for a while, so that a return to it is immediate.
package struct WarmRelease: Hashable, Sendable {
    package let release: Release
    package let until: Moment
    /// Whether it was the stable release, and was not gone back from: only to such a one a return skips the steps.
    package let isProved: Bool
}
