package import Analysis

/// What somebody outside said to a release.
package enum GateAnswer: Hashable, Codable, Sendable {
    case yes(String?)
    /// The release is taken back.
    case no(String?)
    /// Asked again later.
    case wait(String?)
    /// Nobody answered, or not in words that are understood: asked again later, and never taken for an answer.
    case trouble(String)
}

/// How far a gate has come.
package struct GateRun: Hashable, Codable, Sendable {
    package let startedAt: Moment
    /// How often it was asked.
    package private(set) var asked = 0
    package private(set) var last: GateAnswer?
    package private(set) var notBefore: Moment

    /// Whether it said yes. Then it is asked no more, whatever else still holds the flight.
    package var isOpen: Bool {
        if case .yes = last { true } else { false }
    }

    init(startedAt: Moment) {
        self.startedAt = startedAt
        notBefore = startedAt
    }

    mutating func hear(_ answer: GateAnswer, of gate: Gate, at moment: Moment) {
        asked += 1
        last = answer
        notBefore = moment + gate.interval
    }
}
