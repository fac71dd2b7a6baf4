/// How far the looks at an objective have come: a value that stands in every entry of a journal, so that a replay
/// reckons nothing.
package struct SLORun: Hashable, Codable, Sendable {
    /// One of `SLO.limits`, in their order.
    package struct Burn: Hashable, Codable, Sendable {
        /// How many times as fast as the window allows.
        package let long: Double
        package let short: Double
        /// Since when the short window burns; it is the first to tell.
        package let since: Moment?
    }

    /// The share of the budget that is left; less than nothing where more was spent.
    package private(set) var remaining: Double?
    package private(set) var burns: [Burn] = []
    /// What the release and the stable one did since the flight began.
    package private(set) var canary = ArmCount()
    package private(set) var stable = ArmCount()
    /// How many bad requests of the release the stable one would not have had.
    package private(set) var excess = 0.0
    /// How much of the window's budget that is. None: nobody counts it, or nothing is known of the budget.
    package private(set) var spent: Double?
    /// Up to where the counters were read.
    package private(set) var seenUntil: Moment

    package init(startedAt: Moment) {
        seenUntil = startedAt
    }

    /// Takes what the store said. Answers what is missing, if anything is.
    package mutating func take(_ reading: SLOReading, of slo: SLO, at moment: Moment) -> Missing? {
        if let counters = reading.counters { count(counters) }
        guard let budget = slo.objective.map({ 1 - $0 }) ?? reading.number(.budget), budget > 0 else {
            return .objective
        }
        guard let left = reading.remaining(of: slo, budget) else { return .window(slo.window) }
        for limit in slo.limits {
            for window in [limit.short, limit.long] where reading.badShare(over: window) == nil {
                return .window(window)
            }
        }
        remaining = left
        let former = burns
        burns = slo.limits.enumerated().map { index, limit in
            let since = former.indices.contains(index) ? former[index].since : nil
            return reading.burn(by: limit, budget, since: since ?? moment)
        }
        spent = reading.share(of: excess, budget, slo)
        return nil
    }

    /// What a store had nothing to say about.
    package enum Missing: Hashable, Sendable {
        case objective
        case window(Duration)
    }

    /// Look by look, because the rate of the stable release changes with the day and the shares with the steps.
    private mutating func count(_ reading: CounterReading) {
        guard reading.until > seenUntil else { return }
        var look = Increment(canary: ArmCount(), stable: ArmCount())
        for instance in reading.instances {
            let count = instance.count(0, from: seenUntil, through: reading.until)
            if instance.isCanary { look.canary += count } else { look.stable += count }
        }
        canary += look.canary
        stable += look.stable
        excess += look.canary.bad - look.canary.requests * (look.stable.rate ?? stable.rate ?? 0)
        seenUntil = reading.until
    }
}

extension SLOReading {
    fileprivate func remaining(of slo: SLO, _ budget: Double) -> Double? {
        if let remaining = number(.remaining), !remaining.isNaN { return remaining }
        return badShare(over: slo.window).map { 1 - $0 / budget }
    }

    /// Both windows are there.
    fileprivate func burn(by limit: SLO.BurnLimit, _ budget: Double, since: Moment) -> SLORun.Burn {
        let (long, short) = (badShare(over: limit.long) ?? 0, badShare(over: limit.short) ?? 0)
        let isFast = short / budget > limit.factor
        return SLORun.Burn(long: long / budget, short: short / budget, since: isFast ? since : nil)
    }

    fileprivate func share(of excess: Double, _ budget: Double, _ slo: SLO) -> Double? {
        guard counters != nil, let total = number(.total, over: slo.window), total > 0 else { return nil }
        return max(0, excess) / (budget * total)
    }
}

// MARK: - What follows

extension SLORun {
    /// The burns of some severities that are on.
    func burning(_ slo: SLO, _ severities: [SLO.Severity]) -> [(limit: SLO.BurnLimit, burn: Burn)] {
        zip(slo.limits, burns).filter { limit, burn in
            severities.contains(limit.severity) && burn.since != nil && burn.long > limit.factor
        }.map { ($0, $1) }
    }

    /// Whether a burn keeps everything where it is, also what has all traffic already.
    package func isBurning(_ slo: SLO) -> Bool { !burning(slo, slo.blockOn).isEmpty }

    /// The burn that a release is taken back for: one that began after it first got traffic. An older one is not its
    /// doing.
    func fatal(_ slo: SLO, exposedSince: Moment?) -> (limit: SLO.BurnLimit, burn: Burn)? {
        guard slo.abortsOnBurn, let exposedSince else { return nil }
        return burning(slo, [.page]).first { $0.burn.since.map { $0 > exposedSince } ?? false }
    }

    func isBlown(_ slo: SLO) -> Bool {
        guard let blastRadius = slo.blastRadius, let spent else { return false }
        return spent > blastRadius
    }

    func isSpent(_ slo: SLO) -> Bool {
        guard let minRemaining = slo.minRemaining, let remaining else { return false }
        return remaining < minRemaining
    }
}
