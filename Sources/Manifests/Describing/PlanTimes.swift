import Analysis
import Rollouts

/// What a plan takes at least and at most.
struct PlanTimes {
    private let declaration: Declaration
    private var plan: Plan { declaration.plan }

    init(_ declaration: Declaration) {
        self.declaration = declaration
    }

    var described: PlanDescription.Time {
        let shortest = plan.shortest(of: plan.steps.indices) + bake
        let unbounded = plan.steps.enumerated().compactMap { index, step in
            step.unboundedBecause.map { "step \(index + 1) \($0)" }
        }
        let longest = unbounded.isEmpty ? self.longest : nil
        return PlanDescription.Time(
            shortest: shortest.text + waiting, shortestSeconds: shortest.wholeMicroseconds / 1_000_000,
            longest: longest.map { $0.text + unshown } ?? "unbounded: \(unbounded.joined(separator: "; "))",
            longestSeconds: longest.map { $0.wholeMicroseconds / 1_000_000 }, unboundedBecause: unbounded)
    }

    private var bake: Duration { plan.isKept ? .zero : plan.bake.map { $0.duration.bounded } ?? .zero }

    /// The steps that no clock ends.
    private var waiting: String {
        let people = plan.steps.indices.filter { plan.steps[$0].waitsForAPerson }.map { "\($0 + 1)" }
        guard let first = people.first else { return "" }
        let place = people.count == 1 ? "step \(first)" : "steps \(people.joined(separator: ", "))"
        return " and a person's promote at \(place)"
    }

    private var longest: Duration {
        let steps = plan.steps.map(\.longest)
        let whole = plan.steps.indices.reduce(Duration.zero) { sum, index in
            // An age counts from the start, so it adds nothing once the steps before it have taken as long.
            guard case .reachAge(let age) = plan.steps[index] else { return sum + steps[index] }
            return max(sum, age.bounded)
        }
        return (whole + bake + mesh).bounded
    }

    /// What the mesh may take for its writes, where that has a bound.
    private var mesh: Duration {
        guard let deadline = declaration.progressDeadline, deadline.whenOverdue == .abort else {
            return .zero
        }
        return (deadline.duration.bounded * plan.writes.count).bounded
    }

    private var unshown: String {
        guard mesh == .zero else { return ", with all that the mesh may take" }
        let writes = plan.writes.count
        return ", and what the mesh takes to show \(writes == 1 ? "one write" : "\(writes) writes")"
    }
}

extension Plan {
    /// Whether the test ends with the stable release.
    var isKept: Bool { steps.last == .conclude(.keep) }

    /// What some of the steps take at least; those that wait for a person take no time here.
    func shortest(of range: Range<Int>) -> Duration {
        let before = steps.prefix(range.lowerBound)
        let age = before.isEmpty ? Duration.zero : shortest(of: 0..<range.lowerBound)
        return steps[range].reduce(age) { sum, step in
            if case .reachAge(let age) = step { return max(sum, age.bounded) }
            return sum + step.shortest
        } - age
    }
}

extension Step {
    var waitsForAPerson: Bool {
        switch self {
        case .pause(nil), .conclude(.ask): true
        case .analysis(let metrics): metrics.contains { !$0.isDryRun && $0.isEndless }
        default: false
        }
    }

    fileprivate var shortest: Duration {
        switch self {
        case .pause(let duration): duration.map(\.bounded) ?? .zero
        case .analysis(let metrics): metrics.filter { !$0.isDryRun }.map(\.shortest).max() ?? .zero
        default: .zero
        }
    }

    fileprivate var longest: Duration {
        switch self {
        case .pause(let duration): duration.map(\.bounded) ?? .zero
        case .analysis(let metrics): metrics.filter { !$0.isDryRun }.map(\.longest).max() ?? .zero
        case .gate(let gate): gate.deadline.map(\.bounded) ?? .zero
        default: .zero
        }
    }

    /// Why nothing ends it for certain; none where something does.
    fileprivate var unboundedBecause: String? {
        switch self {
        case .pause(nil): "waits for a person's promote"
        case .conclude(.ask): "waits for a person's choice"
        case .gate(let gate) where gate.deadline == nil: "asks gate \(gate.name), which has no deadline"
        case .gate(let gate) where gate.whenOverdue == .hold:
            "asks a person when gate \(gate.name) is overdue"
        case .analysis(let metrics):
            metrics.first { !$0.isDryRun && $0.effectiveCount == nil && !$0.isOnlooker }
                .map { "measures \($0.name), which has no count" }
        default: nil
        }
    }
}

extension Metric {
    /// From the first measurement to the one that settles it at the earliest, without the queries themselves.
    fileprivate var shortest: Duration {
        guard let count = [effectiveCount, consecutiveSuccessLimit].compactMap(\.self).min() else {
            return .zero
        }
        return (initialDelay.bounded + (interval ?? .zero).bounded * (count - 1)).bounded
    }

    /// As long as the store answers: every count with as many errors before it as are borne, and every query
    /// as slow as it may be.
    fileprivate var longest: Duration {
        let count = min(effectiveCount ?? 1, Self.countMax)
        let errors = min(consecutiveErrorLimit, Self.countMax)
        let pace = (interval ?? .zero).bounded
        let query = query.timeout.bounded
        let retries = ((AnalysisRun.errorRetry + query) * errors).bounded
        return (initialDelay.bounded + pace * (count - 1) + (retries + query) * count).bounded
    }

    /// More than anybody counts to, and little enough to be multiplied.
    private static var countMax: Int { 1_000_000 }
}

extension Duration {
    /// No more than can be added up.
    var bounded: Duration { min(self, .forEver) }
}
