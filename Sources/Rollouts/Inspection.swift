package import Analysis

/// What a manifest wants of the look that is taken before each start. A declaration without it is of a time, or of a
/// kind, that knows no such look.
package struct Preflight: Hashable, Codable, Sendable {
    /// Whether nothing starts unless the mesh takes nothing but mutual TLS.
    package var requiresMTLS: Bool
    /// Whether errors are taken as warnings, so that no start is refused. None in what was declared before there was
    /// a choice: they refuse it.
    package var onlyWarns: Bool?

    package init(requiresMTLS: Bool = false, onlyWarns: Bool? = nil) {
        self.requiresMTLS = requiresMTLS
        self.onlyWarns = onlyWarns
    }
}

/// What is to be looked at before a release is moved.
package struct Inspection: Hashable, Sendable {
    package let target: TrafficTarget
    /// Whether a mesh divides the traffic at all.
    package let isRouted: Bool
    /// What the mesh calls the stable release; none before the first.
    package let stable: String?
    /// What it calls the places that the release is going to have.
    package let canaries: [String]
    /// Whether the release is about to get traffic; else somebody only wants to know.
    package let isStart: Bool
    /// Whether its instances are started by the rollout, and so need not be there yet.
    package let startsInstances: Bool
    package let requiresMTLS: Bool
    /// Whether errors are taken as warnings.
    package let onlyWarns: Bool
    /// Whether users are to stay with a release by a cookie.
    package let isSticky: Bool
    /// What the plan measures, asked about the stable release: what climbs has no traffic yet.
    package let queries: [Metric]

    package init(
        target: TrafficTarget, isRouted: Bool = true, stable: String?, canaries: [String],
        isStart: Bool = false,
        startsInstances: Bool = false, requiresMTLS: Bool = false, onlyWarns: Bool = false,
        isSticky: Bool = false,
        queries: [Metric] = []
    ) {
        self.target = target
        self.isRouted = isRouted
        self.stable = stable
        self.canaries = canaries
        self.isStart = isStart
        self.startsInstances = startsInstances
        self.requiresMTLS = requiresMTLS
        self.onlyWarns = onlyWarns
        self.isSticky = isSticky
        self.queries = queries
    }

    /// The stable one first.
    package var backends: [String] { [stable].compactMap(\.self) + canaries }

    /// The findings as this rollout takes them: without strict mutual TLS, or the proof of it, nothing starts where it
    /// is required; and nothing is refused where a warning is all that is wanted.
    package func weighed(_ findings: [Finding]) -> [Finding] {
        findings.map { finding in
            var weighed = finding
            if requiresMTLS, finding.check == Finding.mtls, finding.severity == .warning {
                weighed.severity = .error
            }
            if onlyWarns, weighed.severity == .error { weighed.severity = .warning }
            return weighed
        }.ranked
    }
}

extension Rollout {
    /// What there is to look at now; none where no manifest declares it.
    package var inspection: Inspection? {
        guard let declaration else { return nil }
        let places = flight?.releases.map(\.place) ?? nextPlaces
        let stable = self.stable.map { backend(of: $0.place) }
        return Inspection(
            target: declaration.traffic, isRouted: division == nil, stable: stable,
            canaries: places.map(backend), isStart: flight?.stage == .inspecting,
            startsInstances: declaration.workload != nil,
            requiresMTLS: declaration.preflight?.requiresMTLS ?? false,
            onlyWarns: declaration.preflight?.onlyWarns ?? false,
            isSticky: declaration.plan.stickiness != nil,
            queries: declaration.plan.queries(about: self.stable, in: stable))
    }

    /// Wanted of a flight that has just begun.
    func inspectOrder(_ flight: Flight) -> InspectOrder? {
        guard flight.stage == .inspecting, let inspection else { return nil }
        return InspectOrder(flight: flight.number, inspection: inspection, notBefore: flight.startedAt)
    }
}

extension Plan {
    /// More than a look before a start should ask.
    private static let queriesMax = 20

    /// Each query once, with the stable release in the place of the one that climbs. Without one there is nobody to
    /// ask about.
    fileprivate func queries(about release: Release?, in backend: String?) -> [Metric] {
        guard let release, let backend else { return [] }
        var seen: Set<Query> = []
        let filled = metrics.filter(\.query.isAsked).map { metric in
            metric.filled { placeholder in
                switch placeholder {
                case .canaryRelease, .stableRelease: release.name
                case .canaryBackend, .stableBackend: backend
                }
            }
        }
        return Array(filled.filter { seen.insert($0.query).inserted }.prefix(Self.queriesMax))
    }

    private var metrics: [Metric] {
        let ofSteps = steps.flatMap { step -> [Metric] in
            if case .analysis(let metrics) = step { metrics } else { [] }
        }
        return ofSteps + (background?.metrics ?? []) + (bake?.metrics ?? [])
    }
}

extension Query {
    /// Whether a store is asked, and for values: not what is run, nor counters that are compared.
    fileprivate var isAsked: Bool { !["job", "experiment"].contains(provider) && counters == nil }
}
