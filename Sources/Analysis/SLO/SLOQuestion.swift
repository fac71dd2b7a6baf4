/// What a store is asked about an objective: one number for each part.
package struct SLOQuestion: Hashable, Codable, Sendable {
    package enum Role: String, Hashable, Codable, Sendable {
        /// How many requests were bad, and how many there were.
        case bad, total
        /// The share of bad ones, where they are not counted apart.
        case badShare
        /// The share that may be bad: 1 less the objective.
        case budget
        /// The share of the budget that is left.
        case remaining
    }

    package struct Key: Hashable, Codable, Sendable {
        package var role: Role
        /// None for what has no window, or the objective's own.
        package var window: Duration?

        package init(_ role: Role, over window: Duration? = nil) {
            self.role = role
            self.window = window
        }
    }

    package struct Part: Hashable, Codable, Sendable {
        package var key: Key
        package var text: String

        package init(_ key: Key, _ text: String) {
            self.key = key
            self.text = text
        }
    }

    package var parts: [Part]

    package init(_ parts: [Part]) {
        self.parts = parts
    }
}

/// What the store answered. A part without a number is not in here.
package struct SLOReading: Hashable, Sendable {
    private let numbers: [SLOQuestion.Key: Double]
    /// What each instance did, where a blast radius asks for it.
    package let counters: CounterReading?

    package init(_ numbers: [SLOQuestion.Key: Double], counters: CounterReading? = nil) {
        self.numbers = numbers
        self.counters = counters
    }

    package func number(_ role: SLOQuestion.Role, over window: Duration? = nil) -> Double? {
        numbers[SLOQuestion.Key(role, over: window)]
    }

    /// Nothing bad was counted where no series of bad ones was born yet; nothing at all is another matter. A share of no
    /// requests is not a number, and spends nothing.
    func badShare(over window: Duration) -> Double? {
        if let share = number(.badShare, over: window) { return share.isNaN ? 0 : share }
        guard let total = number(.total, over: window), !total.isNaN else { return nil }
        return total > 0 ? (number(.bad, over: window) ?? 0) / total : 0
    }
}
