import Analysis
import Simulator

/// Gives the parts of a window: which of the stable instances play the canary, and how many of their requests are its.
struct Casting {
    let history: CounterHistory
    let comparison: Comparison
    /// The canary's share of the traffic.
    let weight: Double
    /// How long before the window the instances are looked at.
    let lead: Duration

    func tape(of window: Window, settle: Duration, turn: Turn?, _ dice: inout Dice) -> CounterTape {
        let (cast, thinning) = parts(in: window, &dice)
        let stable = cast.filter { !$0.isCanary }.map(\.instance)
        let usual = rate(of: stable.isEmpty ? cast.map(\.instance) : stable, in: window)
        let worse = Worsening(
            comparison: comparison, boundaries: history.boundaries, turn: turn, usual: usual)
        var instances: [CounterReading.Instance] = []
        for part in cast {
            // A canary has no past.
            let start = part.isCanary ? window.start : window.start + (.zero - lead - ComparisonRun.lookback)
            var points = Array(part.instance.points(after: start, through: window.end))
            if let share = part.isCanary ? thinning.canary : thinning.stable {
                for index in points.indices { points[index].thin(to: share, comparison.kind, &dice) }
            }
            if part.isCanary { worse.apply(to: &points, &dice) }
            guard let first = points.first else { continue }
            instances.append(
                CounterReading.Instance(
                    name: part.instance.name, isCanary: part.isCanary, firstSeen: first.moment, points: points
                ))
        }
        return CounterTape(
            instances: instances, boundaries: history.boundaries, settle: settle,
            kind: comparison.kind, turn: turn)
    }

    private struct Part {
        let instance: InstanceHistory
        let isCanary: Bool
    }

    /// What is left of the requests of an arm. None: all of them.
    private typealias Thinning = (canary: Double?, stable: Double?)

    private func parts(in window: Window, _ dice: inout Dice) -> ([Part], Thinning) {
        var present = stable(in: window)
        guard present.count > 1 else {
            // A single one plays both, and its requests are divided by lot.
            let both = present.flatMap {
                [Part(instance: $0, isCanary: true), Part(instance: $0, isCanary: false)]
            }
            return (both, (weight, 1 - weight))
        }
        let count = min(present.count - 1, max(1, Int((weight * Double(present.count)).rounded())))
        var canaries: [InstanceHistory] = []
        for _ in 0..<count { canaries.append(present.remove(at: dice.between(0, present.count - 1))) }
        let usual = weight / (1 - weight) * Double(present.count) / Double(count)
        let parts =
            canaries.map { Part(instance: $0, isCanary: true) }
            + present.map { Part(instance: $0, isCanary: false) }
        return (parts, (usual < 1 ? usual : nil, nil))
    }

    /// The instances of the release that had most to do, but for those that came or went meanwhile.
    private func stable(in window: Window) -> [InstanceHistory] {
        let there = history.instances.map { ($0, $0.points(after: window.start, through: window.end)) }
            .filter { !$0.1.isEmpty }
        let arms = Dictionary(grouping: there, by: \.0.arm)
        let busiest = arms.sorted { $0.key < $1.key }.max { left, right in
            work(left.value.map(\.1)) < work(right.value.map(\.1))
        }
        guard let present = busiest?.value, let most = present.map(\.1.count).max() else { return [] }
        return present.filter { $0.1.count * 2 > most }.map(\.0).sorted { $0.name < $1.name }
    }

    private func work(_ points: [ArraySlice<CounterReading.Point>]) -> Double {
        points.joined().reduce(0) { $0 + $1.requests }
    }

    /// How many of the requests of these instances are bad, around the window; where none is, ever.
    private func rate(of instances: [InstanceHistory], in window: Window) -> Double {
        let near = ArmCount(
            instances.lazy.flatMap { $0.points(after: window.start + (.zero - lead), through: window.end) })
        if near.bad > 0 { return near.rate ?? 0 }
        return ArmCount(history.instances.lazy.flatMap(\.points)).rate ?? 0
    }
}

extension ArmCount {
    /// Of a histogram what was slower than its first boundary.
    init(_ points: some Sequence<CounterReading.Point>) {
        self.init()
        for point in points {
            requests += point.requests
            bad += point.bad.first ?? 0
        }
    }
}
