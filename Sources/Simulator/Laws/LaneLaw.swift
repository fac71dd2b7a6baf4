import Analysis
import Rollouts

/// Nothing delays a rollback: not a freeze, not a gate, not an outage of the metrics store, not a slow
/// journal, not other rollouts. Its write is on its way within the journal's patience, twice over.
struct LaneLaw: Law {
    let name = "rollback lane"
    static let limit = Duration.milliseconds(600)

    private struct Wait {
        let life: Int
        let until: Moment
        let why: String
        /// Whether it may yet turn out that there was nothing to take back: while a wish waits to be decided.
        let isOpen: Bool
    }

    private var readings: [RolloutName: Reading] = [:]
    private var lastSent: [RolloutName: (route: Route, life: Int)] = [:]
    private var waits: [RolloutName: Wait] = [:]

    mutating func see(_ sight: Sight, at moment: Moment) -> String? {
        let late = waits.sorted { $0.key < $1.key }.first { rollout, wait in
            wait.until < moment && (!wait.isOpen || sight.takesBack(rollout))
        }
        take(sight, at: moment)
        return late.map {
            "\($0.key): \($0.value.why), and \(Self.limit.text) later no write had taken traffic back"
        }
    }

    private mutating func take(_ sight: Sight, at moment: Moment) {
        switch sight {
        case .journaled(let entry, let life): read(entry, life, at: moment)
        case .resurfaced(let entry): readings[entry.rollout, default: Reading()].read(entry)
        case .abortWished(let rollout, let life):
            expect(rollout, life, "an abort was wished", isOpen: true, at: moment)
        case .declined(let text, let rollout) where text.hasPrefix("abort"): waits[rollout] = nil
        case .died(let life, _): waits = waits.filter { $0.value.life != life }
        case .sent(let rollout, _, let route, let life):
            lastSent[rollout] = (route, life)
            if isBack(rollout, life) { waits[rollout] = nil }
        default: break
        }
    }

    private mutating func read(_ entry: Entry, _ life: Int, at moment: Moment) {
        readings[entry.rollout, default: Reading()].read(entry)
        switch entry.event {
        case .aborted: expect(entry.rollout, life, "the release was aborted", isOpen: false, at: moment)
        case .started, .restored, .kept: waits[entry.rollout] = nil
        case .completed:
            waits[entry.rollout] = nil
            // The data plane shows it: what a process may have sent before it died has not come through.
            lastSent[entry.rollout] = nil
        default: break
        }
    }

    private mutating func expect(
        _ rollout: RolloutName, _ life: Int, _ why: String, isOpen: Bool, at moment: Moment
    ) {
        guard waits[rollout] == nil, !isBack(rollout, life) else { return }
        waits[rollout] = Wait(life: life, until: moment + Self.limit, why: why, isOpen: isOpen)
    }

    /// Whether the last write that is known gives everything to the stable release already. What an earlier
    /// life has sent, this one may not know of.
    private func isBack(_ rollout: RolloutName, _ life: Int) -> Bool {
        guard let place = readings[rollout]?.stable?.place, let last = lastSent[rollout] else { return true }
        return last.route.isAll(on: place)
    }
}

extension Sight {
    /// Whether it shows that there was something to take back.
    fileprivate func takesBack(_ rollout: RolloutName) -> Bool {
        switch self {
        case .journaled(let entry, _):
            guard entry.rollout == rollout, case .aborted = entry.event else { return false }
            return true
        case .sent(rollout, _, let route, _): return route.shares.count == 1 && route.rules.isEmpty
        default: return false
        }
    }
}
