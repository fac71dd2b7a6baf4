import Analysis
import Simulator

/// What a turn for the worse does to the counters of a canary.
struct Worsening {
    let comparison: Comparison
    let boundaries: [Double]
    let turn: Turn?
    /// The share of bad requests while nothing was wrong.
    let usual: Double

    func apply(to points: inout [CounterReading.Point], _ dice: inout Dice) {
        guard let turn else { return }
        if turn.effect == .silence { return points.removeAll { $0.moment > turn.onset } }
        for index in points.indices where points[index].moment > turn.onset {
            worsen(&points[index], by: turn.effect, &dice)
        }
    }

    private func worsen(_ point: inout CounterReading.Point, by effect: Effect, _ dice: inout Dice) {
        guard case .increase = comparison.direction else { return lessen(&point, by: effect, &dice) }
        switch comparison.kind {
        case .errors:
            point.bad[0] += dice.binomial(point.requests - point.bad[0], effect.failing(of: usual))
        case .count:
            guard case .times(let ratio) = effect else { return }
            point.bad[0] += dice.poisson((ratio - 1) * usual * point.requests)
        case .mean:
            guard case .times(let ratio) = effect else { return }
            point.bad[0] *= ratio
        case .latency:
            guard case .times(let ratio) = effect else { return }
            point.bad = boundaries.map { slower($0 / ratio, point) }
        }
    }

    /// Where more is better, so much less of it.
    private func lessen(_ point: inout CounterReading.Point, by effect: Effect, _ dice: inout Dice) {
        guard case .times(let ratio) = effect else { return }
        for index in point.bad.indices {
            point.bad[index] =
                comparison.kind == .mean
                ? point.bad[index] / ratio : dice.binomial(point.bad[index], 1 / ratio)
        }
    }

    /// How many took longer than that: even between two boundaries, as `histogram_quantile` has it.
    private func slower(_ time: Double, _ point: CounterReading.Point) -> Double {
        let edges = [0] + boundaries
        let counts = [point.requests] + point.bad
        guard let above = edges.firstIndex(where: { $0 >= time }), above > 0 else {
            return counts.last ?? 0
        }
        let width = edges[above] - edges[above - 1]
        let share = width > 0 ? (time - edges[above - 1]) / width : 1
        return counts[above - 1] + (counts[above] - counts[above - 1]) * share
    }
}

extension Comparison {
    /// What may be tried on it.
    var effects: [Effect] {
        switch (kind, direction) {
        case (.errors, .increase): Effect.ofErrors
        case (.latency, _), (.mean, _): Effect.ofTimes
        case (.errors, .decrease), (.count, _): [.times(1.5), .times(2), .times(5), .silence]
        }
    }
}

extension CounterReading.Point {
    /// Leaves so large a share of the requests, each by lot. A time and a quantity are not divided.
    mutating func thin(to share: Double, _ kind: Comparison.Kind, _ dice: inout Dice) {
        guard kind == .errors || kind == .latency else { return }
        // From the slowest on: each class lies within the one before.
        var (kept, within) = (0.0, 0.0)
        for index in bad.indices.reversed() {
            kept += dice.binomial(max(0, bad[index] - within), share)
            within = max(within, bad[index])
            bad[index] = kept
        }
        requests = kept + dice.binomial(max(0, requests - within), share)
    }
}
