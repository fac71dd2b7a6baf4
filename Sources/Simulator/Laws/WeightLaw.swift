import Analysis
import Rollouts

/// Nothing gets more than the last step that was entered allows: not at the mesh's interface, not in any data
/// plane. What the log allowed before counts until the data plane was seen to have left it.
struct WeightLaw: Law {
    let name = "weight"
    private var readings: [RolloutName: Reading] = [:]
    private var bounds: [RolloutName: [(since: Sequence, bound: Bound)]] = [:]

    mutating func see(_ sight: Sight, at moment: Moment) -> String? {
        switch sight {
        case .journaled(let entry, _), .resurfaced(let entry): read(entry)
        case .landed(let rollout, let borne, _): return flaw(borne, of: rollout, in: "the interface")
        case .carried(let rollout, let plane, let borne):
            return flaw(borne, of: rollout, in: "plane \(plane)")
        default: break
        }
        return nil
    }

    private mutating func read(_ entry: Entry) {
        readings[entry.rollout, default: Reading()].read(entry)
        let bound = readings[entry.rollout, default: Reading()].bound
        var known = bounds[entry.rollout] ?? []
        if known.last?.bound != bound { known.append((entry.sequence, bound)) }
        switch entry.event {
        case .completed: known = known.suffix(1)
        case .routed(let since, _):
            let first = known.lastIndex { $0.since <= since } ?? 0
            known.removeFirst(first)
        default: break
        }
        bounds[entry.rollout] = known
    }

    private func flaw(_ borne: Borne, of rollout: RolloutName, in where: String) -> String? {
        if borne.isTampered { return nil }
        let sum = borne.route.shares.values.reduce(0) { $0 + $1.millionths }
        guard sum == 1_000_000 else {
            return "\(rollout): \(`where`) has shares that make up \(sum) millionths"
        }
        let known = bounds[rollout] ?? []
        guard !known.contains(where: { $0.bound.excess(of: borne.route) == nil }) else { return nil }
        let excess = known.last?.bound.excess(of: borne.route) ?? "nothing is in the log"
        return "\(rollout): in \(`where`) \(excess)"
    }
}
