import Analysis

/// Counters of a window in which some of what was stable plays the canary.
struct CounterTape: Tape {
    let instances: [CounterReading.Instance]
    let boundaries: [Double]
    let settle: Duration
    let kind: Comparison.Kind
    let turn: Turn?

    func sample(at moment: Moment, since: Moment?) -> Sample {
        let until = moment + (.zero - settle)
        let from = (since ?? until) + (.zero - ComparisonRun.lookback)
        let read = instances.compactMap { instance -> CounterReading.Instance? in
            guard instance.firstSeen <= until else { return nil }
            let points = Array(instance.points.between(from, until))
            // One that is not scraped any more is no part of an answer.
            guard !points.isEmpty || instance.firstSeen > from else { return nil }
            return CounterReading.Instance(
                name: instance.name, isCanary: instance.isCanary, firstSeen: instance.firstSeen,
                points: points)
        }
        return .counters(
            CounterReading(until: until, boundaries: boundaries, instances: read), warnings: [])
    }

    func failed(until moment: Moment) -> Double? {
        guard let turn, kind == .errors else { return nil }
        return instances.filter(\.isCanary).reduce(0) { sum, instance in
            instance.points.between(turn.onset, moment).reduce(sum) { $0 + ($1.bad.first ?? 0) }
        }
    }
}
