package import Analysis

/// The work that a state wants, in the infinitive. Derived, never stored; independent of each other.
package enum Action: Hashable, Sendable {
    case route(RouteOrder)
    case scale(ScaleOrder)
    case measure(MeasureOrder)
    case ask(GateOrder)
    case inspect(InspectOrder)
    /// Say when the moment has come.
    case wake(at: Moment)

    /// The moment before which the action must not be started.
    package var notBefore: Moment {
        switch self {
        case .route(let order): order.notBefore
        case .scale(let order): order.notBefore
        case .measure(let order): order.notBefore
        case .ask(let order): order.notBefore
        case .inspect(let order): order.notBefore
        case .wake(let moment): moment
        }
    }
}

/// Set a route. Repeating it is harmless: a weight is set, never added to.
package struct RouteOrder: Hashable, Sendable {
    package let target: TrafficTarget
    package let route: Route
    package let since: Sequence
    package let previous: Sequence
    package let attempt: Int
    package let notBefore: Moment
    /// The release that runs in each place, by name.
    package let occupants: [Place: String]
    /// Whether it takes traffic back to the stable release: such an order waits for nothing and nobody.
    package let isRollback: Bool
}

/// Take one measurement.
package struct MeasureOrder: Hashable, Sendable {
    package let run: RunID
    package let metric: Int
    /// The metric's name.
    package let name: String
    package let number: Int
    package let query: Query
    /// How many measurements are kept; see `Metric.retention`.
    package let retention: Int
    /// How many were good so far; see `ExperimentPart.stage`.
    package let successful: Int
    package let notBefore: Moment

    package init(
        run: RunID, metric: Int, name: String, number: Int, query: Query, retention: Int = Tally.recentMax,
        successful: Int = 0, notBefore: Moment
    ) {
        self.run = run
        self.metric = metric
        self.name = name
        self.number = number
        self.query = query
        self.retention = retention
        self.successful = successful
        self.notBefore = notBefore
    }
}

/// Ask somebody outside whether the release may go on.
package struct GateOrder: Hashable, Sendable {
    package let gate: Gate
    package let flight: Sequence
    package let step: Int
    package let stepCount: Int
    package let release: String
    package let stable: String?
    /// The share of the release while it is asked.
    package let weight: Weight
    /// How often it was asked before.
    package let number: Int
    package let notBefore: Moment

    package init(
        gate: Gate, flight: Sequence, step: Int, stepCount: Int, release: String, stable: String?,
        weight: Weight, number: Int, notBefore: Moment
    ) {
        self.gate = gate
        self.flight = flight
        self.step = step
        self.stepCount = stepCount
        self.release = release
        self.stable = stable
        self.weight = weight
        self.number = number
        self.notBefore = notBefore
    }

    /// See `Gate.filled`.
    package func filled(_ secrets: (String) -> String) -> GateOrder {
        GateOrder(
            gate: gate.filled(secrets), flight: flight, step: step, stepCount: stepCount, release: release,
            stable: stable, weight: weight, number: number, notBefore: notBefore)
    }
}

/// Look at what a release needs before it is moved.
package struct InspectOrder: Hashable, Sendable {
    package let flight: Sequence
    package let inspection: Inspection
    package let notBefore: Moment
}
