import Analysis
import Rollouts

/// The log is the rollout: its replay equals the live state, nothing that was acknowledged is lost, and what
/// is in it never changes.
struct ReplayLaw: Law {
    let name = "replay"
    private var folded: [RolloutName: Rollout] = [:]
    private var entries: [Entry] = []
    private var acknowledged: [RolloutName: Sequence] = [:]

    mutating func see(_ sight: Sight, at moment: Moment) -> String? {
        switch sight {
        case .journaled(let entry, _), .resurfaced(let entry): take(entry)
        case .acknowledged(let entries, let rollout):
            acknowledged[rollout] = max(entries.last?.sequence ?? 0, acknowledged[rollout] ?? 0)
        case .began(_, let found): return flaw(found)
        case .rested(let state, _): return flaw(state)
        default: break
        }
        return nil
    }

    private mutating func take(_ entry: Entry) {
        entries.append(entry)
        folded[entry.rollout, default: Rollout(name: entry.rollout)].apply(entry.event, at: entry.moment)
    }

    private func flaw(_ found: [Entry]) -> String? {
        if found != entries {
            return "the journal holds \(found.count) entries, and \(entries.count) were recorded"
        }
        for (rollout, sequence) in acknowledged.sorted(by: { $0.key < $1.key }) {
            let last = found.last { $0.rollout == rollout }?.sequence ?? 0
            if last < sequence {
                return "\(rollout) #\(sequence) was acknowledged, and the journal ends with #\(last)"
            }
        }
        return nil
    }

    /// While an append is under way the state is behind the log, and only then.
    private func flaw(_ state: Rollout) -> String? {
        guard let folded = folded[state.name] else { return "\(state.name) has a state and no log" }
        guard folded.sequence == state.sequence, folded != state else { return nil }
        return "\(state.name) #\(state.sequence): the replay of the log differs from the live state"
    }
}
