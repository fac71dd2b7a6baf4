package import Rollouts

/// Which events came upon which stage: what the simulations have really been through.
package struct Coverage: Sendable {
    /// By stage and event: how often.
    package private(set) var pairs: [String: [String: Int]] = [:]

    mutating func add(_ timeline: Timeline) {
        var states: [RolloutName: Rollout] = [:]
        for (_, sight) in timeline.sights {
            guard let entry = sight.entry else { continue }
            var state = states[entry.rollout] ?? Rollout(name: entry.rollout)
            pairs[state.stageName, default: [:]][entry.event.word, default: 0] += 1
            state.apply(entry.event, at: entry.moment)
            states[entry.rollout] = state
        }
    }

    mutating func add(_ other: Coverage) {
        for (stage, events) in other.pairs {
            pairs[stage, default: [:]].merge(events, uniquingKeysWith: +)
        }
    }

    package var count: Int { pairs.values.reduce(0) { $0 + $1.count } }

    /// `pausing: aborted 12, held 3, …`
    package var lines: [String] {
        pairs.sorted { $0.key < $1.key }.map { stage, events in
            let counts = events.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
            return "\(stage): \(counts.joined(separator: ", "))"
        }
    }
}

extension Sight {
    fileprivate var entry: Entry? {
        switch self {
        case .journaled(let entry, _), .resurfaced(let entry): entry
        default: nil
        }
    }
}

extension Event {
    /// The name of its case.
    package var word: String { String("\(self)".prefix { $0.isLetter }) }
}

extension Rollout {
    /// Phase, and stage while it climbs: `climbing, pausing`.
    package var stageName: String {
        switch phase {
        case .empty: "empty"
        case .resting: "resting"
        case .aborted: "aborted"
        case .climbing(let flight): flight.stage.word
        }
    }
}

extension Stage {
    /// Spelled out: `"\(self)"` would print all that is in it.
    fileprivate var word: String {
        switch self {
        case .inspecting: "inspecting"
        case .ready: "ready"
        case .routing: "routing"
        case .pausing(until: nil): "pausing for a person"
        case .pausing: "pausing"
        case .paused: "paused"
        case .analysing: "analysing"
        case .gating: "gating"
        case .concluding: "concluding"
        case .asking: "asking"
        case .summiting: "summiting"
        case .baking: "baking"
        }
    }
}
