/// What a template has to come up to.
package enum Demand: Hashable, Sendable {
    /// So many good releases may be taken back at the most.
    case falseRollback(atMost: Double)
    /// So many bad ones must be at the least, whichever metric they are bad in.
    case power(Effect, atLeast: Double)
}

/// What became of a demand. One that the history is too short for is not met: nothing was proved.
package struct DemandResult: Codable, Hashable, Sendable {
    package let name: String
    package let isMet: Bool
    package let text: String
}

extension Demand {
    /// What has to be tried for it.
    var effect: Effect? {
        if case .power(let effect, _) = self { effect } else { nil }
    }

    func result(_ good: BacktestReport.Good, _ bad: [BacktestReport.Bad]) -> DemandResult {
        switch self {
        case .falseRollback(let most):
            let found = good.takenBack
            let advice =
                found.share <= most ? "; too little history to be sure: give it a longer --range" : ""
            return DemandResult(
                name: "a good release is taken back in \(percentText(most)) at the most",
                isMet: found.high <= most, text: found.text + (found.high <= most ? "" : advice))
        case .power(let effect, let least):
            return power(effect, least, bad.filter { $0.effect == effect.name })
        }
    }

    private func power(_ effect: Effect, _ least: Double, _ found: [BacktestReport.Bad]) -> DemandResult {
        let name =
            "a release that is worse by \(effect.name) is taken back in \(percentText(least)) at the least"
        guard !found.isEmpty else {
            return DemandResult(
                name: name, isMet: false, text: "\(effect.name) means nothing to any metric of the template")
        }
        let texts = found.map { one in
            let isUnsure = one.takenBack.low < least && one.takenBack.share >= least
            return "\(one.metric) \(one.takenBack.text)"
                + (isUnsure ? "; too little history to be sure: give it a longer --range" : "")
        }
        return DemandResult(
            name: name, isMet: found.allSatisfy { $0.takenBack.low >= least },
            text: texts.joined(separator: ", "))
    }
}
