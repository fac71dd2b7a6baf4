/// The counters that a comparison asks a store for: as they were scraped, never as a rate, which rounds, and misses
/// the first value of a new series.
package struct CounterQuestion: Hashable, Codable, Sendable {
    /// Plain selectors. What they mean depends on the comparison; see `Role`.
    package var selectors: [Selector]
    /// The label whose value says which arm a series belongs to.
    package var label: String
    package var canary: String
    package var stable: String
    /// The label that names an instance. None: `pod`, or else `instance`.
    package var instance: String?
    /// What is younger is left for the next look: the store may not have all of it yet.
    package var settle: Duration
    /// From where on; none in a plan, where nobody has looked yet.
    package var since: Moment?

    package struct Selector: Hashable, Codable, Sendable {
        package var role: Role
        package var text: String

        package init(_ role: Role, _ text: String) {
            self.role = role
            self.text = text
        }
    }

    package enum Role: String, Hashable, Codable, Sendable {
        /// All requests.
        case requests
        /// The bad ones, the events, or the quantity whose mean is compared.
        case bad
        /// The buckets of a classic histogram, by their label `le`.
        case buckets
    }

    package init(
        selectors: [Selector], label: String, canary: String, stable: String, instance: String? = nil,
        settle: Duration = .seconds(20), since: Moment? = nil
    ) {
        self.selectors = selectors
        self.label = label
        self.canary = canary
        self.stable = stable
        self.instance = instance
        self.settle = settle
        self.since = since
    }
}
