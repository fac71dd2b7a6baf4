package import Analysis

/// Who runs the instances of releases, and how many there are to be. The rest is the controller's own business and
/// goes through unread.
package struct WorkloadTarget: Hashable, Codable, Sendable {
    package var controller: String
    /// The release that the manifest describes: it is started when it is declared.
    package var release: String
    /// The instances of a release that carries all traffic.
    package var replicas: Int
    /// The fewest instances of a release that carries any; none: one.
    package var replicasMin: Int?
    package var settings: [String: String]
    /// Whether the platform has names that are pointed at releases, and so must hear which release is which. None:
    /// it has not.
    package var namesRoles: Bool?
    /// What divides the traffic where no mesh does. None: a mesh does.
    package var division: Division?

    package init(
        controller: String, release: String, replicas: Int, replicasMin: Int? = nil,
        settings: [String: String] = [:], namesRoles: Bool? = nil, division: Division? = nil
    ) {
        self.controller = controller
        self.release = release
        self.replicas = replicas
        self.replicasMin = replicasMin
        self.settings = settings
        self.namesRoles = namesRoles
        self.division = division
    }
}

/// How many instances a release on its way up has.
package enum ReleaseScale: Hashable, Codable, Sendable {
    /// As its share of the traffic wants it.
    case traffic
    case share(Weight)
    case instances(Int)
}

extension ReleaseScale {
    /// `as the traffic wants`, `50% of all`, `3`
    package var sentence: String {
        switch self {
        case .traffic: "as the traffic wants"
        case .share(let share): "\(share) of all"
        case .instances(let count): "\(count)"
        }
    }
}

/// The instances that a rollout wants, and how far they have come. The counterpart of `Routing`.
package struct Scaling: Hashable, Sendable {
    /// By release; one that is not in here is to have none.
    package let sizes: [String: Int]
    package let roles: ScaleRoles
    /// The event that wanted it: the fence of every write that carries it out.
    package let since: Sequence
    /// What the controller saw when all of them were ready; none while that is awaited.
    package var evidence: String?
    package var failures = 0
    package var lastFailure: WorkloadFailure?
    package var notBefore: Moment

    package var isReady: Bool { evidence != nil }

    package init(
        sizes: [String: Int], roles: ScaleRoles = ScaleRoles(), since: Sequence, notBefore: Moment
    ) {
        self.sizes = sizes
        self.roles = roles
        self.since = since
        self.notBefore = notBefore
    }
}

/// Make the instances as many. Repeating it is harmless: a size is set, never added to.
package struct ScaleOrder: Hashable, Sendable {
    package let target: WorkloadTarget
    package let sizes: [String: Int]
    package let roles: ScaleRoles
    package let since: Sequence
    package let attempt: Int
    package let notBefore: Moment
    /// Whether it takes traffic back: then it waits for nothing that can wait for it.
    package let isRollback: Bool
}

/// Why the instances are not what they should be. The kind says what to do about it.
package struct WorkloadFailure: Error, Hashable, Codable, Sendable {
    package enum Kind: String, Hashable, Codable, Sendable {
        /// The platform could not be reached, or is in trouble: try again.
        case unavailable
        /// They are not ready yet: look again.
        case unready
        /// They fail to start, in the platform's own words: waiting will not mend that. A release on its way up is
        /// taken back; see `Draft.settle`.
        case failing
        /// The platform declined what was asked of it.
        case rejected
        /// What a release was made from is gone.
        case missing
        /// Another controller wants the same instances.
        case foreign
    }

    package let kind: Kind
    package let message: String
    /// The release whose instances it is about; none where it is about no single one.
    package let release: String?

    package init(_ kind: Kind, _ message: String, release: String? = nil) {
        self.kind = kind
        self.message = message
        self.release = release
    }
}

extension WorkloadFailure: CustomStringConvertible {
    package var description: String { "\(message) (\(kind.rawValue))" }
}
