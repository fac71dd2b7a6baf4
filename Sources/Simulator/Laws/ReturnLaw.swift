import Analysis
import Rollouts

/// After an abort everything goes back to the stable release, and stays there until somebody starts anew.
struct ReturnLaw: Law {
    let name = "return"
    private var readings: [RolloutName: Reading] = [:]
    /// What each data plane carries that has gone back since the abort.
    private var back: [RolloutName: Set<Int>] = [:]

    mutating func see(_ sight: Sight, at moment: Moment) -> String? {
        switch sight {
        case .journaled(let entry, _), .resurfaced(let entry): read(entry)
        case .sent(let rollout, _, let route, _): return flaw(route, of: rollout)
        case .carried(let rollout, let plane, let borne): return flaw(borne, of: rollout, plane)
        default: break
        }
        return nil
    }

    private mutating func read(_ entry: Entry) {
        readings[entry.rollout, default: Reading()].read(entry)
        switch entry.event {
        case .aborted, .started: back[entry.rollout] = []
        default: break
        }
    }

    private func place(of rollout: RolloutName) -> Place? {
        guard let reading = readings[rollout], reading.isAborted else { return nil }
        return reading.stable?.place
    }

    private func flaw(_ route: Route, of rollout: RolloutName) -> String? {
        guard let place = place(of: rollout), !route.isAll(on: place) else { return nil }
        return "\(rollout): after the abort \(route.words) is sent, and stable is in \(place)"
    }

    private mutating func flaw(_ borne: Borne, of rollout: RolloutName, _ plane: Int) -> String? {
        guard let place = place(of: rollout), !borne.isTampered else { return nil }
        if borne.route.isAll(on: place) {
            back[rollout, default: []].insert(plane)
            return nil
        }
        guard back[rollout]?.contains(plane) == true else { return nil }
        return "\(rollout): plane \(plane) had gone back after the abort, and carries \(borne.route.words)"
    }
}

extension Route {
    func isAll(on place: Place) -> Bool { shares[place] == .all && rules.isEmpty }
}
