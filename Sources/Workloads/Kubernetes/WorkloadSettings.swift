package import Analysis
package import Rollouts
package import Transport

/// How a rollout's releases are run: what `WorkloadTarget.settings` holds under `kubernetes`, as JSON.
package struct WorkloadSettings: Hashable, Sendable {
    package static let key = "kubernetes"

    /// Under which the ReplicaSets are named and filed; the rollout's name where it is left out.
    package var name: String
    package var namespace: String
    /// The resource that the ReplicaSets are owned by, and go away with. None when the manifest comes from git.
    package var owner: Owner?
    package var source: Source
    /// What all pods of the rollout have in common.
    package var selector: [String: String]
    /// The label that tells the releases' pods apart; meshes choose by it.
    package var hashLabel: String
    package var minReadySeconds: Int
    /// How many ReplicaSets without instances are kept.
    package var revisionHistoryLimit: Int
    /// Services to be pointed at releases, each with what it stands for.
    package var services: [ServiceName]
    package var stableMetadata: RoleMetadata
    package var canaryMetadata: RoleMetadata
    package var antiAffinity: AntiAffinity?
    /// Pods that are older are replaced, a few at a time. A moment that has not come yet does nothing.
    package var restartAt: Moment?
    package var maxSurge: Count
    package var maxUnavailable: Count

    package struct Owner: Hashable, Sendable {
        package var apiVersion: String
        package var kind: String
        package var name: String
        package var uid: String
    }

    package enum Source: Hashable, Sendable {
        case template(JSON)
        /// A Deployment whose pods the releases take the place of.
        case deployment(name: String, scaleDown: ScaleDown)
    }

    /// What becomes of the Deployment that a release was made from.
    package enum ScaleDown: String, Hashable, Sendable, CaseIterable {
        case never
        /// It loses its pods when the first release has all traffic. That is seen by the roles, so the target must
        /// ask for them (`namesRoles`).
        case onsuccess
        /// It loses a pod for each that a release has ready.
        case progressively
    }

    package enum AntiAffinity: Hashable, Sendable {
        case required
        case preferred(weight: Int)
    }

    /// A number of instances, or a percentage of all.
    package enum Count: Hashable, Sendable {
        case instances(Int)
        case percent(Int)
    }
}

/// A Service, and which release it is to select.
///
/// The active Service of a blue-green rollout counts as the stable one: it moves when the release is the stable one.
/// Where a router moves it earlier, it must be left out here.
package struct ServiceName: Hashable, Sendable {
    package enum Role: Hashable, Sendable {
        case stable
        case canary
        case place(Place)
    }

    package var name: String
    package var role: Role
}

/// Labels and annotations that pods have for as long as their release has a role. They come and go without a restart.
package struct RoleMetadata: Hashable, Sendable {
    package var labels: [String: String] = [:]
    package var annotations: [String: String] = [:]

    package var isEmpty: Bool { labels.isEmpty && annotations.isEmpty }
}

extension WorkloadSettings.Count {
    func instances(of total: Int, roundedUp: Bool) -> Int {
        switch self {
        case .instances(let count): count
        case .percent(let share): (total * share + (roundedUp ? 99 : 0)) / 100
        }
    }
}
