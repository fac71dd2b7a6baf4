import Analysis

/// One traffic, played many times before several judges: all of them see the same requests.
package struct Trial: Sendable {
    package enum Judge: String, CaseIterable, Sendable {
        case headgate = "headgate"
        case marginless = "no margin"
        case argo95 = "Argo 95/0"
        case argo95Limit3 = "Argo 95/3"
        case argo99 = "Argo 99/0"
        case argo99Limit3 = "Argo 99/3"
        case flagger = "Flagger 99×5"
        case kayenta = "Kayenta 10m"

        fileprivate var judge: any TrafficJudge {
            switch self {
            case .headgate: EvidenceJudge()
            case .marginless: EvidenceJudge(Margin(ratio: 1))
            case .argo95: ThresholdJudge.argo(0.95, limit: 0)
            case .argo95Limit3: ThresholdJudge.argo(0.95, limit: 3)
            case .argo99: ThresholdJudge.argo(0.99, limit: 0)
            case .argo99Limit3: ThresholdJudge.argo(0.99, limit: 3)
            case .flagger: ThresholdJudge.flagger(0.99, checks: 5)
            case .kayenta: KayentaTrafficJudge()
            }
        }
    }

    package let traffic: TrialTraffic
    package let runs: Int
    package let judges: [Judge]

    package init(_ traffic: TrialTraffic, runs: Int, judges: [Judge] = Judge.allCases) {
        self.traffic = traffic
        self.runs = runs
        self.judges = judges
    }

    package func run(seed: UInt64) -> [Judge: TrialResult] {
        var dice = Dice(seed: seed)
        var results: [Judge: TrialResult] = [:]
        for number in 0..<runs {
            var chance = dice.split()
            // Kayenta ranks hundreds of values at every look, and is played less often.
            let present = judges.filter { $0 != .kayenta || number % 5 == 0 }
            for (judge, outcome) in outcomes(present, &chance) {
                results[judge, default: TrialResult()].add(outcome)
            }
        }
        return results
    }

    private func outcomes(_ present: [Judge], _ dice: inout Dice) -> [(Judge, TrialResult.Outcome)] {
        var sitting = present.map { (name: $0, judge: $0.judge) }
        var outcomes: [(Judge, TrialResult.Outcome)] = []
        var failed = 0.0
        let onset = Int(traffic.onset * 60)
        for start in stride(from: 0, to: TrialTraffic.minutes * 60, by: TrialTraffic.interval)
        where !sitting.isEmpty {
            let increment = traffic.increment(at: start, &dice)
            let second = start + TrialTraffic.interval
            if second > onset { failed += increment.canary.bad }
            for index in sitting.indices.reversed()
            where sitting[index].judge.takesBack(increment, at: second) {
                outcomes.append(
                    (sitting.remove(at: index).name, .init(after: second - onset, failed: failed)))
            }
        }
        return outcomes + sitting.map { ($0.name, .init(after: nil, failed: failed)) }
    }
}

/// What a judge made of one traffic.
package struct TrialResult: Sendable {
    package struct Outcome: Hashable, Sendable {
        /// In seconds from the onset; none where it never took the canary back.
        package let after: Int?
        /// Requests of the canary that failed until then.
        package let failed: Double

        init(after: Int?, failed: Double) {
            self.after = after
            self.failed = failed
        }
    }

    private var outcomes: [Outcome] = []

    package init() {}

    package mutating func add(_ outcome: Outcome) { outcomes.append(outcome) }

    package var runs: Int { outcomes.count }

    /// How often it took the canary back.
    package var share: Double {
        runs == 0 ? 0 : Double(outcomes.count { $0.after != nil }) / Double(runs)
    }

    /// Before what was bad had begun.
    package var isEverEarly: Bool { outcomes.contains { ($0.after ?? 1) <= 0 } }

    /// In seconds; none where fewer than so many took it back.
    package func time(_ quantile: Double) -> Int? {
        let times = outcomes.map { $0.after ?? .max }.sorted()
        guard let time = times.dropFirst(Int(quantile * Double(times.count))).first, time != .max else {
            return nil
        }
        return time
    }

    package var medianFailed: Double {
        outcomes.map(\.failed).sorted().dropFirst(outcomes.count / 2).first ?? 0
    }
}
