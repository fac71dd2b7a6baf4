/// How a release is made worse than it was.
package enum Effect: Hashable, Sendable {
    /// So many times as many bad requests, or as slow.
    case times(Double)
    /// So much of all requests fails beside those that did: 0.01 is a percentage point.
    case points(Double)
    /// Nothing is measured of it any more.
    case silence

    /// `x2`, `×1.5`, `+1pp`, `silence`.
    package init?(_ text: String) {
        if text == Self.silence.name { self = .silence; return }
        if let first = text.first, "x×".contains(first), let ratio = Double(text.dropFirst()),
            ratio > 1, ratio.isFinite
        {
            self = .times(ratio)
            return
        }
        guard text.hasPrefix("+"), text.hasSuffix("pp"), let points = Double(text.dropFirst().dropLast(2)),
            0..<100 ~= points, points > 0
        else { return nil }
        self = .points(points / 100)
    }

    package var name: String {
        switch self {
        case .times(let ratio): "×\(short(ratio))"
        case .points(let share): "+\(short(share * 100))pp"
        case .silence: "silence"
        }
    }

    /// What is tried where nobody says.
    static let ofErrors: [Effect] = [.times(1.5), .times(2), .times(5), .points(0.01), .silence]
    static let ofTimes: [Effect] = [.times(1.2), .times(1.5), .times(2), .silence]

    /// The share of the good requests that must fail so that a rate becomes so much worse.
    func failing(of rate: Double) -> Double {
        switch self {
        case .times(let ratio): rate < 1 ? min(1, (ratio - 1) * rate / (1 - rate)) : 0
        case .points(let share): rate < 1 ? min(1, share / (1 - rate)) : 0
        case .silence: 0
        }
    }
}

/// Without a point where there is nothing behind it.
func short(_ number: Double) -> String {
    number == number.rounded() && number.magnitude < 1e9 ? String(Int(number)) : String(number)
}
