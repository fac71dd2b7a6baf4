package import Analysis
package import Rollouts

/// What is to be lived through: manifests, releases and how good they are, and what people do when.
package struct Scenario: Sendable {
    package var name: String
    package var manifests: [Declaration]
    package var health: [String: Health] = [:]
    package var freezes: [(from: Moment, freeze: Freeze)] = []
    package var deeds: [(at: Duration, deed: Deed)] = []
    /// When the world calms down: no faults from then on, and everything must come to its end.
    package var calmAfter = Duration.seconds(300)
    /// How long after the calm everything must have come to its end.
    package var patience = Duration.seconds(6 * 3_600)
    /// What the store says about metrics that were not made up for a simulation.
    package var answers: [MetricAnswers] = []
    package var planes = 2
    package var mesh = MeshKind.envoy
    package var jobsPerBackend = 16

    package init(name: String, manifests: [Declaration]) {
        self.name = name
        self.manifests = manifests
    }

    /// 2026-11-22T00:00:00Z
    package static let start = Moment(microseconds: 1_795_305_600_000_000)
}

/// Which mesh the world has.
package enum MeshKind: String, Hashable, Sendable, CaseIterable {
    /// Route files and Envoys that read them; production's router and provider run against them byte by byte.
    case envoy
    /// An interface on the network that compares before it sets, with everything that a network does to
    /// requests.
    case interface
}

/// Something that somebody does, or that happens to the world.
package enum Deed: Sendable {
    case wish(Command, RolloutName, by: String)
    case edit(Declaration)
    case tamper(RolloutName, Route)
    case meshOutage(Duration)
    case storeOutage(Duration)
    case diskFull(Duration)
    case crash
    /// A second controller wakes up: with an old copy of the journal, or with one of its own.
    case rival(hasCopy: Bool, for: Duration)
}
