package import Analysis
package import Engine
package import Transport

/// Asks Prometheus and what speaks its HTTP API.
package struct PrometheusProvider: MetricProvider {
    private let provider: HTTPProvider

    package var kind: String { provider.kind }

    package init(
        _ settings: PrometheusSettings, sender: any HTTPSender, secrets: (any SecretReader)? = nil
    ) {
        provider = HTTPProvider(PrometheusDialect(), settings.accounts, sender: sender, secrets: secrets)
    }

    package func backend(of query: Query) -> String { provider.backend(of: query) }

    package func sample(_ query: Query, at now: Moment) async -> Sample {
        await provider.sample(query, at: now)
    }
}

/// The Prometheus stores, or whatever speaks Prometheus's HTTP API, that queries may go to.
package struct PrometheusSettings: Sendable, Hashable {
    /// The first is where a query without an address goes; none refuses such queries.
    package var accounts: StoreAccounts

    package init(_ accounts: StoreAccounts) {
        self.accounts = accounts
    }

    /// - Parameters:
    ///   - address: where a query without an address goes.
    ///   - stores: what is needed to ask a store, by its address. One that isn't listed is asked without credentials.
    package init(address: String? = nil, stores: [String: StoreAccount] = [:]) {
        var listed = stores.map { address, store in
            var account = store
            account.address = withoutSlashes(address)
            return account
        }
        if let address = address.map(withoutSlashes) {
            let first = listed.firstIndex { $0.address == address }.map { listed.remove(at: $0) }
            listed.insert(first ?? StoreAccount(address: address), at: 0)
        }
        accounts = StoreAccounts(listed)
    }
}
