import Analysis
import Rollouts

/// Traffic finds somebody: no data plane carries any to a release without instances, neither before they are there
/// nor after they are gone.
struct InstanceLaw: Law {
    let name = "instances"
    private var sizes: [RolloutName: [String: Int]] = [:]
    private var carried: [RolloutName: [Int: Borne]] = [:]

    mutating func see(_ sight: Sight, at moment: Moment) -> String? {
        switch sight {
        case .scaled(let rollout, let sizes):
            self.sizes[rollout] = sizes
            return flaw(in: rollout)
        case .carried(let rollout, let plane, let borne):
            carried[rollout, default: [:]][plane] = borne
            return flaw(in: rollout)
        default: return nil
        }
    }

    private func flaw(in rollout: RolloutName) -> String? {
        guard let sizes = sizes[rollout] else { return nil }
        for (plane, borne) in (carried[rollout] ?? [:]).sorted(by: { $0.key < $1.key })
        where !borne.isTampered {
            for (place, release) in borne.occupants.sorted(by: { $0.key < $1.key })
            where borne.route.reaches(place) && sizes[release, default: 0] == 0 {
                return
                    "\(rollout): plane \(plane) sends to \(release) in place \(place), which has no instances"
            }
        }
        return nil
    }
}
