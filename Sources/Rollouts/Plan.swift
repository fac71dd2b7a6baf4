package import Analysis

/// What a strategy was lowered to: one ladder of steps, and what is watched meanwhile.
///
/// A running release keeps the plan it was started with; a manifest that changes in mid-flight is the plan of the
/// next one.
package struct Plan: Hashable, Codable, Sendable {
    package var steps: [Step]
    package var background: BackgroundAnalysis?
    package var judgement: Judgement

    package init(steps: [Step], background: BackgroundAnalysis? = nil, judgement: Judgement) {
        self.steps = steps
        self.background = background
        self.judgement = judgement
    }
}

package enum Step: Hashable, Codable, Sendable {
    /// Passed when the data plane shows the weight.
    case setWeight(Weight)
    /// Passed when the time is over, or by `promote` where there is none.
    case pause(Duration?)
    /// Passed by a good verdict.
    case analysis([Metric])
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

/// What a manifest declares: a rollout's name, where its traffic flows, and the plan for its releases.
package struct Declaration: Hashable, Codable, Sendable {
    package var name: RolloutName
    package var traffic: TrafficTarget
    package var plan: Plan
    /// Set by `spec.paused` of the manifest: nothing advances until it is taken out.
    package var isPaused: Bool
    /// Where the declaration stands: `rollouts/checkout.yaml`.
    package var source: String

    package init(
        name: RolloutName, traffic: TrafficTarget, plan: Plan, isPaused: Bool = false, source: String
    ) {
        self.name = name
        self.traffic = traffic
        self.plan = plan
        self.isPaused = isPaused
        self.source = source
    }
}

/// Which router moves the traffic, and what it calls the two places. The rest is the router's own business and
/// goes through unread.
package struct TrafficTarget: Hashable, Codable, Sendable {
    package var router: String
    package var backends: Backends
    package var settings: [String: String]

    package struct Backends: Hashable, Codable, Sendable {
        package var a: String
        package var b: String

        package init(a: String, b: String) {
            self.a = a
            self.b = b
        }

        package func name(of place: Place) -> String {
            place == .a ? a : b
        }
    }

    package init(router: String, backends: Backends, settings: [String: String] = [:]) {
        self.router = router
        self.backends = backends
        self.settings = settings
    }
}
