package import Analysis
import Engine
import Rollouts

/// What is true of a release, whatever anybody measures.
package struct Health: Hashable, Sendable {
    /// When it goes bad; none: never.
    package var badFrom: Moment?

    package init(badFrom: Moment? = nil) {
        self.badFrom = badFrom
    }

    func isGood(at moment: Moment) -> Bool { badFrom.map { moment < $0 } ?? true }
}

/// A metrics store that is asked `metric release`, and answers 1 for good and 0 for bad.
struct SimulatedProvider: MetricProvider {
    let kind = "prometheus"
    let world: World
    let life: Life

    func backend(of query: Query) -> String { "store" }

    func sample(_ query: Query, at now: Moment) async -> Sample {
        await world.exchange(life, with: .store) { [world] in world.answer(query) }
            ?? .failure(SampleFailure(.outage, "the store did not answer"))
    }
}

extension World {
    fileprivate func answer(_ query: Query) -> Sample {
        if happens(\.unavailable) { return .failure(SampleFailure(.outage, "503 from the store")) }
        if happens(\.declined) { return .failure(SampleFailure(.refused, "400 from the store")) }
        if let objective = query.slo { return .slo(reading(of: objective), warnings: []) }
        return .value(value(of: query.text).value, warnings: [])
    }

    /// Part by part, as over a wire.
    private func reading(of objective: SLOQuestion) -> SLOReading {
        let numbers = objective.parts.compactMap { part in
            value(of: part.text).number.map { (part.key, $0) }
        }
        return SLOReading(Dictionary(numbers) { first, _ in first })
    }

    /// What the store says to a question, which may be wrong.
    func value(of question: String) -> Reply {
        let answers = scenario.answers.first { $0.answers(question) } ?? .plain
        let release = scenario.answers.isEmpty ? question.split(separator: " ").last.map(String.init) : latest
        let isGood = health(of: release ?? "").isGood(at: course.now)
        let reply = distorted(isGood, answers)
        note(.answered(question, isGood: reply == answers.good.map(Reply.number)))
        return reply
    }

    private func distorted(_ isGood: Bool, _ answers: MetricAnswers) -> Reply {
        if happens(\.noData) { return .nothing }
        if happens(\.notANumber) { return .number("NaN") }
        if happens(\.nonsense) { return .nonsense }
        let shown = happens(\.wrong) ? !isGood : isGood
        return (shown ? answers.good : answers.bad).map(Reply.number) ?? .nothing
    }
}

/// What a metrics store says.
enum Reply: Equatable {
    case number(String)
    case nothing
    case nonsense

    fileprivate var number: Double? {
        if case .number(let text) = self { Double(text) } else { nil }
    }

    fileprivate var value: Value {
        switch self {
        case .number(let text): .array([.float(Double(text) ?? .nan)])
        case .nothing: .array([])
        case .nonsense: .string("what?")
        }
    }
}

/// Somebody outside who is asked whether a release may go on.
struct SimulatedKeeper: GateKeeper {
    let world: World
    let life: Life

    func backend(of gate: Gate) -> String { gate.url }

    func ask(_ order: GateOrder, of rollout: RolloutName) async -> GateAnswer {
        await world.exchange(life, with: .gate) { [world] in world.reply(to: order) }
            ?? .trouble("the gate did not answer")
    }
}

extension World {
    fileprivate func reply(to order: GateOrder) -> GateAnswer {
        if happens(\.unavailable) { return .trouble("503 from the gate") }
        guard order.number >= 1 || dice.happens(0.5) else { return .wait("a moment") }
        return health(of: order.release).isGood(at: course.now) ? .yes(nil) : .no("it is bad")
    }
}

/// Freezes that the scenario has laid down.
struct SimulatedCalendar: FreezeCalendar {
    let windows: [(from: Moment, freeze: Freeze)]

    func freeze(of declaration: Declaration, at moment: Moment, beside overridden: [Freeze]) -> Freeze? {
        windows.filter { $0.from <= moment && moment < $0.freeze.until ?? .init(microseconds: .max) }
            .max { ($0.freeze.until ?? $0.from) < ($1.freeze.until ?? $1.from) }?.freeze
    }
}
