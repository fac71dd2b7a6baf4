import Analysis
import Rollouts

/// Nothing that carries traffic is stopped: a place that was retired gets nothing, in no data plane, until it
/// is used again.
struct WarmLaw: Law {
    let name = "warm"
    private var carried: [RolloutName: [Int: Borne]] = [:]
    private var retired: [RolloutName: Set<Place>] = [:]

    mutating func see(_ sight: Sight, at moment: Moment) -> String? {
        switch sight {
        case .journaled(let entry, _), .resurfaced(let entry): return read(entry)
        case .carried(let rollout, let plane, let borne):
            carried[rollout, default: [:]][plane] = borne
            return flaw(in: rollout)
        default: return nil
        }
    }

    private mutating func read(_ entry: Entry) -> String? {
        switch entry.event {
        case .retired(let release):
            retired[entry.rollout, default: []].insert(release.place)
            return flaw(in: entry.rollout)
        case .started(let release, let others, _):
            for release in [release] + (others ?? []) { retired[entry.rollout]?.remove(release.place) }
        default: break
        }
        return nil
    }

    private func flaw(in rollout: RolloutName) -> String? {
        for (plane, borne) in (carried[rollout] ?? [:]).sorted(by: { $0.key < $1.key })
        where !borne.isTampered {
            let place = retired[rollout]?.sorted().first { borne.route.reaches($0) }
            if let place {
                return
                    "\(rollout): place \(place) was retired, and plane \(plane) carries \(borne.route.words)"
            }
        }
        return nil
    }
}
