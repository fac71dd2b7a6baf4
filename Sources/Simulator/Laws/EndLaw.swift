import Analysis
import Rollouts

/// Every start ends: healthy, rolled back, or waiting for a person and saying so. And then the mesh carries
/// what the log says.
struct EndLaw: Law {
    let name = "end"
    private var carried: [RolloutName: [Int: Borne]] = [:]

    mutating func see(_ sight: Sight, at moment: Moment) -> String? {
        switch sight {
        case .carried(let rollout, let plane, let borne):
            carried[rollout, default: [:]][plane] = borne
            return nil
        case .ended(let states):
            return states.isEmpty ? "no controller is left" : states.lazy.compactMap(flaw).first
        default: return nil
        }
    }

    private func flaw(_ state: Rollout) -> String? {
        guard state.isSettled else {
            return "\(state.name) neither ended nor waits for a person: \(state.plight)"
        }
        guard let routing = state.routing else { return nil }
        for (plane, borne) in (carried[state.name] ?? [:]).sorted(by: { $0.key < $1.key })
        where !borne.route.splits(as: routing.route) {
            return
                "\(state.name): plane \(plane) carries \(borne.route.words) in the end, not \(routing.route.words)"
        }
        return nil
    }
}

extension Route {
    /// Whether both give the same to the same places; what a request must look like stands in the file alone.
    fileprivate func splits(as other: Route) -> Bool {
        let deeds = { (route: Route) in
            Set(route.rules.map { Bound.AllowedRule(deed: $0.deed, place: $0.place) })
        }
        return shares == other.shares && deeds(self) == deeds(other)
    }
}

extension Rollout {
    /// Where it is stuck.
    fileprivate var plight: String {
        let failure =
            (routing?.lastFailure.map { "; route: \($0)" } ?? "")
            + (scaling.map { $0.isReady ? "" : "; instances: \($0.lastFailure?.message ?? "not ready")" }
                ?? "")
        let stage = flight.map { "step \($0.step + 1), \($0.stage)" } ?? "\(phase)"
        return "\(stage.prefix(200)), held by \(hold.map { "\($0)" } ?? "nothing"), "
            + "queued \(queued?.name ?? "nothing"), warm \(warm.map(\.release.name)), applied "
            + "\(routing?.isApplied ?? true)\(failure)"
    }
}
