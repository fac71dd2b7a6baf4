package import Analysis

/// One release on its way up, with the plan it was started with.
package struct Flight: Hashable, Codable, Sendable {
    /// The sequence of the event that started it: no two flights share one.
    package let number: Sequence
    package let release: Release
    package let plan: Plan
    package let startedAt: Moment
    /// The step that the flight is at; `plan.steps.count` when all are passed.
    package var step: Int
    package var stage: Stage
    package var stageSince: Moment
    /// The share that the steps passed so far have given the release.
    package var weight: Weight
    package var background: BackgroundRun?

    init(number: Sequence, release: Release, plan: Plan, startedAt: Moment) {
        self.number = number
        self.release = release
        self.plan = plan
        self.startedAt = startedAt
        step = 0
        stage = .ready
        stageSince = startedAt
        weight = .none
    }

    package var isPastSteps: Bool { step >= plan.steps.count }
}

/// What a flight waits for.
package enum Stage: Hashable, Codable, Sendable {
    /// Between two steps. Leaves by `stepEntered`, or by `summited` after the last.
    case ready
    /// The step's weight is wanted. Leaves by `stepPassed` when the data plane shows it.
    case routing
    /// Letting the step run. Leaves by `stepPassed`: when the moment has come, or by a person's `promote`.
    case pausing(until: Moment?)
    /// The pause is over, and something else still holds the flight. Leaves by `stepPassed`.
    case paused
    /// Leaves by `stepPassed` on a good verdict, by `asked` on an undecided one, by `aborted` on a bad one.
    case analysing(AnalysisRun)
    /// The numbers do not decide. Leaves by `stepPassed` (a person's `promote`) or `aborted`.
    case asking(String)
    /// All steps are passed; the release is to get all traffic. Leaves by `completed` when it has it.
    case summiting
}

/// The analysis that runs beside the steps. A new one is begun after a person overruled the last.
package struct BackgroundRun: Hashable, Codable, Sendable {
    package let number: Int
    package var run: AnalysisRun
}

/// Which run a measurement belongs to.
package struct RunID: Hashable, Codable, Sendable {
    package enum Kind: Hashable, Codable, Sendable {
        case step(Int)
        case background(Int)
    }

    package let flight: Sequence
    package let kind: Kind
}

extension Flight {
    var backgroundID: RunID? {
        background.map { RunID(flight: number, kind: .background($0.number)) }
    }

    var stepID: RunID { RunID(flight: number, kind: .step(step)) }

    /// The runs that are going on, each with its name.
    package var runs: [(id: RunID, run: AnalysisRun)] {
        var runs: [(id: RunID, run: AnalysisRun)] = []
        if case .analysing(let run) = stage { runs.append((stepID, run)) }
        if let background, let backgroundID { runs.append((backgroundID, background.run)) }
        return runs
    }

    package func run(_ id: RunID) -> AnalysisRun? {
        runs.first { $0.id == id }?.run
    }

    mutating func count(_ measurement: Measurement, ofMetric metric: Int, in id: RunID) {
        switch id.kind {
        case .background: background?.run.count(measurement, ofMetric: metric)
        case .step:
            guard case .analysing(var run) = stage else { return }
            run.count(measurement, ofMetric: metric)
            stage = .analysing(run)
        }
    }

    /// What the store said, where a metric that counts could not be asked.
    package var blindness: String? {
        runs.lazy.compactMap { $0.run.blindness }.first
    }
}
