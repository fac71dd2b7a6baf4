/// What a manifest declares: a rollout's name, where its traffic flows, and the plan for its releases.
package struct Declaration: Hashable, Codable, Sendable {
    package var name: RolloutName
    package var traffic: TrafficTarget
    package var plan: Plan
    /// Set by `spec.paused` of the manifest: nothing advances until it is taken out.
    package var isPaused: Bool
    /// Where the declaration stands: `rollouts/checkout.yaml`.
    package var source: String
    /// What `metadata.labels` says: freezes choose by it.
    package var labels: [String: String]?
    /// None: `supersede`.
    package var inFlight: InFlightPolicy?
    /// A return to one of the last so many stable releases skips the steps; none: every release climbs.
    package var rollbackWindow: Int?
    package var progressDeadline: ProgressDeadline?
    /// Who runs the releases. None: whoever deploys them, before they are announced.
    package var workload: WorkloadTarget?
    /// None: `reassert`.
    package var drift: DriftPolicy?
    /// Whether analyses are shown as objects beside it, and so are remembered for a while. None: they are not.
    package var showsRuns: Bool?
    /// None: nobody looks at the mesh before a start.
    package var preflight: Preflight?

    package init(
        name: RolloutName, traffic: TrafficTarget, plan: Plan, isPaused: Bool = false, source: String,
        labels: [String: String]? = nil, inFlight: InFlightPolicy? = nil, rollbackWindow: Int? = nil,
        progressDeadline: ProgressDeadline? = nil, workload: WorkloadTarget? = nil,
        drift: DriftPolicy? = nil,
        showsRuns: Bool? = nil, preflight: Preflight? = nil
    ) {
        self.name = name
        self.traffic = traffic
        self.plan = plan
        self.isPaused = isPaused
        self.source = source
        self.labels = labels
        self.inFlight = inFlight
        self.rollbackWindow = rollbackWindow
        self.progressDeadline = progressDeadline
        self.workload = workload
        self.showsRuns = showsRuns
        self.drift = drift
        self.preflight = preflight
    }
}

/// What happens to a release that is announced while another one is in flight.
package enum InFlightPolicy: String, Hashable, Codable, Sendable, CaseIterable {
    /// It takes the place of the one in flight.
    case supersede
    /// It waits until the one in flight has ended; the latest that waits counts.
    case queue
    /// It is declined.
    case reject
}

/// What happens to a route that somebody else has changed. Taking traffic back writes it whatever is said here.
package enum DriftPolicy: String, Hashable, Codable, Sendable, CaseIterable {
    /// It is written again.
    case reassert
    /// The change stands until a person resumes or promotes; a release in flight is paused.
    case yield
    /// The change stands. A release in flight waits until the route is as it was, whoever puts it right.
    case alarm
}

/// How long a weight may take until the data plane shows it.
package struct ProgressDeadline: Hashable, Codable, Sendable {
    package var duration: Duration
    package var whenOverdue: Overdue

    package init(duration: Duration, whenOverdue: Overdue) {
        self.duration = duration
        self.whenOverdue = whenOverdue
    }
}

/// Which router moves the traffic, and what it calls the places. The rest is the router's own business and goes
/// through unread.
package struct TrafficTarget: Hashable, Codable, Sendable {
    package var router: String
    package var backends: Backends
    package var settings: [String: String]
    /// Whether the mesh's names stand for roles and not for places: `stable` is whichever place the stable release
    /// has. Then a promotion is one more write, which makes the names true again. None: they stand for places.
    package var namesRoles: Bool?
    /// Whether the mesh is told which release is in a place, where names stand for places. None: others see to that.
    package var namesReleases: Bool?

    package init(
        router: String, backends: Backends, settings: [String: String] = [:], namesRoles: Bool? = nil,
        namesReleases: Bool? = nil
    ) {
        self.router = router
        self.backends = backends
        self.settings = settings
        self.namesRoles = namesRoles
        self.namesReleases = namesReleases
    }
}

/// What a router calls the places, in their order; at least two.
package struct Backends: Hashable, Sendable {
    package let names: [String]

    /// Nil for fewer than two, and for more than there are places.
    package init?(names: [String]) {
        guard (2...Place.allCases.count).contains(names.count) else { return nil }
        self.names = names
    }

    package init(a: String, b: String) {
        names = [a, b]
    }

    package var places: [Place] { Array(Place.allCases.prefix(names.count)) }

    /// Empty for a place that is not declared (any more).
    package func name(of place: Place) -> String {
        zip(places, names).first { $0.0 == place }?.1 ?? ""
    }
}

extension Backends: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        names = try Place.allCases.compactMap { try container.decodeIfPresent(String.self, forKey: Key($0)) }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        for (place, name) in zip(places, names) { try container.encode(name, forKey: Key(place)) }
    }

    /// `{"a": "checkout-a", "b": "checkout-b"}`
    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(_ place: Place) { stringValue = place.rawValue }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
}
