import Analysis
import Rollouts

/// Whoever reads the log for news gets each entry in order, under a number that is its own, and time that
/// does not run backwards.
struct NoticeLaw: Law {
    let name = "notice"
    private var last: [RolloutName: Sequence] = [:]
    private var lastMoment = Moment(microseconds: .min)

    mutating func see(_ sight: Sight, at moment: Moment) -> String? {
        switch sight {
        case .journaled(let entry, _), .resurfaced(let entry): return flaw(entry)
        default: return nil
        }
    }

    private mutating func flaw(_ entry: Entry) -> String? {
        let before = last[entry.rollout] ?? 0
        guard entry.sequence > before else {
            return "\(entry.rollout): #\(entry.sequence) comes after #\(before)"
        }
        last[entry.rollout] = entry.sequence
        guard entry.moment >= lastMoment else {
            return
                "\(entry.rollout) #\(entry.sequence) is of \(entry.moment), the one before it of \(lastMoment)"
        }
        lastMoment = entry.moment
        return nil
    }
}
