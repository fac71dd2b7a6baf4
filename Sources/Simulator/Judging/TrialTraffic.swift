import Analysis

/// Traffic in which a canary may be worse, second by second as chance has it.
package struct TrialTraffic: Sendable {
    /// What is true in a minute, and is not told to any judge.
    package struct Truth: Hashable, Sendable {
        package var perSecond: Double
        package var stableRate: Double
        package var canaryRate: Double
        /// The canary's share of the requests.
        package var share: Double

        package init(perSecond: Double, stableRate: Double, canaryRate: Double, share: Double) {
            self.perSecond = perSecond
            self.stableRate = stableRate
            self.canaryRate = canaryRate
            self.share = share
        }
    }

    package let name: String
    /// Since when the canary is worse, in minutes; what it takes to find is counted from there.
    package var onset = 0.0
    package let truth: @Sendable (_ minute: Double) -> Truth

    package static let minutes = 60
    /// A scrape, and so a look.
    package static let interval = 15

    package init(_ name: String, onset: Double = 0, _ truth: @escaping @Sendable (Double) -> Truth) {
        self.name = name
        self.onset = onset
        self.truth = truth
    }

    /// What happens from one scrape to the next. Requests come as they like, and each fails by itself.
    func increment(at second: Int, _ dice: inout Dice) -> Increment {
        let truth = truth(Double(second) / 60)
        let expected = truth.perSecond * Double(Self.interval)
        return Increment(
            canary: dice.count(expected * truth.share, truth.canaryRate),
            stable: dice.count(expected * (1 - truth.share), truth.stableRate))
    }
}

extension Dice {
    fileprivate mutating func count(_ expected: Double, _ rate: Double) -> ArmCount {
        let bad = poisson(expected * rate)
        return ArmCount(requests: bad + poisson(expected * (1 - rate)), bad: bad)
    }
}

extension TrialTraffic {
    /// How a canary is worse.
    package enum Effect: String, CaseIterable, Sendable {
        case none, double = "×2", fivefold = "×5", onePoint = "+1pp", fivePoints = "+5pp"

        func applied(to rate: Double) -> Double {
            switch self {
            case .none: rate
            case .double: rate * 2
            case .fivefold: rate * 5
            case .onePoint: rate + 0.01
            case .fivePoints: rate + 0.05
            }
        }
    }

    /// Constant rates.
    package static func steady(
        _ perSecond: Double, _ rate: Double, _ share: Double, _ effect: Effect
    ) -> TrialTraffic {
        let truth = Truth(
            perSecond: perSecond, stableRate: rate, canaryRate: min(1, effect.applied(to: rate)),
            share: share)
        let name = "\(figure(perSecond)) rps, \(percentage(rate)), \(percentage(share)) \(effect.rawValue)"
        return TrialTraffic(name) { _ in truth }
    }

    /// The grid of traffics, of errors and of weights that everything is played on.
    package static func grid(_ effect: Effect) -> [TrialTraffic] {
        [20.0, 100, 1_000].flatMap { perSecond in
            [0.001, 0.01].flatMap { rate in
                [0.05, 0.1, 0.2].map { .steady(perSecond, rate, $0, effect) }
            }
        }
    }

    /// What makes other judges take good releases back.
    package static let hardships: [TrialTraffic] = [
        TrialTraffic("shared incident: both arms 10 % for 3 min") { minute in
            let rate = 20..<23 ~= minute ? 0.1 : 0.001
            return Truth(perSecond: 100, stableRate: rate, canaryRate: rate, share: 0.1)
        },
        TrialTraffic("the baseline drifts .05 to .5 %") { minute in
            let rate = 0.0005 + 0.0045 * minute / 60
            return Truth(perSecond: 100, stableRate: rate, canaryRate: rate, share: 0.1)
        },
        TrialTraffic("weights 1/5/10/25/50 %, all drifting") { climbing($0, worse: 1) },
        TrialTraffic("1 rps in all, 20 %, base 1 %") { _ in
            Truth(perSecond: 1, stableRate: 0.01, canaryRate: 0.01, share: 0.2)
        },
        TrialTraffic(".1 rps in all (minutes without a request)") { _ in
            Truth(perSecond: 0.1, stableRate: 0.01, canaryRate: 0.01, share: 0.2)
        },
    ]

    /// A canary that is worse, in circumstances.
    package static let regressions: [TrialTraffic] = [
        TrialTraffic("weights 1/5/10/25/50 %, all drifting, ×3") { climbing($0, worse: 3) },
        TrialTraffic("1 rps, canary at 20 % errors") { _ in
            Truth(perSecond: 1, stableRate: 0.01, canaryRate: 0.2, share: 0.2)
        },
        late(perSecond: 100, share: 0.2), late(perSecond: 1_000, share: 0.2),
    ]

    private static func climbing(_ minute: Double, worse: Double) -> Truth {
        let weights = [0.01, 0.05, 0.1, 0.25, 0.5]
        let rate = 0.001 + 0.003 * minute / 60
        return Truth(
            perSecond: 100 * (0.5 + minute / 60), stableRate: rate, canaryRate: rate * worse,
            share: weights[min(4, Int(minute / 12))])
    }

    private static func late(perSecond: Double, share: Double) -> TrialTraffic {
        TrialTraffic("late ×5 at minute 30, \(figure(perSecond)) rps, \(percentage(share))", onset: 30) {
            minute in
            Truth(
                perSecond: perSecond, stableRate: 0.001, canaryRate: minute < 30 ? 0.001 : 0.005, share: share
            )
        }
    }
}
