import Analysis
import Rollouts

/// The number on a route never goes back, and a route that bears another journal's mark is left alone.
struct FenceLaw: Law {
    let name = "fence"

    mutating func see(_ sight: Sight, at moment: Moment) -> String? {
        guard case .landed(let rollout, let borne, let before?) = sight else { return nil }
        guard before.journal == borne.journal else {
            return "\(rollout): \(borne.journal) writes over a route of \(before.journal)"
        }
        let isRepair = before.isTampered && before.since == borne.since
        guard borne.since > before.since || isRepair else {
            return "\(rollout): #\(borne.since) is written over #\(before.since)"
        }
        return nil
    }
}
