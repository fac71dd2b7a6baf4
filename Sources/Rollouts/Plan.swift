package import Analysis

/// What a strategy was lowered to: one ladder of steps, and what is watched meanwhile.
///
/// Canary, blue-green and A/B are spellings of it. A running release keeps the plan it was started with; a
/// manifest that changes in mid-flight is the plan of the next one.
package struct Plan: Hashable, Codable, Sendable {
    package var steps: [Step]
    package var background: BackgroundAnalysis?
    package var judgement: Judgement
    /// The arms beside the stable release, in the order of their places. None: a single one.
    package var arms: [String]?
    package var stickiness: Stickiness?
    /// The names of rules that rank before others, the first one first. A rule that is not named ranks behind
    /// them, in the order in which the steps set them.
    package var ruleOrder: [String]?
    /// None: the release is the stable one as soon as it has all traffic.
    package var bake: Bake?
    /// How long a release that carries nothing any more is kept; none: 30 s, as with Argo Rollouts.
    package var scaleDownDelay: Duration?
    /// The same for a release that was taken back. None: 30 s.
    package var abortScaleDownDelay: Duration?
    /// The objectives that hold the flight, or end it. None: there are none.
    package var slos: [Metric]?

    package init(
        steps: [Step], background: BackgroundAnalysis? = nil, judgement: Judgement, arms: [String]? = nil,
        stickiness: Stickiness? = nil, ruleOrder: [String]? = nil, bake: Bake? = nil,
        scaleDownDelay: Duration? = nil, abortScaleDownDelay: Duration? = nil, slos: [Metric]? = nil
    ) {
        self.steps = steps
        self.background = background
        self.judgement = judgement
        self.arms = arms
        self.stickiness = stickiness
        self.ruleOrder = ruleOrder
        self.bake = bake
        self.scaleDownDelay = scaleDownDelay
        self.abortScaleDownDelay = abortScaleDownDelay
        self.slos = slos
    }

    /// As with Argo Rollouts.
    package static let scaleDownDelay = Duration.seconds(30)

    /// How many releases climb together.
    package var armCount: Int { max(arms?.count ?? 1, 1) }
}

package enum Step: Hashable, Codable, Sendable {
    /// Passed when the data plane shows the weight.
    case setWeight(Weight)
    /// A share for each arm, in their order. Passed when the data plane shows them.
    case setShares([Weight])
    /// A rule that holds from here on, or takes the place of the one of its name. Passed when the data plane
    /// shows it.
    indirect case setRule(PlannedRule)
    /// Passed when the data plane shows that the rule is gone.
    case removeRule(String)
    /// Passed when that many instances are ready. Holds until another one takes its place.
    case setScale(ReleaseScale)
    /// Passed when the time is over, or by `promote` where there is none.
    case pause(Duration?)
    /// Passed when the flight has gone on for so long, or by `promote`.
    case reachAge(Duration)
    /// Passed by a good verdict.
    case analysis([Metric])
    /// Passed by the answer of somebody outside.
    indirect case gate(Gate)
    /// What becomes of a test that is over.
    case conclude(Conclusion)

    /// Whether the step changes the route, and is passed when the data plane shows it.
    package var isRouted: Bool {
        switch self {
        case .setWeight, .setShares, .setRule, .removeRule: true
        case .setScale, .pause, .reachAge, .analysis, .gate, .conclude: false
        }
    }
}

/// A rule of a route before it is known in which place its arm runs.
package struct PlannedRule: Hashable, Codable, Sendable {
    package let name: String
    package let matches: [RequestMatch]
    package let deed: RouteRule.Deed
    /// The index of the arm in `Plan.arms`.
    package let arm: Int

    package init(name: String, matches: [RequestMatch], deed: RouteRule.Deed, arm: Int = 0) {
        self.name = name
        self.matches = matches
        self.deed = deed
        self.arm = arm
    }
}

/// An HTTP call whose answer decides.
package struct Gate: Hashable, Codable, Sendable {
    package var name: String
    package var url: String
    /// Between a "wait", or a call that failed, and the next one.
    package var interval: Duration
    /// For one call.
    package var timeout: Duration
    /// From the first call on; none: it is asked for ever.
    package var deadline: Duration?
    package var whenOverdue: Overdue
    /// Names the secret that signs the calls; see the router of secrets. None: unsigned.
    package var secret: String?
    /// What the calls bear beside what every call does. None: nothing.
    package var headers: [RequestHeader]?
    /// What the tokens in `headers` stand for; see `SecretReference.token`.
    package var secrets: [String: SecretReference]?

    package init(
        name: String, url: String, interval: Duration = .seconds(15), timeout: Duration = .seconds(10),
        deadline: Duration? = nil, whenOverdue: Overdue = .hold, secret: String? = nil,
        headers: [RequestHeader]? = nil, secrets: [String: SecretReference]? = nil
    ) {
        self.name = name
        self.url = url
        self.interval = interval
        self.timeout = timeout
        self.deadline = deadline
        self.whenOverdue = whenOverdue
        self.secret = secret
        self.headers = headers
        self.secrets = secrets
    }

    /// The same gate with its secrets in it: for the one who asks it, and for nobody's eyes.
    package func filled(_ secrets: (String) -> String) -> Gate {
        var gate = self
        gate.headers = headers?.map { RequestHeader(name: $0.name, value: secrets($0.value)) }
        gate.secrets = nil
        return gate
    }
}

/// What happens when something takes longer than it was given.
package enum Overdue: String, Hashable, Codable, Sendable, CaseIterable {
    /// The release is taken back.
    case abort
    /// The weight stays as it is, and a person is asked.
    case hold
}

/// What becomes of a test that is over.
package enum Conclusion: String, Hashable, Codable, Sendable, CaseIterable {
    /// The release gets all traffic.
    case promote
    /// The stable release gets all traffic again.
    case keep
    /// A person chooses.
    case ask
}

/// After the release has all traffic: the former one stays warm, and the metrics are watched, for so long.
package struct Bake: Hashable, Codable, Sendable {
    package var duration: Duration
    /// None: those of the background analysis.
    package var metrics: [Metric]?

    package init(duration: Duration, metrics: [Metric]? = nil) {
        self.duration = duration
        self.metrics = metrics
    }
}

/// Metrics that are watched from a step on until the last one is passed.
package struct BackgroundAnalysis: Hashable, Codable, Sendable {
    package var metrics: [Metric]
    package var startingStep: Int

    package init(metrics: [Metric], startingStep: Int = 0) {
        self.metrics = metrics
        self.startingStep = startingStep
    }
}

extension Plan {
    /// Everything that is measured on the way up, each name once: a rollout that asks the same in several steps asks it
    /// of the same release.
    package var analysed: [Metric] {
        let inSteps = steps.flatMap { step -> [Metric] in
            if case .analysis(let metrics) = step { metrics } else { [] }
        }
        var names: Set<String> = []
        return ((background?.metrics ?? []) + inSteps).filter { names.insert($0.name).inserted }
    }
}
