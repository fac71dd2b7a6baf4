import Analysis
import Rollouts

/// Nothing goes on by itself unless the last look at every objective found it met.
struct BudgetLaw: Law {
    let name = "budget"
    private var readings: [RolloutName: Reading] = [:]
    /// What the last look at each objective of the flight came to.
    private var looks: [RolloutName: [Int: Measurement.Phase]] = [:]

    mutating func see(_ sight: Sight, at moment: Moment) -> String? {
        switch sight {
        case .journaled(let entry, _), .resurfaced(let entry):
            let flaw = flaw(in: entry)
            take(entry)
            return flaw.map { "\(entry.rollout) #\(entry.sequence): \($0)" }
        default: return nil
        }
    }

    private mutating func take(_ entry: Entry) {
        readings[entry.rollout, default: Reading()].read(entry)
        switch entry.event {
        case .started: looks[entry.rollout] = [:]
        case .measured(let run, let metric, let measurement) where run.kind == .slos:
            looks[entry.rollout, default: [:]][metric] = measurement.phase
        default: break
        }
    }

    private func flaw(in entry: Entry) -> String? {
        guard let reading = readings[entry.rollout], let climb = reading.climb, reading.stable != nil,
            !climb.cause.isReturn, let objectives = climb.plan.slos, climb.plan.judgement == .safe,
            entry.isAdvanceByItself
        else { return nil }
        let looks = looks[entry.rollout] ?? [:]
        let unmet = objectives.indices.first { looks[$0] != .successful }
        return unmet.map { index in
            "goes on, and the last look at \(objectives[index].name) was \(looks[index]?.rawValue ?? "none")"
        }
    }
}

extension Entry {
    fileprivate var isAdvanceByItself: Bool {
        switch event {
        case .stepEntered, .stepPassed: who == "headgate"
        case .summited(let person): person == nil
        default: false
        }
    }
}
