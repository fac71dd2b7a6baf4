package import Analysis
package import Rollouts

/// What a rollout is going to do, for people and for programs.
package struct PlanDescription: Codable, Hashable, Sendable {
    package let rollout: String
    package let source: String
    package let isPaused: Bool
    /// `safe` or `argo`.
    package let judgement: String
    /// The steps that the strategy comes to, one sentence each.
    package let steps: [String]
    /// What follows the last step.
    package let end: String
    package let background: String?
    package let time: Time
    /// Who sees the release, and for how long.
    package let exposure: [Exposure]
    package let target: Target
    /// The writes to the mesh, in their order.
    package let writes: [Write]
    /// The one write that takes the release back, from wherever it has come to.
    package let abortWrite: Write
    /// None: the pods are left to whoever deploys them.
    package let instances: Instances?
    /// What can stop the release or take it back, one sentence each.
    package let stops: [String]
    package let freezes: [Freeze]
    /// What its comparisons can find.
    package let detections: [Detections]

    package struct Time: Codable, Hashable, Sendable {
        package let shortest: String
        package let shortestSeconds: Int64
        package let longest: String
        /// None: unbounded.
        package let longestSeconds: Int64?
        /// Why it has no bound.
        package let unboundedBecause: [String]
    }

    /// A row of the table: what the release gets from a step on.
    package struct Exposure: Codable, Hashable, Sendable {
        /// Counted from 1; none after the last one.
        package let fromStep: Int?
        package let share: String
        package let rules: [String]
        package let atLeast: String
    }

    package struct Target: Codable, Hashable, Sendable {
        package let router: String
        package let route: String
        package let clusters: [String]
    }

    package struct Write: Codable, Hashable, Sendable {
        /// Counted from 1; none where no step wants it.
        package let step: Int?
        /// The share of the release, such as `5%`; of each arm where there are several.
        package let release: String
        package let stable: String
        /// The names of the rules, in the order of their precedence.
        package let rules: [String]
        /// The cookie that users stay by.
        package let cookie: String?
    }

    /// The instances that are made, and taken away, in their order.
    package struct Instances: Codable, Hashable, Sendable {
        package let controller: String
        /// The release that the manifest describes.
        package let release: String
        package let writes: [Scale]

        package struct Scale: Codable, Hashable, Sendable {
            /// Counted from 1; none where no step wants it.
            package let step: Int?
            package let release: Int
            package let stable: Int
        }
    }

    /// What a comparison can find, and what that takes.
    package struct Detections: Codable, Hashable, Sendable {
        package let metric: String
        package let kind: String
        /// What a release has to be worse by.
        package let margin: String
        package let atWeights: [AtWeight]

        package struct AtWeight: Codable, Hashable, Sendable {
            package let weight: String
            /// `×5 after 12 bad events`, or `×5 in 4m` where the traffic is known.
            package let finds: [String]
        }
    }

    /// A freeze that holds the rollout, or will.
    package struct Freeze: Codable, Hashable, Sendable {
        package let name: String
        package let reason: String
        package let owner: String?
        package let isInForce: Bool
        package let from: String
        /// None: until the manifest is gone.
        package let until: String?
    }
}

/// Says what a declaration is going to do, and which freezes are in its way as seen from a moment.
package func describe(
    _ declaration: Declaration, freezes: FreezeBook = FreezeBook(), at now: Moment = Moment(microseconds: 0),
    traffic: ExpectedTraffic? = nil
) -> PlanDescription {
    let plan = declaration.plan
    let route = declaration.traffic.settings["route"] ?? declaration.name.text
    return PlanDescription(
        rollout: declaration.name.text, source: declaration.source, isPaused: declaration.isPaused,
        judgement: plan.judgement.rawValue, steps: plan.steps.map { $0.sentence(plan) },
        end: plan.endSentence,
        background: plan.background?.sentence(plan), time: PlanTimes(declaration).described,
        exposure: plan.exposureTable,
        target: .init(
            router: declaration.traffic.router, route: route, clusters: declaration.traffic.backends.names),
        writes: plan.writes, abortWrite: plan.abortWrite,
        instances: declaration.workload.map { .init(of: $0, plan) }, stops: stops(of: declaration),
        freezes: freezes.described(for: declaration, at: now), detections: plan.detections(at: traffic))
}

extension FreezeBook {
    fileprivate func described(for declaration: Declaration, at now: Moment) -> [PlanDescription.Freeze] {
        upcoming(for: declaration, at: now).map { rule, from, until in
            PlanDescription.Freeze(
                name: rule.name, reason: rule.reason, owner: rule.owner, isInForce: from <= now,
                from: from.short, until: until?.short)
        }
    }
}

extension Moment {
    /// To the second: `2026-12-22T23:00:00Z`.
    fileprivate var short: String { "\(description.prefix(19))Z" }
}
