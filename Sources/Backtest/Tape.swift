import Analysis
import Simulator

/// What a store would have answered to one metric in one window.
protocol Tape {
    /// - Parameter since: where the last look of a comparison ended.
    mutating func sample(at moment: Moment, since: Moment?) -> Sample

    /// How many requests of the release failed from its turn for the worse up to a moment; none where nobody knows.
    func failed(until moment: Moment) -> Double?
}

/// From when on, and how, a release is worse.
struct Turn: Hashable, Sendable {
    let effect: Effect
    let onset: Moment
}

/// Answers as they were.
struct NumberTape: Tape {
    let history: NumberHistory
    /// What a turn does to them; none where nothing is understood of them.
    var scale: NumberScale?
    var usual = 0.0
    var turn: Turn?

    func sample(at moment: Moment, since: Moment?) -> Sample {
        guard let index = history.index(at: moment) else { return .value(.array([]), warnings: []) }
        return .value(history.value(of: worsened(history.answers[index], at: moment)), warnings: [])
    }

    private func worsened(_ answer: [Double], at moment: Moment) -> [Double] {
        guard let turn, let scale, moment >= turn.onset else { return answer }
        guard turn.effect != .silence else { return [] }
        return answer.map { scale.worsened($0, by: turn.effect, usual: usual) }
    }

    func failed(until moment: Moment) -> Double? { nil }
}

/// The share of bad requests among as many as a canary would have had: the past is that of all the traffic, and few
/// requests make a share that jumps.
struct ShareTape: Tape {
    let history: NumberHistory
    let traffic: NumberHistory
    let weight: Double
    /// How many steps the query looks back.
    let reach: Int
    let scale: NumberScale
    let usual: Double
    let turn: Turn?
    /// Whether the query has no answer without traffic; others have 0/0.
    let isEmptyWhenIdle: Bool
    var dice: Dice
    private var counts: [Int: ArmCount] = [:]

    init(
        _ history: NumberHistory, traffic: NumberHistory, weight: Double, reach: Int, scale: NumberScale,
        usual: Double, turn: Turn?, dice: Dice
    ) {
        self.history = history
        self.traffic = traffic
        self.weight = weight
        self.reach = reach
        self.scale = scale
        self.usual = usual
        self.turn = turn
        isEmptyWhenIdle = history.answers.contains { $0.isEmpty }
        self.dice = dice
    }

    mutating func sample(at moment: Moment, since: Moment?) -> Sample {
        let isSilent = turn.map { $0.effect == .silence && moment >= $0.onset } ?? false
        guard !isSilent, let index = history.index(at: moment) else {
            return .value(.array([]), warnings: [])
        }
        var sum = ArmCount()
        for place in max(0, index - reach + 1)...index { sum += count(in: place) }
        guard let share = sum.rate, let number = scale.number(badShare: share) else {
            return .value(isEmptyWhenIdle ? .array([]) : history.value(of: [.nan]), warnings: [])
        }
        return .value(history.value(of: [number]), warnings: [])
    }

    private mutating func count(in place: Int) -> ArmCount {
        if let known = counts[place] { return known }
        let moment = history.start + history.step * place
        let rate = traffic.index(at: moment).flatMap { traffic.answers[$0].first } ?? 0
        let requests = dice.poisson(max(0, rate.isFinite ? rate : 0) * weight * (history.step / .seconds(1)))
        let answer = history.answers[place].first.flatMap { $0.isFinite ? scale.badShare($0) : nil } ?? 0
        let isWorse = turn.map { moment >= $0.onset } ?? false
        let share = isWorse ? answer + (1 - answer) * (turn?.effect.failing(of: usual) ?? 0) : answer
        let count = ArmCount(requests: requests, bad: dice.binomial(requests, share))
        counts[place] = count
        return count
    }

    func failed(until moment: Moment) -> Double? {
        guard let turn else { return nil }
        return counts.reduce(0) { sum, entry in
            let at = history.start + history.step * entry.key
            return at >= turn.onset && at <= moment ? sum + entry.value.bad : sum
        }
    }
}
