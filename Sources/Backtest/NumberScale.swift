import Analysis

/// What the number of a metric is, as far as its conditions and its past tell. Only what is understood can be made
/// worse.
enum NumberScale: Hashable, Sendable {
    /// A share of requests that went well; `unit` is 1, or 100 for a percentage.
    case good(unit: Double)
    /// A share that went wrong.
    case bad(unit: Double)
    /// A quantity of which more is worse, such as a latency, or less.
    case more, less

    /// None where no answer fails, or everything does.
    init?(_ metric: Metric, _ history: NumberHistory, _ judgement: Judgement) {
        let known = history.finite.sorted()
        guard !known.isEmpty else { return nil }
        let middle = known[known.count / 2]
        let unit = metric.unit(most: known[known.count - 1])
        let high = metric.fails(unit ?? 1e6 * max(1, middle), history, judgement)
        let huge = metric.fails(1e6 * max(1, middle), history, judgement)
        let low = metric.fails(0, history, judgement)
        switch (low, high || huge) {
        case (true, false): self = unit.map { .good(unit: $0) } ?? .less
        case (false, true): self = high ? unit.map { .bad(unit: $0) } ?? .more : .more
        default: return nil
        }
    }

    /// What may be tried on it.
    var effects: [Effect] {
        switch self {
        case .good, .bad: Effect.ofErrors
        case .more, .less: Effect.ofTimes
        }
    }

    /// How many of the requests went wrong; none for a quantity.
    func badShare(_ number: Double) -> Double? {
        switch self {
        case .good(let unit): min(1, max(0, 1 - number / unit))
        case .bad(let unit): min(1, max(0, number / unit))
        case .more, .less: nil
        }
    }

    func number(badShare share: Double) -> Double? {
        switch self {
        case .good(let unit): (1 - share) * unit
        case .bad(let unit): share * unit
        case .more, .less: nil
        }
    }

    /// - Parameter usual: the share of bad requests that the release is so many times worse than. That of a single
    ///   answer would not do: in a quiet minute it is 0, and stays 0 however often it is multiplied.
    func worsened(_ number: Double, by effect: Effect, usual: Double) -> Double {
        guard number.isFinite else { return number }
        if let share = badShare(number) {
            return self.number(badShare: share + (1 - share) * effect.failing(of: usual)) ?? number
        }
        guard case .times(let ratio) = effect else { return number }
        return self == .more ? number * ratio : number / ratio
    }
}

extension Metric {
    /// Of a share, and none of a quantity. Seconds and requests may be less than one, too: so the query has to look like
    /// a share, and to have a 100 in it for a percentage.
    fileprivate func unit(most: Double) -> Double? {
        let quantities = ["quantile", "latency", "duration", "_seconds", "_milliseconds", "_bytes"]
        let shares = ["/", "ratio", "share", "success", "error", "availab"]
        guard !quantities.contains(where: query.text.contains), shares.contains(where: query.text.contains)
        else { return nil }
        if most <= 1 { return 1 }
        return most <= 100 && query.text.contains("100") ? 100 : nil
    }

    fileprivate func fails(_ number: Double, _ history: NumberHistory, _ judgement: Judgement) -> Bool {
        let moment = history.start
        let sample = Sample.value(history.value(of: [number]), warnings: [])
        return measurement(of: sample, by: judgement, from: moment, to: moment).phase == .failed
    }
}
