/// A question to a metrics store. Equal queries of one tick are asked once.
package struct Query: Hashable, Codable, Sendable {
    /// Which kind of store answers: `prometheus`; or what is run for an answer: `job`.
    package var provider: String
    /// Where the store is; none means the one in the server's configuration. Of a job it is the namespace.
    package var address: String?
    package var text: String
    /// None asks for the values of this moment.
    package var range: QueryRange?
    package var timeout: Duration
    /// What the request bears beside what the server's configuration says. None: nothing.
    package var headers: [RequestHeader]?
    /// What the tokens in `text` and `headers` stand for, by their labels; see `SecretReference.token`.
    package var secrets: [String: SecretReference]?
    /// Asks for counters as they were scraped; `text` says the same for people then.
    package var counters: CounterQuestion?
    /// Asks about an objective.
    package var slo: SLOQuestion?
    /// Asks for what Spinnaker's judge compares.
    package var kayenta: KayentaQuestion?
    /// What only this kind of store has a word for: a map of its own fields, as its decoder took them. None: nothing.
    package var details: Value?

    package init(
        provider: String, address: String? = nil, text: String, range: QueryRange? = nil,
        timeout: Duration = .seconds(30), headers: [RequestHeader]? = nil,
        secrets: [String: SecretReference]? = nil, counters: CounterQuestion? = nil,
        slo: SLOQuestion? = nil, kayenta: KayentaQuestion? = nil, details: Value? = nil
    ) {
        self.provider = provider
        self.address = address
        self.text = text
        self.range = range
        self.timeout = timeout
        self.headers = headers
        self.secrets = secrets
        self.counters = counters
        self.slo = slo
        self.kayenta = kayenta
        self.details = details
    }
}

/// The span of a range query. `start` and `end` are expressions such as `now() - duration("5m")`.
package struct QueryRange: Hashable, Codable, Sendable {
    package var start: String
    package var end: String
    package var step: Duration

    package init(start: String, end: String, step: Duration) {
        self.start = start
        self.end = end
        self.step = step
    }
}
