import Analysis
import Rollouts

/// Each action reports once: a route that was applied is not applied again under its number, and no write is
/// begun again before the log says that the last one failed. (A rollback may go ahead of the log, and is then
/// repeated.)
struct ReportLaw: Law {
    let name = "report"
    private var applied: [RolloutName: Sequence] = [:]
    private var allowed: [Attempt: Int] = [:]

    private struct Attempt: Hashable {
        let rollout: RolloutName
        let since: Sequence
        let life: Int
    }

    mutating func see(_ sight: Sight, at moment: Moment) -> String? {
        switch sight {
        case .journaled(let entry, let life): return read(entry, life)
        case .sent(let rollout, let since, let route, let life):
            guard route.shares.count > 1 else { return nil }
            let attempt = Attempt(rollout: rollout, since: since, life: life)
            allowed[attempt, default: 1] -= 1
            return allowed[attempt, default: 0] >= 0
                ? nil : "\(rollout): #\(since) is sent again, and nothing failed"
        default: return nil
        }
    }

    private mutating func read(_ entry: Entry, _ life: Int) -> String? {
        switch entry.event {
        case .routed(let since, _):
            defer { applied[entry.rollout] = since }
            return applied[entry.rollout] == since ? "\(entry.rollout): #\(since) was applied twice" : nil
        case .routeFailed(let since, _):
            allowed[Attempt(rollout: entry.rollout, since: since, life: life), default: 1] += 1
            return nil
        default: return nil
        }
    }
}
