import Analysis
import ArgumentParser
import Backtest
import Manifests

/// What the options of a backtest come to.
struct BacktestPlan {
    let duration: Duration
    let weight: Double
    let effects: [Effect]?
    let excluded: [Window]
    let arguments: [String: String]
    let demands: [Demand]

    init(
        duration: String, weight: String, inject: String?, exclude: [String], arguments: [String],
        maxFalseRollback: String?, minPower: [String]
    ) throws {
        guard let length = Duration(written: duration), length >= .seconds(1) else {
            throw ValidationError("--duration: \(duration) is no time such as 30m, of a second at the least")
        }
        guard let share = Self.percentage(weight), share > 0, share < 1 else {
            throw ValidationError(
                "--weight: \(weight) is no share such as 10%, more than 0% and less than 100%")
        }
        self.duration = length
        self.weight = share
        excluded = try exclude.map(Self.window)
        self.arguments = try Self.pairs(arguments)
        demands = try Self.rollbacks(maxFalseRollback) + minPower.map(Self.power)
        effects = try inject.map(Self.effects)
    }

    private static func effects(_ text: String) throws -> [Effect] {
        try text.split(separator: ",").map { part in
            guard let effect = Effect(part.filter { $0 != " " }) else {
                throw ValidationError("--inject: \(part) is none of x2, +1pp and silence")
            }
            return effect
        }
    }

    private static func window(_ text: String) throws -> Window {
        let ends = text.split(separator: "/").map { Moment(written: String($0)) }
        guard ends.count == 2, let start = ends[0], let end = ends[1], start < end else {
            throw ValidationError(
                "--exclude: \(text) is no time such as 2026-11-20T10:00:00Z/2026-11-20T12:00:00Z")
        }
        return Window(start: start, end: end)
    }

    private static func pairs(_ texts: [String]) throws -> [String: String] {
        try texts.reduce(into: [:]) { pairs, text in
            guard let equals = text.firstIndex(of: "="), equals > text.startIndex else {
                throw ValidationError("--arg: \(text) is not NAME=VALUE")
            }
            let name = String(text[..<equals])
            guard pairs.updateValue(String(text[text.index(after: equals)...]), forKey: name) == nil else {
                throw ValidationError("--arg: \(name) is given twice")
            }
        }
    }

    private static func rollbacks(_ text: String?) throws -> [Demand] {
        guard let text else { return [] }
        guard let share = percentage(text), share > 0 else {
            throw ValidationError("--max-false-rollback: \(text) is no share such as 2%, more than 0%")
        }
        return [.falseRollback(atMost: share)]
    }

    private static func power(_ text: String) throws -> Demand {
        let parts = text.split(separator: "=").map(String.init)
        guard parts.count == 2, let effect = Effect(parts[0]), let share = percentage(parts[1]) else {
            throw ValidationError("--min-power: \(text) is nothing like x5=95%")
        }
        return .power(effect, atLeast: share)
    }

    /// `2%`
    private static func percentage(_ text: String) -> Double? {
        guard text.hasSuffix("%"), let number = Double(text.dropLast()), 0...100 ~= number else { return nil }
        return number / 100
    }
}
