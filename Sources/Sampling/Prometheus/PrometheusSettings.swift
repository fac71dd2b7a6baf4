package import Transport

/// The Prometheus stores, or whatever speaks Prometheus's HTTP API, that queries may go to.
package struct PrometheusSettings: Sendable, Hashable {
    /// Where a query without an address goes; none refuses such queries.
    package var address: String?
    /// What is needed to ask a store, by its address. One that isn't listed is asked without credentials.
    package var stores: [String: PrometheusStore]

    package init(address: String? = nil, stores: [String: PrometheusStore] = [:]) {
        self.address = address
        self.stores = Dictionary(stores.map { (trimmed($0), $1) }) { first, _ in first }
    }

    /// What the query's address means: the address itself, without a slash at its end.
    func address(for query: String?) -> String? {
        (query ?? address).map(trimmed)
    }
}

/// How to ask one store.
package struct PrometheusStore: Sendable, Hashable {
    package enum Authorization: Sendable, Hashable {
        case none
        case basic(user: String, password: Secret)
        case bearer(Secret)
    }

    /// A file is read anew for each query, so that a rotated secret is taken up without a restart.
    package enum Secret: Sendable, Hashable {
        case text(String)
        case file(String)
    }

    package var authorization: Authorization
    /// Sent with each query: `X-Scope-OrgID`. Their values are treated as secrets.
    package var headers: HTTPHeaders
    package var connection: ConnectionOptions
    package var responseBytesMax: Int

    package init(
        authorization: Authorization = .none, headers: HTTPHeaders = [:],
        connection: ConnectionOptions = ConnectionOptions(), responseBytesMax: Int = 8 << 20
    ) {
        self.authorization = authorization
        self.headers = headers
        self.connection = connection
        self.responseBytesMax = responseBytesMax
    }
}

/// `http://prometheus:9090/` and `http://prometheus:9090` are one store.
private func trimmed(_ address: String) -> String {
    var address = address[...]
    while address.hasSuffix("/") { address = address.dropLast() }
    return String(address)
}
