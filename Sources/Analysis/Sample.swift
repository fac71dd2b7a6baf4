/// What a metrics store answered to one query.
package enum Sample: Sendable, Equatable {
    /// The store answered. `warnings` are the store's own words about what it left out.
    case value(Value, warnings: [String])
    /// It answered a question for counters.
    case counters(CounterReading, warnings: [String])
    /// It answered the questions about an objective.
    case slo(SLOReading, warnings: [String])
    /// The values of canaries and baselines, as Spinnaker's judge takes them.
    case pairs([KayentaPair], warnings: [String])
    case failure(SampleFailure)
    /// It was not asked but run, and has come to an end.
    case ended(Ending, message: String)
}

/// How something that was run for a measurement came to its end. It says itself whether that was good.
package enum Ending: Hashable, Sendable {
    case passed
    case failed
    /// It was stopped, because it took longer than it was given.
    case stopped
}

/// Why there is no value. The kind decides what follows: an outage is waited out, a refusal needs a person.
package struct SampleFailure: Error, Hashable, Codable, Sendable {
    package enum Kind: String, Hashable, Codable, Sendable {
        /// The store could not be reached, did not answer in time, or is in trouble of its own.
        case outage
        /// The store answered and declined: a query it can't parse, missing rights.
        case refused
        /// The store answered, and had nothing to say about what was asked.
        case noData
    }

    package var kind: Kind
    package var message: String

    package init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }
}
